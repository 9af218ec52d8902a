import { Fault } from '#core/fault.ts';

/**
 * A row of an rpm database: the bytes of a header, or why it could not be read. A reader that cannot go on at all throws
 * `image/corrupt` instead; the rows before stand.
 */
export type RpmRow =
  | { readonly kind: 'header'; readonly number: number; readonly bytes: Uint8Array }
  | { readonly kind: 'problem'; readonly problem: string };

/** Largest header that is read; rpm's own limit is 256 MiB, the largest in use have some megabytes. */
export const maxHeaderBytes = 64 * 1024 * 1024;

/** The fault of a database that cannot be read as what it claims to be. */
export function damaged(problem: string): Fault {
  return new Fault('image/corrupt', `the rpm database cannot be read: ${problem}`);
}

/** A row that cannot be read while others can. */
export function damagedRow(which: string, problem: string): RpmRow {
  return { kind: 'problem', problem: `${which} of the rpm database cannot be read and is left out: ${problem}` };
}

/** A fixed view on bytes for reading numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
