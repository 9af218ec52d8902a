import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { licenseTerms } from '../licenses/license-terms.ts';
import { debianNeeds, debianProvides } from '../os/debian-needs.ts';
import { digestOf, unknownFile } from '../os/expected-file.ts';
import { type Need, neededPackages } from '../os/needed-packages.ts';
import { osMetadata } from '../os/os-metadata.ts';
import { osPurl } from '../os/os-purl.ts';
import { type OwnedFiles, OwnedFilesBuilder, ownedPaths, packageFiles } from '../os/owned-files.ts';
import { stanzas } from '../texts/deb822.ts';
import { declaredText, identityProblem } from '../texts/declared-text.ts';
import { textLines } from '../texts/text-lines.ts';

/** A stanza of the status file; time in seconds since the epoch. */
interface OpkgData {
  readonly kind: 'package';
  readonly name: string;
  readonly version: string;
  readonly arch: string | null;
  readonly installed: number | null;
  readonly needs: readonly Need[];
  readonly provides: readonly string[];
  /** Absolute paths with the digest that they came with, where it is told. */
  readonly conffiles: readonly (readonly [path: string, hex: string])[];
}

type OpkgFact =
  | OpkgData
  | {
      readonly kind: 'control';
      readonly licenses: readonly string[];
      readonly maintainer: string | null;
      readonly size: number | null;
    }
  | { readonly kind: 'files'; readonly files: OwnedFiles }
  | { readonly kind: 'problem'; readonly problem: string };

const maxList = 64 * 1024 * 1024;
const maxControl = 1024 * 1024;

/**
 * Packages of opkg (OpenWrt, Yocto): its status file, and a `.control` and `.list` of each package beside. Versions are ordered as
 * Debian's, but they are nobody's advisories: a package is never taken for Debian's.
 */
export const opkg: Analyzer = {
  name: 'opkg',
  reads: '`opkg/status` and `info/`',
  version: 1,
  wants: (path, size) =>
    (path.startsWith('usr/lib/opkg/') || path.startsWith('var/lib/opkg/')) &&
    (isStatus(path) || (size <= (path.endsWith('.list') ? maxList : maxControl) && isInfo(path))),
  read(file) {
    if (isStatus(file.path)) return readStatus(file);
    return file.path.endsWith('.list') ? readList(file) : readControl(file);
  },
  *assemble(view) {
    const paths = ownedPaths(view);
    const packages = packagesIn(view);
    const needed = neededPackages(packages.map(({ data }) => data));
    for (const { path, facts } of view.facts)
      for (const { data } of facts as readonly { data: OpkgFact }[])
        if (data.kind === 'problem') view.note(path, data.problem);
    for (const it of packages) {
      const requires = needed(it.data.name, it.data.needs);
      yield { ...found(it, view), files: paths(it.files), ...(requires.length === 0 ? {} : { requires }) };
    }
  },
  *owned(view) {
    const filesOf = packageFiles(view);
    for (const { data, files } of packagesIn(view)) {
      const conffiles = new Map(data.conffiles);
      for (const one of filesOf({ ...data, type: 'opkg' }, files, null)) {
        const hex = conffiles.get(one.path);
        const digest = hex === undefined ? null : digestOf(Buffer.from(hex, 'hex'));
        yield hex === undefined ? one : { ...one, expected: { ...unknownFile, digest, config: true } };
      }
    }
  },
};

/** OpenWrt's place, and that of Yocto's images. */
const isStatus = (path: string) => path === 'usr/lib/opkg/status' || path === 'var/lib/opkg/status';
const isInfo = (path: string) => /^(?:usr|var)\/lib\/opkg\/info\/[^/]+\.(?:control|list)$/.test(path);

const statusFields = [
  'package',
  'version',
  'architecture',
  'status',
  'depends',
  'pre-depends',
  'provides',
  'installed-time',
  'conffiles',
];

