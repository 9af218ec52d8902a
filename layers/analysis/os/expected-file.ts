/** How a package database digests files; the rest of what databases may use is told by the length, too. */
export type DigestAlgorithm = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** What a package database says of a file of a package; null where it says nothing. */
export interface ExpectedFile {
  /** Of the content; of a symbolic link the digest of its target where the database digests that (apk). */
  readonly digest: { readonly algorithm: DigestAlgorithm; readonly hex: string } | null;
  /** Permission bits, setuid and its kind with them. */
  readonly mode: number | null;
  /** `user:group`, each a name or a number. */
  readonly owner: string | null;
  /** A file that whoever runs the image may change. */
  readonly config: boolean;
  /** It may be absent: a log that the program makes, documentation that was left out on purpose. */
  readonly optional: boolean;
}

/** Bytes of a digest tell what made it. */
const algorithms: Readonly<Record<number, DigestAlgorithm>> = {
  16: 'md5',
  20: 'sha1',
  28: 'sha224',
  32: 'sha256',
  48: 'sha384',
  64: 'sha512',
};

/** The digest of these bytes; null when no algorithm gives so many. */
export function digestOf(bytes: Buffer): ExpectedFile['digest'] {
  const algorithm = algorithms[bytes.length];
  return algorithm === undefined ? null : { algorithm, hex: bytes.toString('hex') };
}

/** Facts say of each file a word `DIGEST|MODE|OWNER|FLAGS`, digest in base64, mode in octal; what is not known is left out. */
export function expectedText({ digest, mode, owner, config, optional }: ExpectedFile): string {
  const base64 = digest === null ? '' : Buffer.from(digest.hex, 'hex').toString('base64').replaceAll('=', '');
  const flags = `${config ? 'c' : ''}${optional ? 'o' : ''}`;
  const plain = owner === null || /[|,]/.test(owner) ? '' : owner.slice(0, 100);
  return `${base64}|${mode === null ? '' : mode.toString(8)}|${plain}|${flags}`.replace(/\|+$/, '');
}

/** What such a word says. */
export function readExpected(text: string): ExpectedFile {
  const [base64 = '', mode = '', owner = '', flags = ''] = text.split('|');
  return {
    digest: base64 === '' ? null : digestOf(Buffer.from(base64, 'base64')),
    mode: /^[0-7]{1,6}$/.test(mode) ? Number.parseInt(mode, 8) & 0o7777 : null,
    owner: owner === '' ? null : owner,
    config: flags.includes('c'),
    optional: flags.includes('o'),
  };
}

/** A file of which nothing is known but that it is a package's. */
export const unknownFile: ExpectedFile = { digest: null, mode: null, owner: null, config: false, optional: false };
