import { createHash, type Hash } from 'node:crypto';
import { Fault } from './fault.ts';

declare const digestBrand: unique symbol;

/** `sha256:` and 64 lower-case hex digits: the only digest algorithm that Plimsoll accepts (OCI image-spec, descriptor). */
export type Digest = string & { readonly [digestBrand]: true };

const form = /^sha256:[0-9a-f]{64}$/;

/** True for a well-formed sha256 digest. */
export function isDigest(text: string): text is Digest {
  return form.test(text);
}

/** The text as a Digest; throws `input/invalid` that names the text and where it stood. */
export function parseDigest(text: string, where: string): Digest {
  if (!isDigest(text)) throw new Fault('input/invalid', `${where}: '${text.slice(0, 100)}' is not a sha256 digest`);
  return text;
}

/** The digest of bytes that are all in memory. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return finishDigest(startDigest().update(bytes));
}

/** A running sha256; finish it with {@link finishDigest}. */
export function startDigest(): Hash {
  return createHash('sha256');
}

/** The Digest of a running sha256; the hash cannot be used after. */
export function finishDigest(hash: Hash): Digest {
  return `sha256:${hash.digest('hex')}` as Digest;
}

/** The 64 hex digits without the algorithm. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
