import { createHash } from 'node:crypto';
import type { FileEntry } from '#schema/layer-report.ts';
import type { DigestAlgorithm, ExpectedFile } from './expected-file.ts';

/** What of a file is not as its package brought it. */
export type FileDifference = 'type' | 'content' | 'mode' | 'owner';

export type FileState =
  /** All that the database says of it holds. */
  | { readonly kind: 'intact' }
  /** It is there, and the database says nothing more of it. */
  | { readonly kind: 'present' }
  | { readonly kind: 'missing' }
  /** It is not there, and need not be. */
  | { readonly kind: 'left-out' }
  | { readonly kind: 'changed'; readonly what: readonly FileDifference[] }
  /** What can be compared holds, but the database knows the content by a digest that nobody made of this file. */
  | { readonly kind: 'unread'; readonly algorithm: DigestAlgorithm };

/** Numbers of users and groups by name, as far as the image tells them. */
export interface OwnerNumbers {
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
}

/**
 * Compares a file with what the database of its package says. `digests` are those that are known of it beside its sha256, in
 * hex by algorithm. Of a link only its target is compared, where the database digests that; modes of links mean nothing. Owners by
 * names that the image does not explain are not compared.
 */
export function checkFile(
  expected: ExpectedFile,
  actual: FileEntry | null,
  digests: ReadonlyMap<string, string>,
  numbers: OwnerNumbers,
): FileState {
  if (actual === null) return { kind: expected.optional ? 'left-out' : 'missing' };
  const isFile = actual.type === 'file' || actual.type === 'hardlink';
  const hex = digestIn(expected, actual, digests);
  const what: FileDifference[] = [];
  if (expected.digest !== null && !isFile && hex === undefined) what.push('type');
  if (expected.digest !== null && hex !== undefined && hex !== expected.digest.hex) what.push('content');
  if (isFile && expected.mode !== null && expected.mode !== actual.mode) what.push('mode');
  if (expected.owner !== null && !isOwnedBy(actual, expected.owner, numbers)) what.push('owner');
  if (what.length > 0) return { kind: 'changed', what };
  if (expected.digest !== null && hex === undefined) return { kind: 'unread', algorithm: expected.digest.algorithm };
  return { kind: expected.digest === null && expected.mode === null ? 'present' : 'intact' };
}

/** The digest to compare with; undefined when there is none of its kind. */
function digestIn(
  { digest }: ExpectedFile,
  actual: FileEntry,
  digests: ReadonlyMap<string, string>,
): string | undefined {
  if (digest === null) return undefined;
  if (actual.type === 'symlink') {
    if (digest.algorithm !== 'sha1' && digest.algorithm !== 'sha256') return undefined;
    return createHash(digest.algorithm)
      .update(actual.link ?? '')
      .digest('hex');
  }
  if (digest.algorithm === 'sha256') return actual.sha256 ?? undefined;
  return digests.get(digest.algorithm);
}

function isOwnedBy({ uid, gid }: FileEntry, owner: string, { users, groups }: OwnerNumbers): boolean {
  const [user = '', group = ''] = owner.split(':');
  const [wantedUser, wantedGroup] = [numberOf(user, users), numberOf(group, groups)];
  return (wantedUser ?? uid) === uid && (wantedGroup ?? gid) === gid;
}

function numberOf(name: string, known: ReadonlyMap<string, number>): number | undefined {
  if (name === 'root') return 0;
  return /^\d{1,10}$/.test(name) ? Number(name) : known.get(name);
}
