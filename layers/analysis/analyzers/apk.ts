import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView } from '../analyzer.ts';
import { declaredText, identityProblem } from '../texts/declared-text.ts';
import { licenseTerms } from '../licenses/license-terms.ts';
import { osPurl } from '../os/os-purl.ts';
import { type FilesBudget, type OwnedFiles, OwnedFilesBuilder, ownedPaths } from '../os/owned-files.ts';
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
}

interface Problem {
  readonly problem: string;
}

/** Packages of the apk installed database, before and after its move to usr (apk-tools 3). */
export const apk: Analyzer = {
  name: 'apk',
  version: 1,
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
    for (const { path, facts } of view.facts)
      for (const { key, data } of facts)
        if (isProblem(data)) view.note(path, data.problem);
        else yield found(data as ApkData, { path, key }, paths, view);
  },
};

/** The lines of one package; `F:` opens a folder for the `R:` lines that follow. */
class Stanza {
  readonly #fields = new Map<string, string>();
  readonly #files: OwnedFilesBuilder;
  #folder = '';
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
    if (letter === 'F') this.#folder = value;
    else if (letter === 'R') this.#file(value);
    else if (!this.#fields.has(letter)) this.#fields.set(letter, value);
  }

  #file(name: string): void {
    if (this.#problem !== null) return;
    try {
      this.#files.add(this.#folder, name);
    } catch (thrown) {
      this.#problem = `the files of ${this.#fields.get('P') ?? 'a package'} are cut off: ${Fault.from(thrown).message}`;
    }
  }

  *finish(): Generator<Fact> {
    if (this.#first === 0) return;
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
    };
    yield { key: `${name} ${version} ${arch ?? ''}`.trim(), data };
  }
}

function found(
  data: ApkData,
  evidence: { path: string; key: string },
  paths: (files: OwnedFiles) => readonly string[],
  view: ImageView,
): FoundPackage {
  const origin = data.origin ?? data.name;
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
    evidence,
  };
}

/** SPDX expressions since Alpine 3.9 or so; before, names with blanks between them (`MIT BSD GPL2+`). */
function apkLicenses(declared: string): readonly string[] {
  const expression = /\s(?:and|or|with)\s/i.test(declared);
  return licenseTerms(expression ? declared : declared.split(/\s+/).join(', '));
}

const isProblem = (data: unknown): data is Problem => typeof (data as Problem).problem === 'string';
