import { Fault } from '#core/fault.ts';

/** Bytes of the headers of one part. */
const mostHeaders = 16 * 1024;

/** Parts that are looked at. */
const mostParts = 100;

/**
 * The file of a form (multipart/form-data, RFC 7578) under this name. The boundary is told by the body itself, which begins with it; a body that
 * is no form is the file. Throws `input/invalid` for a form without it, or one that is cut off.
 */
export function formFile(body: Uint8Array, name: string): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (bytes[0] !== 0x2d || bytes[1] !== 0x2d) return body;
  const end = bytes.indexOf('\r\n');
  // RFC 2046, 5.1.1: a boundary has at most 70 characters.
  if (end < 0 || end > 2 + 70 + 16) throw invalid('it does not begin with a boundary');
  const delimiter = `\r\n${bytes.toString('latin1', 0, end).trimEnd()}`;
  let at = end + 2;
  for (let part = 0; part < mostParts; part++) {
    const head = bytes.indexOf('\r\n\r\n', at - 2);
    if (head < 0 || head - at > mostHeaders) break;
    const close = bytes.indexOf(delimiter, head + 2, 'latin1');
    if (close < 0) throw invalid('it is cut off');
    if (nameOf(bytes.toString('utf8', at, head)) === name) return bytes.subarray(head + 4, Math.max(head + 4, close));
    const next = bytes.indexOf('\r\n', close + delimiter.length);
    if (next < 0) break;
    at = next + 2;
  }
  throw invalid(`it has no file '${name}'`);
}

/** `Content-Disposition: form-data; name="archive_file"; filename="..."`. */
function nameOf(headers: string): string | null {
  const [disposition] = headers.split('\r\n').filter((line) => /^content-disposition:/i.test(line));
  return /;\s*name="?([^";]*)"?/i.exec(disposition ?? '')?.[1] ?? null;
}

function invalid(how: string): Fault {
  return new Fault('input/invalid', `the form cannot be read: ${how}`);
}
