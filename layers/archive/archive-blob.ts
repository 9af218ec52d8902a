import { digestHex, digestOf } from '#core/digest.ts';
import type { ArchivedImage } from './archived-image.ts';

/**
 * Where an archive is kept: by account and by the number of its row, so that a deletion that comes late takes no archive that was made
 * after it.
 */
export function archiveKey({ account, archiveNo }: Pick<ArchivedImage, 'account' | 'archiveNo'>): string {
  return `${archivesOf(account)}${archiveNo}.tar.gz`;
}

/** How the keys of all archives of an account begin. Names of accounts may hold what keys may not. */
export function archivesOf(account: string): string {
  return `archive/${digestHex(digestOf(account)).slice(0, 32)}/`;
}
