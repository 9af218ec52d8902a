import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-json.ts';
import { crc32Of } from './s3-body.ts';

interface FakeObject {
  readonly content: Buffer;
  readonly etag: string;
  /** Sum of the whole, or of the sums of parts: those end with `-PARTS`. */
  readonly sum: string;
  readonly sumType: 'FULL_OBJECT' | 'COMPOSITE';
}

interface FakeUpload {
  readonly bucket: string;
  readonly key: string;
  readonly sumType: 'FULL_OBJECT' | 'COMPOSITE';
  readonly parts: Map<number, Buffer>;
}

export interface S3State {
  readonly buckets: Map<string, Map<string, FakeObject>>;
  /** Uploads by id that were neither completed nor aborted: their parts cost money. */
  readonly uploads: Map<string, FakeUpload>;
  readonly pageSize: number;
}

export interface S3Request {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly content: Buffer;
}

export interface S3Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly xml?: string;
  /** Content of an object. */
  readonly content?: Buffer;
}

export type S3Operation = keyof typeof s3Operations;

/** Bytes of a part that is not the last. */
const smallestPart = 5 * 1024 * 1024;

/** What S3 does with one request, all at once. */
export const s3Operations = {
  CreateBucket(state, { bucket }) {
    if (!state.buckets.has(bucket)) state.buckets.set(bucket, new Map());
    return { headers: { location: `/${bucket}` } };
  },

  PutObject(state, { bucket, key, headers, content }) {
    const objects = objectsOf(state, bucket);
    checkCondition(objects, key, headers);
    const object = { content, etag: quoted(md5(content)), sum: crc32Of(content), sumType: 'FULL_OBJECT' as const };
    objects.set(key, object);
    return { headers: { etag: object.etag, 'x-amz-checksum-crc32': object.sum } };
  },

  GetObject(state, { bucket, key, headers }) {
    const object = objectOf(state, bucket, key);
    if (headers['if-match'] !== undefined && headers['if-match'] !== object.etag)
      throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
    const all = object.content.length;
    const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
    if (range === null) return { headers: describe(object, headers['x-amz-checksum-mode']), content: object.content };
    const from = Number(range[1]);
    const to = Math.min(range[2] === '' ? all - 1 : Number(range[2]), all - 1);
    if (from >= all) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
    return {
      status: 206,
      // The sum is of the whole, so that it does not come with a part.
      headers: { ...describe(object, undefined), 'content-range': `bytes ${from}-${to}/${all}` },
      content: object.content.subarray(from, to + 1),
    };
  },

  HeadObject(state, { bucket, key, headers }) {
    const object = objectOf(state, bucket, key);
    return {
      headers: {
        ...describe(object, headers['x-amz-checksum-mode']),
        'content-length': String(object.content.length),
      },
    };
  },

  DeleteObject(state, { bucket, key }) {
    objectsOf(state, bucket).delete(key);
    return { status: 204 };
  },

  ListObjectsV2(state, { bucket, query }) {
    const prefix = query.get('prefix') ?? '';
    const token = query.get('continuation-token');
    const after = token === null ? null : Buffer.from(token, 'base64url').toString();
    const keys = [...objectsOf(state, bucket).keys()]
      .filter((key) => key.startsWith(prefix) && (after === null || compareBytes(key, after) > 0))
      .sort(compareBytes);
    const page = keys.slice(0, Math.min(Number(query.get('max-keys') ?? 1000), state.pageSize));
    const next = keys.length > page.length ? Buffer.from(page.at(-1)!).toString('base64url') : null;
    return {
      xml: [
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
        `<Name>${bucket}</Name><Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${page.length}</KeyCount>`,
        `<IsTruncated>${next !== null}</IsTruncated>`,
        next === null ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`,
        ...page.map((key) => `<Contents><Key>${escapeXml(key)}</Key><Size>1</Size></Contents>`),
        '</ListBucketResult>',
      ].join(''),
    };
  },

  CreateMultipartUpload(state, { bucket, key, headers }) {
    objectsOf(state, bucket);
    const id = randomUUID();
    const sumType = headers['x-amz-checksum-type'] === 'FULL_OBJECT' ? 'FULL_OBJECT' : 'COMPOSITE';
    state.uploads.set(id, { bucket, key, sumType, parts: new Map() });
    return {
      xml: `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    };
  },

  UploadPart(state, request) {
    const number = Number(request.query.get('partNumber'));
    if (!Number.isInteger(number) || number < 1 || number > 10_000)
      throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
    uploadOf(state, request).parts.set(number, request.content);
    return { headers: { etag: quoted(md5(request.content)), 'x-amz-checksum-crc32': crc32Of(request.content) } };
  },

  CompleteMultipartUpload(state, request) {
    const { bucket, key, headers } = request;
    const upload = uploadOf(state, request);
    const xml = request.content.toString();
    const listed = [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map((match) => ({
      number: Number(element(match[1]!, 'PartNumber')),
      etag: element(match[1]!, 'ETag').replaceAll('&quot;', '"'),
    }));
    if (listed.length === 0) throw new AwsError('MalformedXML', 'The XML you provided was not well-formed');
    const parts: Buffer[] = [];
    listed.forEach(({ number, etag }, i) => {
      if (i > 0 && number <= listed[i - 1]!.number)
        throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
      const part = upload.parts.get(number);
      if (part === undefined || md5(part) !== etag.replaceAll('"', ''))
        throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.');
      if (i < listed.length - 1 && part.length < smallestPart)
        throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
      parts.push(part);
    });
    const objects = objectsOf(state, bucket);
    checkCondition(objects, key, headers);
    const content = Buffer.concat(parts);
    const sums = Buffer.concat(parts.map((part) => Buffer.from(crc32Of(part), 'base64')));
    const digests = Buffer.concat(parts.map((part) => Buffer.from(md5(part), 'hex')));
    const object: FakeObject = {
      content,
      etag: quoted(`${md5(digests)}-${parts.length}`),
      sum: upload.sumType === 'FULL_OBJECT' ? crc32Of(content) : `${crc32Of(sums)}-${parts.length}`,
      sumType: upload.sumType,
    };
    objects.set(key, object);
    state.uploads.delete(request.query.get('uploadId')!);
    return {
      xml: `<CompleteMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><ETag>${escapeXml(object.etag)}</ETag></CompleteMultipartUploadResult>`,
    };
  },

  AbortMultipartUpload(state, request) {
    uploadOf(state, request);
    state.uploads.delete(request.query.get('uploadId')!);
    return { status: 204 };
  },
} as const satisfies Record<string, (state: S3State, request: S3Request) => S3Answer>;

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function objectsOf(state: S3State, bucket: string): Map<string, FakeObject> {
  const objects = state.buckets.get(bucket);
  if (objects !== undefined) return objects;
  throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
}

function objectOf(state: S3State, bucket: string, key: string): FakeObject {
  const object = objectsOf(state, bucket).get(key);
  if (object !== undefined) return object;
  throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
}

function uploadOf(state: S3State, { bucket, key, query }: S3Request): FakeUpload {
  const upload = state.uploads.get(query.get('uploadId') ?? '');
  if (upload !== undefined && upload.bucket === bucket && upload.key === key) return upload;
  throw new AwsError('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
}

/** `If-None-Match` of a write: `*` is all that S3 takes. */
function checkCondition(objects: Map<string, FakeObject>, key: string, headers: IncomingHttpHeaders): void {
  const condition = headers['if-none-match'];
  if (condition === undefined) return;
  if (condition !== '*') throw new AwsError('NotImplemented', 'A header you provided is not implemented.', 501);
  if (objects.has(key))
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}

function describe(object: FakeObject, checksumMode: string | string[] | undefined): Record<string, string> {
  return {
    etag: object.etag,
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    ...(checksumMode === 'ENABLED'
      ? { 'x-amz-checksum-crc32': object.sum, 'x-amz-checksum-type': object.sumType }
      : {}),
  };
}

function element(xml: string, name: string): string {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '';
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

function quoted(text: string): string {
  return `"${text}"`;
}
