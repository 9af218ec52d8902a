import { formatPurl } from '#core/purl.ts';

/** npm refuses longer names; old ones may have capitals and `~'!()*` (npm validate-npm-package-name, "legacy" names). */
const maxName = 214;
const maxVersion = 256;

/** The name of an npm package, without blanks around it; null when npm would not take it for one. */
export function npmName(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 2 * maxName) return null;
  const name = value.trim();
  if (name.length > maxName || name === 'node_modules' || name === 'favicon.ico') return null;
  const parts = name.startsWith('@') ? name.slice(1).split('/') : [name];
  if (parts.length !== (name.startsWith('@') ? 2 : 1)) return null;
  return parts.every((part) => /^[A-Za-z0-9~'!()*_-][A-Za-z0-9~'!()*._-]*$/.test(part)) ? name : null;
}

/** A version as npm cleans it: ` =v1.2.3` is 1.2.3; null for what is no version text. */
export function npmVersion(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 2 * maxVersion) return null;
  const version = value.trim().replace(/^[=v\s]+(?=\d)/, '');
  return version === '' || version.length > maxVersion || /[\s\p{Cc}]/u.test(version) ? null : version;
}

/** The package URL of an npm package: its scope is the namespace. */
export function npmPurl(name: string, version: string, vcsUrl: string | null = null): string {
  const slash = name.indexOf('/');
  return formatPurl({
    type: 'npm',
    namespace: slash < 0 ? '' : name.slice(0, slash),
    name: name.slice(slash + 1),
    version,
    qualifiers: { vcs_url: vcsUrl },
  });
}
