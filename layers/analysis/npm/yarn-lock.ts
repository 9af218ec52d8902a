import { lines } from '../texts/rfc822.ts';
import { vcsUrl } from '../texts/vcs-url.ts';
import { type LockedModule, lockedModule, maxModules, splitAt } from './locked-module.ts';

/** What is kept of an entry: its first pattern and its own fields. */
interface Entry {
  readonly pattern: string;
  readonly fields: Map<string, string>;
}

const fieldsKept = new Set(['version', 'resolved', 'resolution', 'linkType']);

/**
 * The packages that a yarn.lock names, of Yarn 1 and of Yarn 2 and later (there it is YAML that Yarn itself writes and reads
 * line by line). Workspaces, links and portals are left out; an alias is the package that it stands for.
 */
export function yarnLockModules(text: string): readonly LockedModule[] {
  const found: LockedModule[] = [];
  let entry: Entry | null = null;
  const close = () => {
    const module = entry === null ? null : moduleOf(entry);
    if (module !== null) found.push(module);
    entry = null;
  };
  for (const line of lines(text)) {
    if (found.length === maxModules) return found;
    const indent = line.search(/[^ ]/);
    const rest = line.slice(indent);
    if (indent < 0 || rest.startsWith('#')) continue;
    if (indent === 0) {
      close();
      // Long keys of Yarn 2 take two lines (`? KEY`, `:`): nothing but the fields below counts there.
      entry = { pattern: firstPattern(rest), fields: new Map() };
    } else if (indent === 2 && entry !== null) {
      const [, name, value] = /^([\w-]{1,64}):? (.*)$/.exec(rest) ?? [];
      if (name !== undefined && fieldsKept.has(name)) entry.fields.set(name, unquoted(value!));
    }
  }
  close();
  return found;
}

/** `"a@^1.0.0", a@^1.1.0:` begins with `a@^1.0.0`. */
function firstPattern(text: string): string {
  if (text.startsWith('"')) return text.slice(1, Math.max(1, text.indexOf('"', 1)));
  return text.split(/, |:$/, 1)[0]!;
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

function moduleOf({ pattern, fields }: Entry): LockedModule | null {
  const resolution = fields.get('resolution');
  return resolution === undefined ? moduleOfYarn1(pattern, fields) : moduleOfYarn2(resolution, fields);
}

function moduleOfYarn1(pattern: string, fields: ReadonlyMap<string, string>): LockedModule | null {
  const [folderName, range] = splitAt(pattern) ?? [];
  if (folderName === undefined || range === undefined || range.startsWith('link:')) return null;
  const resolved = fields.get('resolved');
  // A folder is copied without being packed: it resolves to nothing.
  if (range.startsWith('file:') && resolved === undefined) return null;
  const [name] = (range.startsWith('npm:') ? splitAt(range.slice(4)) : null) ?? [folderName];
  const [url, commit] = resolved?.startsWith('git') ? resolved.split('#', 2) : [];
  return lockedModule(name, fields.get('version'), vcsUrl(url, commit));
}

/** `resolution` is NAME@PROTOCOL:REFERENCE; version control has `#commit=SHA` at the end. */
function moduleOfYarn2(resolution: string, fields: ReadonlyMap<string, string>): LockedModule | null {
  const [name, reference] = splitAt(resolution) ?? [];
  if (name === undefined || reference === undefined || fields.get('linkType') === 'soft') return null;
  const [, url, commit] = /^([^#]*)#(?:.*&)?commit=([0-9a-f]+)/.exec(reference) ?? [];
  return lockedModule(name, fields.get('version'), vcsUrl(url, commit));
}
