import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView } from '../analyzer.ts';
import { declaredText, identityProblem } from '../texts/declared-text.ts';
import { licenseTerms } from '../licenses/license-terms.ts';
import { digestOf, type ExpectedFile } from '../os/expected-file.ts';
import { type Need, neededPackages } from '../os/needed-packages.ts';
import { osPurl } from '../os/os-purl.ts';
import { type FilesBudget, type OwnedFiles, OwnedFilesBuilder, ownedPaths, packageFiles } from '../os/owned-files.ts';
import { textLines } from '../texts/text-lines.ts';

const databases = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'];

/** A package as the installed database has it; lists are as written, times are seconds since the epoch, sizes bytes. */
interface ApkData {
  readonly name: string;
  readonly version: string;
  readonly arch: string | null;
  readonly origin: string | null;
  readonly license: string | null;
  readonly maintainer: string | null;
  readonly url: string | null;
  readonly depends: string | null;
  readonly provides: string | null;
  readonly replaces: string | null;
  readonly checksum: string | null;
  readonly commit: string | null;
  readonly built: number | null;
  readonly packedSize: number | null;
  readonly size: number | null;
  readonly files: OwnedFiles;
  /** What is known of the files (see OwnedFilesBuilder). */
  readonly expected: string | null;
}

interface Problem {
  readonly problem: string;
}

/** Packages of the apk installed database, before and after its move to usr (apk-tools 3). */
export const apk: Analyzer = {
  name: 'apk',
  reads: '`apk/db/installed`',
  version: 2,
  wants: (path) => databases.includes(path),
  *read(file) {
    const budget: FilesBudget = { characters: 0 };
    let stanza = new Stanza(budget);
    let line = 0;
    for (const text of textLines(file.content)) {
      line++;
      if (text !== '') stanza.line(text, line);
      else {
        yield* stanza.finish();
        stanza = new Stanza(budget);
      }
    }
    yield* stanza.finish();
  },
  *assemble(view) {
    const paths = ownedPaths(view);
    const installed = packagesIn(view).map(({ data }) => ({ name: data.name, provides: plainNames(data.provides) }));
    const needed = neededPackages(installed);
    for (const { path, facts } of view.facts)
      for (const { data } of facts) if (isProblem(data)) view.note(path, data.problem);
    for (const { path, key, data } of packagesIn(view)) yield found(data, { path, key }, paths, needed, view);
  },
  *owned(view) {
    const filesOf = packageFiles(view);
    for (const { data } of packagesIn(view)) yield* filesOf({ ...data, type: 'apk' }, data.files, data.expected);
  },
};

function packagesIn(view: ImageView) {
  return view.facts.flatMap(({ path, facts }) =>
    facts.flatMap(({ key, data }) => (isProblem(data) ? [] : [{ path, key, data: data as ApkData }])),
  );
}

/** `so:libc.musl-x86_64.so.1 busybox>=1.36 !old`: without versions; `!` before a name is of what must not be there, and names nothing that is. */
function plainNames(declared: string | null): readonly string[] {
  const names = (declared ?? '').split(/\s+/).map((word) => word.replace(/[<>=~@].*$/s, ''));
  return [...new Set(names)].filter((name) => name !== '');
}

const needsOf = ({ depends }: ApkData): readonly Need[] => plainNames(depends).map((name) => [name]);

/**
 * The lines of one package; `F:` opens a folder for the `R:` lines that follow, and `a:` and `Z:` tell of the file before. A file
 * without `a:` is root's, with mode 644 (apk-tools, database.c).
 */
class Stanza {
  readonly #fields = new Map<string, string>();
  readonly #files: OwnedFilesBuilder;
  #folder = '';
  #name: string | null = null;
  #owner = '0:0';
  #mode = 0o644;
  #digest: ExpectedFile['digest'] = null;
  #first = 0;
  #problem: string | null = null;

  constructor(budget: FilesBudget) {
    this.#files = new OwnedFilesBuilder(budget);
  }

