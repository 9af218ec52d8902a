import { coordinateId, coordinateVersion } from './coordinates.ts';

/** What the file name of an archive says. */
export interface JarName {
  /** Without folders and ending. */
  readonly stem: string;
  /** Null where no artifact could have the name. */
  readonly artifact: string | null;
  readonly version: string | null;
  /** What tells it from other files of the same build (`linux-x86_64`, `sources`); empty for nothing. */
  readonly classifier: string;
}

/**
 * `ARTIFACT-VERSION-CLASSIFIER.jar` as Maven names files, and `SYMBOLIC.NAME_VERSION.jar` as Eclipse does. The version begins
 * at the last part with a digit in front, or earlier where nothing but parts of versions stands between: `log4j-1.2-api-2.14.1`
 * is `log4j-1.2-api` 2.14.1, `app-1.0-beta-2` is `app` 1.0-beta-2; words behind it that are no part of versions are the classifier.
 */
export function parseJarName(fileName: string): JarName {
  const stem = fileName.slice(fileName.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  if (stem.length > maxLength) return { stem: '', artifact: null, version: null, classifier: '' };
  const [, bundle, bundleVersion] = /^([A-Za-z][\w-]*\.[\w.-]*?)_(\d+\.\d+\.\d+(?:[._-][\w-]+)*)$/.exec(stem) ?? [];
  if (bundle !== undefined) return jarName(stem, bundle, bundleVersion!, '');
  const parts = stem.split('-');
  let start = parts.findLastIndex((part, at) => at > 0 && (/^\d/.test(part) || /^[rv]\d+$/i.test(part)));
  if (start < 0) return jarName(stem, stem, null, '');
  let end = start + 1;
  while (end < parts.length && qualifier.test(parts[end]!)) end++;
  for (let at = start - 1; at > 0 && (/^\d/.test(parts[at]!) || qualifier.test(parts[at]!)); at--) {
    if (/^v?\d/.test(parts[at]!)) start = at;
  }
  const text = (from: number, to?: number) => parts.slice(from, to).join('-');
  return jarName(stem, text(0, start), text(start, end), text(end));
}

const maxLength = 256;

/** Words that are parts of versions, with numbers of their own or without. */
const qualifier =
  /^(?:alpha|beta|milestone|m|rc|cr|b|ea|pre|preview|sp|snapshot|final|ga|release|build|dev|rev|r|v|jre|android|incubating|redhat|jbossorg|fuse|atlassian|hadoop|spark|cdh|hdp|cdp|amzn|emr|patch|p|fix|hotfix|security)(?:\d[\w.+]*)?$/i;

function jarName(stem: string, artifact: string, version: string | null, classifier: string): JarName {
  // Debian's `spring3-aop-3.x.jar` says which line of versions it stands for, not which one it has.
  if (version !== null && /\.x$/i.test(version))
    return { stem, artifact: coordinateId(artifact), version: null, classifier };
  const known = coordinateVersion(version);
  // What looks like a version but cannot be one is part of the name.
  const id = coordinateId(version !== null && known === null ? stem : artifact);
  return { stem, artifact: id, version: id === null ? null : known, classifier: known === null ? '' : classifier };
}
