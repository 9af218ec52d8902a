import { open } from 'node:fs/promises';
import type { Digest } from '#core/digest.ts';
import { Fault, faults } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { discard } from '#platform/send.ts';
import type { LayerBytes } from '../layer-source.ts';
import type { RegistryCalls } from './registry-call.ts';

type FileBytes = Extract<LayerBytes, { kind: 'file' }>;

const usualPiece = 32 * 1024 * 1024;

/** Uploads of one blob that are begun, and breaks in a row of one upload that bring nothing, before it is given up. */
const most = 4;

/** Milliseconds until a request with a piece is answered: 32 MiB at 1 Mbit/s. */
const pieceTimeout = 5 * 60_000;

/**
 * Sees to it that a repository has a blob: asks first, sends it when it has not. A blob of one piece is sent whole (POST, then
 * PUT); a longer one piece by piece (PATCH), going on where a connection broke off as the registry tells it. The registry verifies
 * the digest: `image/digest-mismatch` when the file is not what it is called.
 */
export async function pushBlob(
  world: Pick<Platform, 'clock'>,
  calls: RegistryCalls,
  repository: string,
  digest: Digest,
  bytes: FileBytes,
  pieceBytes = usualPiece,
): Promise<'pushed' | 'existed'> {
  const doing = `writing blob ${digest}`;
  for (let attempt = 1; ; attempt++) {
    if (await exists(calls, repository, digest)) return attempt === 1 ? 'existed' : 'pushed';
    try {
      await upload({ world, calls, repository, digest, bytes, doing, pieceBytes });
      return 'pushed';
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (attempt === most || !faults[fault.code].retry || fault.code === 'internal/failed') throw thrown;
    }
    await world.clock.sleep(500 * 2 ** attempt);
  }
}

async function exists(calls: RegistryCalls, repository: string, digest: Digest): Promise<boolean> {
  const doing = `looking for blob ${digest}`;
  const response = await calls.ask(repository, `blobs/${digest}`, { method: 'HEAD', headers: {}, doing });
  await discard(response);
  if (response.ok) return true;
  if (response.status === 404) return false;
  throw await calls.refusal(response, repository, doing);
}

interface Upload {
  readonly world: Pick<Platform, 'clock'>;
  readonly calls: RegistryCalls;
  readonly repository: string;
  readonly digest: Digest;
  readonly bytes: FileBytes;
  readonly doing: string;
  readonly pieceBytes: number;
}

async function upload(job: Upload): Promise<void> {
  const { calls, repository, digest, bytes, doing } = job;
  const begun = await calls.call(repository, 'blobs/uploads/', {
    method: 'POST',
    headers: {},
    doing,
    // An upload that nobody goes on with is dropped by the registry.
    sending: { idempotent: true },
  });
  await discard(begun);
  const least = Number(begun.headers.get('oci-chunk-min-length') ?? 0);
  const piece = Math.max(job.pieceBytes, Number.isSafeInteger(least) ? Math.min(least, 4 * usualPiece) : 0);
  let where = locationOf(begun, new URL(`${calls.origin}/v2/${repository}/blobs/uploads/`), doing);
  const whole = bytes.length <= piece;
  if (!whole) where = await sendPieces(job, where, piece);
  const end = new URL(where);
  end.searchParams.set('digest', digest);
  const response = await calls.ask(repository, end, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream' },
    ...(whole ? { body: await read(bytes, 0, bytes.length) } : {}),
    timeout: pieceTimeout,
    doing,
    // Whether it was done is seen by asking for the blob.
    sending: { attempts: 1 },
  });
  if (response.ok) return await discard(response);
  const fault = await calls.refusal(response, repository, doing);
  if (!(fault.detail['codes'] as readonly string[] | undefined)?.includes('DIGEST_INVALID')) throw lost(fault);
  throw new Fault('image/digest-mismatch', `${doing}: '${bytes.path}' is not what it is called`, { cause: fault });
}

/** Where the upload stands after all pieces. */
async function sendPieces(job: Upload, start: URL, piece: number): Promise<URL> {
  const { calls, repository, bytes, doing } = job;
  let where = start;
  for (let at = 0, breaks = 0; at < bytes.length; ) {
    const body = await read(bytes, at, Math.min(piece, bytes.length - at));
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Range': `${at}-${at + body.length - 1}` };
    const request = { method: 'PATCH', headers, body, timeout: pieceTimeout, doing, sending: { attempts: 1 } } as const;
    const answer = await calls.ask(repository, where, request).catch((thrown: unknown) => Fault.from(thrown));
    if (!(answer instanceof Fault) && answer.ok) {
      await discard(answer);
      where = locationOf(answer, where, doing);
      at += body.length;
      breaks = 0;
      continue;
    }
    const passing = answer instanceof Fault ? answer.code === 'network/unreachable' : isPassing(answer.status);
    const fault = answer instanceof Fault ? answer : await calls.refusal(answer, repository, doing);
    if (!passing || ++breaks === most) throw lost(fault);
    await job.world.clock.sleep(500 * 2 ** breaks);
    const state = await calls.call(repository, where, { headers: {}, doing });
    await discard(state);
    where = locationOf(state, where, doing);
    at = receivedOf(state, bytes.length, doing);
  }
  return where;
}

/** An upload that the registry does not know any more is begun anew. */
function lost(fault: Fault): Fault {
  if (fault.code !== 'registry/not-found' && fault.detail['status'] !== 404) return fault;
  return new Fault('registry/failed', `${fault.message}; the upload is begun anew`, { cause: fault });
}

/** 416: a piece arrived though its answer did not. */
function isPassing(status: number): boolean {
  return status === 416 || status === 429 || status >= 500;
}

/** Bytes that have arrived: `Range: 0-N`, without a Range none (`0-0` is what registries say of none, and of one). */
function receivedOf(response: Response, length: number, doing: string): number {
  const range = response.headers.get('range') ?? '0-0';
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(range)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(last) || last >= length)
    throw new Fault('registry/failed', `${doing}: the registry says that it has the bytes ${range.slice(0, 50)}`);
  return last === 0 ? 0 : last + 1;
}

/** Where an upload goes on: an address, or a path on the registry (RFC 9110, 10.2.2). Never from https to http. */
function locationOf(response: Response, base: URL, doing: string): URL {
  const location = response.headers.get('location') ?? base.href;
  if (!URL.canParse(location, base.href))
    throw new Fault('registry/failed', `${doing}: the registry does not say where to`);
  const next = new URL(location, base);
  if (!/^https?:$/.test(next.protocol) || (base.protocol === 'https:' && next.protocol === 'http:'))
    throw new Fault('network/refused', `${doing}: the registry sends us to ${next.origin}, which is not followed`);
  return next;
}

async function read(bytes: FileBytes, from: number, length: number): Promise<Buffer> {
  await using file = await open(bytes.path, 'r');
  const piece = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(piece, done, length - done, bytes.offset + from + done);
    if (bytesRead === 0) throw new Fault('image/corrupt', `'${bytes.path}' ends before its ${bytes.length} bytes`);
    done += bytesRead;
  }
  return piece;
}