function* readStatus({ content }: WantedFile): Generator<Fact> {
  for (const stanza of stanzas(content, statusFields)) {
    const text = (field: string) => declaredText(stanza.get(field)?.split('\n', 1)[0]);
    if ((text('status')?.split(/\s+/)[2] ?? 'installed') !== 'installed') continue;
    const [name, version, arch] = [text('package'), text('version'), text('architecture')];
    const wrong = identityProblem(name, version);
    if (name === null || version === null || wrong !== null) {
      const problem = `a package of opkg has ${wrong} and is left out`;
      yield { key: '', data: { kind: 'problem', problem } satisfies OpkgFact };
      continue;
    }
    const data: OpkgData = {
      kind: 'package',
      name,
      version,
      arch,
      installed: number(text('installed-time')),
      needs: debianNeeds(text('depends'), text('pre-depends')),
      provides: debianProvides(text('provides')),
      conffiles: conffilesIn(stanza.get('conffiles') ?? ''),
    };
    yield { key: `${name} ${version} ${arch ?? ''}`.trim(), data };
  }
}

const number = (text: string | null) => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null);

function conffilesIn(text: string): OpkgData['conffiles'] {
  return text.split('\n').flatMap((line) => {
    const [, path, hex] = /^\s*(\/.+?)\s+([0-9a-f]{32}|[0-9a-f]{64})$/.exec(line) ?? [];
    return path === undefined || hex === undefined ? [] : [[path, hex] as const];
  });
}

function* readControl({ content }: WantedFile): Generator<Fact> {
  const [stanza] = stanzas(content, ['license', 'maintainer', 'installed-size']);
  if (stanza === undefined) return;
  const data: OpkgFact = {
    kind: 'control',
    licenses: licenseTerms(declaredText(stanza.get('license'))?.replaceAll(/[&|]/g, ',') ?? ''),
    maintainer: declaredText(stanza.get('maintainer')?.split('\n', 1)[0]),
    size: number(declaredText(stanza.get('installed-size'))),
  };
  yield { key: 'control', data };
}

/** A path a line; some builders put size and mode behind it, after a tab. */
function* readList({ content }: WantedFile): Generator<Fact> {
  const files = new OwnedFilesBuilder();
  for (const line of textLines(content, 8192)) {
    const path = line.split('\t', 1)[0]!;
    const slash = path.lastIndexOf('/');
    files.add(path.slice(0, Math.max(0, slash)), path.slice(slash + 1));
  }
  yield { key: 'files', data: { kind: 'files', files: files.finish() } satisfies OpkgFact };
}

interface Placed {
  readonly path: string;
  readonly key: string;
  readonly data: OpkgData;
  readonly control: Extract<OpkgFact, { kind: 'control' }> | null;
  readonly files: OwnedFiles;
}

function packagesIn(view: ImageView): readonly Placed[] {
  const facts = new Map(view.facts.map((file) => [file.path, file.facts]));
  return view.facts.flatMap(({ path, facts: its }) =>
    (its as readonly { key: string; data: OpkgFact }[]).flatMap(({ key, data }): readonly Placed[] => {
      if (data.kind !== 'package') return [];
      const info = path.replace(/status$/, `info/${data.name}`);
      const [control] = (facts.get(`${info}.control`) ?? []) as readonly { data: OpkgFact }[];
      const [list] = (facts.get(`${info}.list`) ?? []) as readonly { data: OpkgFact }[];
      return [
        {
          path,
          key,
          data,
          control: control?.data.kind === 'control' ? control.data : null,
          files: list?.data.kind === 'files' ? list.data.files : [],
        },
      ];
    }),
  );
}

function found({ path, key, data, control }: Placed, view: ImageView): FoundPackage {
  const { name, version, arch, installed } = data;
  return {
    type: 'opkg',
    name,
    version,
    arch,
    source: null,
    origin: { name, version },
    purl: osPurl('opkg', view.distro, name, version, { arch }),
    licenses: control?.licenses ?? [],
    vendor: control?.maintainer ?? null,
    size: control?.size ?? null,
    files: [],
    ...osMetadata({ installed }),
    evidence: { path, key },
  };
}
