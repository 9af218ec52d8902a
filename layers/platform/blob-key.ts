import { Fault } from '#core/fault.ts';

/** Bytes of one part of a key between slashes: folders on disks take no longer names. */
const longestPart = 200;

/**
 * Throws `input/invalid` unless the key is one that every blob store takes: parts of `[a-z0-9._-]`, separated by single
 * slashes, none of them `.` or `..` or over 200 bytes, 512 bytes in all.
 */
export function checkBlobKey(key: string): void {
  const parts = key.split('/');
  const good =
    key.length <= 512 &&
    parts.every(
      (part) => /^[a-z0-9._-]+$/.test(part) && part !== '.' && !part.includes('..') && part.length <= longestPart,
    );
  if (good) return;
  throw new Fault(
    'input/invalid',
    `'${key.slice(0, 100)}' is not a blob key: parts of a-z, 0-9, '.', '_' and '-' between single slashes, without '..', at most 512 bytes`,
  );
}

/** As {@link checkBlobKey} for the beginning of keys, which may end anywhere. */
export function checkBlobPrefix(prefix: string): void {
  if (/^[a-z0-9./_-]*$/.test(prefix) && !prefix.includes('..') && prefix.length <= 512) return;
  throw new Fault('input/invalid', `'${prefix.slice(0, 100)}' is not the beginning of a blob key`);
}
