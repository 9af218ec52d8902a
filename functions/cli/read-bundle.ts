import { open } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';
import { parseBundle } from '#policy/bundle.ts';
import { bundles } from '#policy/bundles.ts';
import { defaultBundle } from '#policy/default-bundle.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';

/** A bundle is a few kilobytes, one with long lists some megabytes. */
const mostBytes = 64 * 1024 * 1024;

/**
 * The bundle in a file, or the one of a name that comes with Plimsoll (`./strict` is a file of that name); the default one when none is
 * named. Throws `input/invalid` that says what is wrong with it.
 */
export async function readBundle(file: string | undefined): Promise<PolicyBundle> {
  if (file === undefined) return defaultBundle;
  const own = bundles.find(({ name }) => name === file);
  if (own !== undefined) return own.bundle;
  const parsed = parseBundle(parseJson(file, await readText(file)));
  if (parsed.kind === 'bundle') return parsed.bundle;
  const shown = parsed.problems.slice(0, 5).map((problem) => problem.details);
  const more = parsed.problems.length > 5 ? ` and ${parsed.problems.length - 5} more` : '';
  throw refuse(file, `it is not a valid bundle: ${shown.join('; ')}${more}`);
}

async function readText(file: string): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of handle.createReadStream({ autoClose: false, end: mostBytes })) {
      pieces.push(piece as Uint8Array);
      size += (piece as Uint8Array).byteLength;
    }
    if (size > mostBytes) throw refuse(file, `it has more than ${mostBytes} bytes, which no bundle has`);
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    const { code = '' } = thrown as NodeJS.ErrnoException;
    throw refuse(file, reasons[code] ?? 'it cannot be read', thrown);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder; name the JSON file of the bundle',
  EACCES: 'permission denied',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not JSON, which is UTF-8 text',
};

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw refuse(file, `it is not JSON: ${(thrown as Error).message}`, thrown);
  }
}

function refuse(file: string, reason: string, cause?: unknown): Fault {
  return new Fault('input/invalid', `--policy ${file}: ${reason}`, { cause });
}
