import { ecosystems } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import type { Scheme } from '#versions/comparators.ts';

/** The name and version under which advisories speak of a package, and the scheme that orders its versions. */
export interface MatchName {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly scheme: Scheme;
}

/**
 * The match name of a package found in an image of this distribution namespace (`alpine:3.20`; null when not known), or
 * null when nothing can be said of it: a distribution package without a known distribution.
 *
 * Debian and Alpine advisories speak of source packages and their versions (Debian security tracker; apk `o:`), rpm
 * advisories of binary packages, with the stream before the name for a modular build (`nodejs:18/nodejs`).
 */
export function matchName(found: Package, distroNamespace: string | null): MatchName | null {
  const { scheme, namespace } = ecosystems[found.type];
  if (namespace !== null) return { namespace, scheme, name: languageName(found), version: found.version };
  if (distroNamespace === null) return null;
  const judged = found.type === 'rpm' ? binary(found) : (found.origin ?? binary(found));
  return { namespace: distroNamespace, scheme, name: judged.name, version: judged.version };
}

/** PEP 503: runs of `-`, `_` and `.` are one hyphen, lower case. Other ecosystems compare names as they are. */
function languageName(found: Package): string {
  return found.type === 'python' ? found.name.toLowerCase().replace(/[-_.]+/g, '-') : found.name;
}

function binary(found: Package): { name: string; version: string } {
  const stream = /[?&]rpmmod=([^&#]+)/.exec(found.purl)?.[1];
  const name =
    stream === undefined ? found.name : `${decodeURIComponent(stream).split(':').slice(0, 2).join(':')}/${found.name}`;
  return { name, version: found.version };
}
