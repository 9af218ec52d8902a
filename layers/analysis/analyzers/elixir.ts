import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { type ErlangTerm, parseErlangTerms } from '../erlang/erlang-terms.ts';
import { otpApplications } from '../erlang/otp-applications.ts';
import { languagePackage } from '../language-package.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';
import { type Listed, listedFacts } from '../listed-facts.ts';

/**
 * Packages of Hex: applications of Elixir and Erlang as they are compiled (`ebin/NAME.app`: Erlang/OTP, app(4)), but for those
 * that Erlang and Elixir bring along, and those that a `mix.lock` or `rebar.lock` names. An application's name is taken
 * for the name of its package: a program's own applications look the same.
 */
export const elixir: Analyzer = {
  name: 'elixir',
  reads: '`ebin/*.app`, `mix.lock`, `rebar.lock`',
  version: 1,
  wants: (path, size) => partOf(path) !== null && size <= maxBytes,
  read: readFile,
  assemble: assemblePackages,
};

const maxBytes = 4 * 1024 * 1024;
/** Licence texts stand in front of Erlang's own. */
const headLength = 64 * 1024;

type Part = 'app' | 'mix' | 'rebar';

function partOf(path: string): Part | null {
  if (path.endsWith('.app')) return /(^|\/)ebin\/[^/]+$/.test(path) ? 'app' : null;
  if (path.endsWith('mix.lock')) return 'mix';
  return path.endsWith('rebar.lock') ? 'rebar' : null;
}

interface HexPackage extends Listed {
  readonly licenses?: readonly string[];
  readonly requires?: readonly string[];
}

function* readFile(file: WantedFile): Iterable<Fact> {
  const text = new TextDecoder().decode(file.content.all(maxBytes));
  const part = partOf(file.path);
  if (part === 'mix') yield* listedFacts(mixPackages(text));
  else if (part === 'rebar') yield* listedFacts(rebarPackages(parseErlangTerms(text)));
  else {
    // A file of this name that is none of Erlang's is nobody's problem.
    const name = /\{\s*application\s*,\s*'?([\w@]+)/.exec(text.slice(0, headLength))?.[1];
    if (name !== undefined && !otpApplications.has(name)) yield* listedFacts([application(parseErlangTerms(text))]);
  }
}

/**
 * `"NAME": {:hex, :PACKAGE, "VERSION", "HASH", ...}`: an entry of the map that mix writes (Mix.Dep.Lock). Entries of repositories
 * have a commit and no version.
 */
function* mixPackages(text: string): Iterable<HexPackage> {
  const entries = text.matchAll(
    /"[^"\\\n]{1,200}"\s*(?::|=>)\s*\{\s*:hex\s*,\s*:"?([\w.@-]{1,200})"?\s*,\s*"([^"\\\n]{1,200})"/g,
  );
  for (const [, name, version] of entries) yield { name, version };
}

/** `{VERSION, [{NAME, {pkg, PACKAGE, VERSION}, LEVEL}, ...]}`, older ones the list alone (rebar3: rebar_config). */
function* rebarPackages([first]: readonly ErlangTerm[]): Iterable<HexPackage> {
  const list = first?.kind === 'tuple' ? first.items[1] : first;
  for (const entry of itemsOf(list)) {
    const [kind, name, version] = itemsOf(itemsOf(entry)[1]);
    if (textOf(kind) === 'pkg') yield { name: textOf(name), version: textOf(version) };
  }
}

/** `{application, NAME, [{vsn, "VERSION"}, {applications, [...]}, {licenses, [...]}, ...]}`. */
function application([term]: readonly ErlangTerm[]): HexPackage {
  const [, name, properties] = itemsOf(term);
  const property = (key: string) =>
    itemsOf(itemsOf(properties).find((one) => one.kind === 'tuple' && textOf(one.items[0]) === key))[1];
  const licenses = texts(property('licenses')).flatMap((text) => declaredLicense(text) ?? []);
  const requires = texts(property('applications')).filter((need) => !otpApplications.has(need));
  return {
    name: textOf(name),
    version: textOf(property('vsn')),
    ...(licenses.length > 0 ? { licenses: licenses.flatMap(licenseNames) } : {}),
    ...(requires.length > 0 ? { requires: requires.sort() } : {}),
  };
}

function itemsOf(term: ErlangTerm | undefined): readonly ErlangTerm[] {
  return term !== undefined && 'items' in term ? term.items : [];
}

function textOf(term: ErlangTerm | undefined): string | null {
  return term !== undefined && 'text' in term ? term.text : null;
}

function texts(term: ErlangTerm | undefined): readonly string[] {
  const all = itemsOf(term).slice(0, 1000).map(textOf);
  return [...new Set(all.filter((text) => text !== null && text.length <= 200))] as readonly string[];
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, licenses = [], requires } = data as HexPackage & { name: string; version: string };
      yield languagePackage({
        type: 'hex',
        name,
        version,
        purl: formatPurl({ type: 'hex', name, version }),
        licenses,
        ...(partOf(path) === 'app' ? {} : { declared: 'lock' as const }),
        ...(requires === undefined ? {} : { requires }),
        evidence: { path, key },
      });
    }
  }
}
