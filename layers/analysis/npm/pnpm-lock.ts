import { lines } from '../texts/rfc822.ts';
import { vcsUrl } from '../texts/vcs-url.ts';
import { type LockedModule, lockedModule, maxModules, splitAt } from './locked-module.ts';

/** What is kept of an entry of `packages`. */
interface Entry {
  readonly key: string;
  name?: string;
  version?: string;
  /** The fields of `resolution`, in a flow mapping or a line each. */
  resolution: string;
}

const maxResolution = 4096;

/**
 * The packages that a pnpm-lock.yaml names in `packages`, of its versions 5 to 9 (pnpm/spec: lockfile). It is read line by line,
 * by the two blanks that pnpm indents with: as YAML a large one takes minutes. Folders of the project are left out.
 */
export function pnpmLockModules(text: string): readonly LockedModule[] {
  const found = new Map<string, LockedModule>();
  let format = 0;
  let section = '';
  let field = '';
  let entry: Entry | null = null;
  const close = () => {
    const module = entry === null ? null : moduleOf(entry, format);
    if (module !== null) found.set(`${module.name} ${module.version}`, module);
    entry = null;
  };
  for (const line of lines(text)) {
    if (found.size === maxModules) break;
    const indent = line.search(/[^ ]/);
    if (indent < 0 || line[indent] === '#') continue;
    // `? KEY` and `: FIRST FIELD` are how YAML writes long keys.
    const first = line.startsWith('  : ') ? 4 : indent;
    const rest = line.slice(first);
    if (first === 0) {
      close();
      section = rest;
      format = Number.parseFloat(/^lockfileVersion: ['"]?(\d+\.?\d*)/.exec(rest)?.[1] ?? String(format));
    } else if (first === 2 && section === 'packages:') {
      close();
      const [, long, short] = /^(?:\? (.*)|(.*):(?: \{\})?)$/.exec(rest) ?? [];
      const key = long ?? short;
      if (key !== undefined) entry = { key: unquoted(key), resolution: '' };
    } else if (first === 4 && entry !== null) {
      const [, name = '', value = ''] = /^([a-zA-Z]+):(?: (.*))?$/.exec(rest) ?? [];
      field = name;
      if (field === 'name' || field === 'version') entry[field] = unquoted(value);
      if (field === 'resolution') entry.resolution = value.slice(0, maxResolution);
    } else if (first > 4 && entry !== null && field === 'resolution' && entry.resolution.length < maxResolution) {
      entry.resolution += `, ${rest.slice(0, maxResolution)}`;
    }
  }
  close();
  return [...found.values()];
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1).replaceAll("''", "'") : value;
}

function moduleOf({ key, name, version, resolution }: Entry, format: number): LockedModule | null {
  if (/\btype: directory\b/.test(resolution)) return null;
  const keyed = format < 6 ? identityOfPath(key) : identityOfSpec(key);
  const repository = /\brepo: ['"]?([^\s,'"}]+)/.exec(resolution)?.[1];
  const commit = /\bcommit: ['"]?([0-9a-f]+)/.exec(resolution)?.[1];
  return lockedModule(name ?? keyed[0], version ?? keyed[1], vcsUrl(repository, commit));
}

/** Version 5: `/a/1.0.0`, `/@s/a/1.0.0_b@2.0.0` with what it was resolved beside, `registry.example.org/a/1.0.0`. */
function identityOfPath(key: string): readonly [name: string | undefined, version: string | undefined] {
  const segments = key.split('/', 8).slice(1);
  const name = segments[0]?.startsWith('@') ? segments.splice(0, 2).join('/') : segments.shift();
  return [name, segments[0]?.split('_', 1)[0]];
}

/** Since version 6: `/a@1.0.0(b@2.0.0)`, since version 9 without the slash; another registry stands in front. */
function identityOfSpec(key: string): readonly [name: string | undefined, version: string | undefined] {
  const spec = key.replace(/^\//, '').split('(', 1)[0]!;
  const [name, version] = splitAt(spec.replace(/^[^@/]+\/(?=[^/]+@|@)/, '')) ?? [];
  return [name, version];
}