  line(text: string, number: number): void {
    this.#first ||= number;
    if (text[1] !== ':') return;
    const letter = text[0]!;
    const value = text.slice(2);
    if (letter === 'F' || letter === 'R') {
      this.#endFile();
      if (letter === 'F') this.#folder = value;
      else this.#name = value;
    } else if (letter === 'a' && this.#name !== null) this.#access(value);
    else if (letter === 'Z' && this.#name !== null) this.#digest = checksum(value);
    else if (!this.#fields.has(letter)) this.#fields.set(letter, value);
  }

  /** `UID:GID:MODE`. */
  #access(value: string): void {
    const [, owner, mode] = /^(\d{1,10}:\d{1,10}):([0-7]{1,5})$/.exec(value) ?? [];
    if (owner === undefined || mode === undefined) return;
    this.#owner = owner;
    this.#mode = Number.parseInt(mode, 8) & 0o7777;
  }

  #endFile(): void {
    const name = this.#name;
    const expected = { digest: this.#digest, mode: this.#mode, owner: this.#owner, config: false, optional: false };
    [this.#name, this.#owner, this.#mode, this.#digest] = [null, '0:0', 0o644, null];
    if (this.#problem !== null || name === null) return;
    // What lies in /etc is the user's: apk keeps a changed file beside a new one (apk-tools, protected paths).
    const config = /^\.?\/?etc(?!\/init\.d)(?:\/|$)/.test(this.#folder);
    try {
      this.#files.add(this.#folder, name, { ...expected, config });
    } catch (thrown) {
      this.#problem = `the files of ${this.#fields.get('P') ?? 'a package'} are cut off: ${Fault.from(thrown).message}`;
    }
  }

  *finish(): Generator<Fact> {
    if (this.#first === 0) return;
    this.#endFile();
    if (this.#problem !== null) yield { key: '', data: { problem: this.#problem } satisfies Problem };
    const text = (letter: string) => declaredText(this.#fields.get(letter));
    const number = (letter: string) => (/^\d{1,15}$/.test(text(letter) ?? '') ? Number(text(letter)) : null);
    const [name, version, arch] = [text('P'), text('V'), text('A')];
    const wrong = identityProblem(name, version);
    if (name === null || version === null || wrong !== null) {
      const problem = `the package at line ${this.#first} has ${wrong} and is left out`;
      yield { key: '', data: { problem } satisfies Problem };
      return;
    }
    const data: ApkData = {
      name,
      version,
      arch,
      origin: text('o'),
      license: text('L'),
      maintainer: text('m'),
      url: text('U'),
      depends: text('D'),
      provides: text('p'),
      replaces: text('r'),
      checksum: text('C'),
      commit: text('c'),
      built: number('t'),
      packedSize: number('S'),
      size: number('I'),
      files: this.#files.finish(),
      expected: this.#files.finishExpected(),
    };
    yield { key: `${name} ${version} ${arch ?? ''}`.trim(), data };
  }
}

/** `Q1` and base64 of a sha1, or `Q2` of a sha256. */
function checksum(value: string): ExpectedFile['digest'] {
  const [, base64] = /^Q[12]([A-Za-z0-9+/]{20,100}={0,2})$/.exec(value) ?? [];
  return base64 === undefined ? null : digestOf(Buffer.from(base64, 'base64'));
}

function found(
  data: ApkData,
  evidence: { path: string; key: string },
  paths: (files: OwnedFiles) => readonly string[],
  needed: ReturnType<typeof neededPackages>,
  view: ImageView,
): FoundPackage {
  const origin = data.origin ?? data.name;
  const requires = needed(data.name, needsOf(data));
  return {
    type: 'apk',
    name: data.name,
    version: data.version,
    arch: data.arch,
    source: origin,
    origin: { name: origin, version: data.version },
    purl: osPurl('apk', view.distro, data.name, data.version, {
      arch: data.arch,
      upstream: origin === data.name ? null : origin,
    }),
    licenses: data.license === null ? [] : apkLicenses(data.license),
    vendor: data.maintainer,
    size: data.size,
    files: paths(data.files),
    ...(requires.length === 0 ? {} : { requires }),
    evidence,
  };
}

/** SPDX expressions since Alpine 3.9 or so; before, names with blanks between them (`MIT BSD GPL2+`). */
function apkLicenses(declared: string): readonly string[] {
  const expression = /\s(?:and|or|with)\s/i.test(declared);
  return licenseTerms(expression ? declared : declared.split(/\s+/).join(', '));
}

const isProblem = (data: unknown): data is Problem => typeof (data as Problem).problem === 'string';
