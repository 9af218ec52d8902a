import { zstdDecompressSync } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { debianSourceName } from '../os/debian-source-names.ts';
import { digestOf, unknownFile } from '../os/expected-file.ts';
import { osMetadata } from '../os/os-metadata.ts';
import { osPurl } from '../os/os-purl.ts';
import { type FilesBudget, type OwnedFiles, OwnedFilesBuilder, ownedPaths, packageFiles } from '../os/owned-files.ts';
import { identityText } from '../texts/identity-text.ts';
import { memoryAccess } from '../layers/random-access.ts';
import { textLines } from '../texts/text-lines.ts';
import { isObject, type JsonObject } from '../texts/json-file.ts';

/** A package of a manifest; `slices` are the parts of it that were installed. */
interface ChiselData {
  readonly name: string;
  readonly version: string;
  readonly arch: string | null;
  readonly slices: readonly string[];
  readonly files: OwnedFiles;
  readonly expected: string | null;
}

/** The largest chiselled images have some thousands of files, 300 bytes each. */
const maxBytes = 16 * 1024 * 1024;
const maxInflated = 64 * 1024 * 1024;
const maxLine = 256 * 1024;
const maxPackages = 20_000;

/**
 * Packages of Debian's format of which Chisel put slices in an image (Chisel's reference, "Chisel manifest"): zstd of JSON lines,
 * the header of "jsonwall" first. A manifest does not name source packages, of which advisories speak: those that are known are
 * filled in, the others go by their own names and are noted. Where dpkg's own database lists the package too it is dpkg's.
 * Metadata: `slices`, with blanks between them.
 */
export const chisel: Analyzer = {
  name: 'chisel',
  reads: '`chisel/manifest.wall`',
  version: 1,
  // Anywhere by the recipe, by custom var/lib/chisel.
  wants: (path, size) => path.endsWith('manifest.wall') && size <= maxBytes && /(?:^|\/)manifest\.wall$/.test(path),
  read: readManifest,
  *assemble(view) {
    const paths = ownedPaths(view);
    for (const { path, facts } of view.facts) {
      const unknown = new Set<string>();
      for (const { key, data } of facts as readonly { key: string; data: ChiselData }[]) {
        if (view.found('deb', data.name, data.version)) continue;
        const source = debianSourceName(data.name, data.version);
        if (source === null) unknown.add(data.name);
        yield found(data, source ?? data.name, { path, key }, paths(data.files), view);
      }
      if (unknown.size > 0) view.note(path, unknownSources([...unknown]));
    }
  },
  *owned(view) {
    const filesOf = packageFiles(view);
    for (const { facts } of view.facts)
      for (const { data } of facts as readonly { data: ChiselData }[])
        yield* filesOf({ ...data, type: 'deb' }, data.files, data.expected);
  },
};

function* readManifest({ content }: WantedFile): Generator<Fact> {
  const lines = textLines(memoryAccess(inflated(content.all(maxBytes))), maxLine);
  // Anything else that is called so.
  if (objectIn(lines.next().value ?? '')?.['jsonwall'] === undefined) return;
  const packages = new Map<string, { readonly name: string; readonly version: string; readonly arch: string | null }>();
  const files = new Map<string, OwnedFilesBuilder>();
  const slices = new Map<string, Set<string>>();
  const budget: FilesBudget = { characters: 0 };
  let unread = 0;
  for (const line of lines) {
    if (line === '') continue;
    const its = objectIn(line);
    if (its === null) unread += 1;
    else if (its['kind'] === 'package') {
      const [name, version] = [identityText(its['name']), identityText(its['version'])];
      if (name === null || version === null || packages.size === maxPackages) unread += 1;
      else packages.set(name, { name, version, arch: identityText(its['arch']) });
    } else if (its['kind'] === 'slice') {
      const slice = identityText(its['name']);
      const own = slices.get(packageOf(slice)) ?? new Set();
      if (slice !== null && own.size < 1000)
        slices.set(packageOf(slice), own.add(slice.slice(packageOf(slice).length + 1)));
    } else if (its['kind'] === 'path') addPath(its, files, budget);
  }
  for (const { name, version, arch } of packages.values()) {
    const its = files.get(name);
    const data: ChiselData = {
      name,
      version,
      arch,
      slices: [...(slices.get(name) ?? [])].sort(),
      files: its?.finish() ?? [],
      expected: its?.finishExpected() ?? null,
    };
    yield { key: `${name} ${version} ${arch ?? ''}`.trim(), data };
  }
  if (unread > 0) throw new Fault('image/corrupt', `${unread} lines of the manifest tell nothing that can be read`);
}

function inflated(bytes: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: maxInflated });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Fault('input/too-large', `inflates to more than ${maxInflated >> 20} MiB`, { cause });
    throw new Fault('image/corrupt', 'is no zstd that can be inflated', { cause });
  }
}

function objectIn(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** `libssl3_libs`: names of packages have no underscore. */
function packageOf(slice: string | null): string {
  return slice?.split('_', 1)[0] ?? '';
}

/** A path is of every package that has a slice with it; folders end in a slash. `final_sha256` is what a script made of it. */
function addPath(its: JsonObject, files: Map<string, OwnedFilesBuilder>, budget: FilesBudget): void {
  const { path, mode, slices, sha256, final_sha256: final } = its as Readonly<Record<string, unknown>>;
  if (typeof path !== 'string' || !Array.isArray(slices)) return;
  const hex = typeof final === 'string' ? final : sha256;
  const isLink = typeof its['link'] === 'string' && its['inode'] === undefined;
  const expected = {
    ...unknownFile,
    digest: typeof hex === 'string' && /^[0-9a-f]{64}$/.test(hex) ? digestOf(Buffer.from(hex, 'hex')) : null,
    mode: !isLink && typeof mode === 'string' && /^[0-7]{1,5}$/.test(mode) ? Number.parseInt(mode, 8) : null,
  };
  const slash = path.lastIndexOf('/');
  const owners = new Set(slices.slice(0, 1000).map((slice) => packageOf(identityText(slice))));
  for (const owner of owners) {
    const own = files.get(owner) ?? new OwnedFilesBuilder(budget);
    own.add(path.slice(0, Math.max(0, slash)), path.slice(slash + 1), expected);
    files.set(owner, own);
  }
}

function unknownSources(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(', ');
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  return `does not tell source packages, of which advisories speak: ${shown}${more} are judged by their own names`;
}

function found(
  { name, version, arch, slices }: ChiselData,
  source: string,
  evidence: FoundPackage['evidence'],
  files: readonly string[],
  view: ImageView,
): FoundPackage {
  return {
    type: 'deb',
    name,
    version,
    arch,
    source: `${source} ${version}`,
    origin: { name: source, version },
    purl: osPurl('deb', view.distro, name, version, { arch, upstream: source === name ? null : source }),
    licenses: [],
    vendor: null,
    size: null,
    files,
    ...osMetadata({ slices: slices.join(' ') }),
    evidence,
  };
}
