import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import { AwsError } from './aws-json.ts';

/**
 * The content of a request as S3 reads it: `aws-chunked` is decoded with its trailer, and every length, SHA-256 and checksum that was sent
 * along must be right. A body without a length is refused, as S3 does.
 */
export async function contentOf(request: IncomingMessage): Promise<Buffer> {
  const { headers } = request;
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const raw = Buffer.concat(pieces);
  const chunked = String(headers['content-encoding'] ?? '').includes('aws-chunked');
  const length = headers[chunked ? 'x-amz-decoded-content-length' : 'content-length'];
  if (length === undefined) {
    if (request.method !== 'PUT' || (raw.length === 0 && headers['transfer-encoding'] === undefined)) return raw;
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  }
  const { content, trailer } = chunked ? unchunk(raw) : { content: raw, trailer: {} };
  if (content.length !== Number(length))
    throw new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by Content-Length.');
  const hash = String(headers['x-amz-content-sha256'] ?? '');
  if (/^[0-9a-f]{64}$/.test(hash) && createHash('sha256').update(content).digest('hex') !== hash)
    throw new AwsError('XAmzContentSHA256Mismatch', 'The provided x-amz-content-sha256 does not match.');
  const announcedTrailer = headers['x-amz-trailer'];
  if (typeof announcedTrailer === 'string' && !Object.hasOwn(trailer, announcedTrailer))
    throw new AwsError('MalformedTrailerError', 'The request contained trailing data that was not well-formed.');
  const sum = { ...headers, ...trailer }['x-amz-checksum-crc32'];
  if (sum !== undefined && sum !== crc32Of(content))
    throw new AwsError('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
  return content;
}

/** CRC-32 as S3 writes it: base64 of four bytes, the highest first. */
export function crc32Of(content: Uint8Array): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes.toString('base64');
}

/** `SIZE[;chunk-signature=...]CRLF BYTES CRLF ... 0 CRLF [name:value CRLF ...] CRLF` */
function unchunk(raw: Buffer): { content: Buffer; trailer: Record<string, string> } {
  const malformed = () => new AwsError('InvalidRequest', 'The body is not aws-chunked.');
  const pieces: Buffer[] = [];
  let at = 0;
  const line = (): string => {
    const end = raw.indexOf('\r\n', at);
    if (end < 0) throw malformed();
    const text = raw.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  for (;;) {
    const size = /^([0-9a-f]+)(;chunk-signature=[0-9a-f]{64})?$/i.exec(line())?.[1];
    if (size === undefined) throw malformed();
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) break;
    pieces.push(raw.subarray(at, at + bytes));
    at += bytes;
    if (line() !== '') throw malformed();
  }
  const trailer: Record<string, string> = {};
  for (let text = at < raw.length ? line() : ''; text !== ''; text = line()) {
    const colon = text.indexOf(':');
    trailer[text.slice(0, colon).toLowerCase()] = text.slice(colon + 1).trim();
  }
  return { content: Buffer.concat(pieces), trailer };
}
