import type { ComposedFile } from '#analysis/compose.ts';
import { listFiles } from '#analysis/list-files.ts';
import type { Image } from '#catalog/image.ts';
import { Fault } from '#core/fault.ts';
import { readBlob } from '#platform/blobs.ts';
import { contentTypes as contentTypesAnswer, imageContent } from '#schema/api/images.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { FileEntry } from '#schema/layer-report.ts';
import { type ContentType, contentTypes, type DocumentType, documentTypes } from '../content-types.ts';
import { analyzedImage, storedImage } from '../find-stored.ts';
import { jsonList } from '../json-list.ts';
import { type ApiWorld, type Call, type Route, routesOf } from '../route.ts';

const paths = (rest: string) => [`/images/{digest}${rest}`, `/images/by_id/{imageId}${rest}`];

export const imageContentRoutes: readonly Route[] = [
  ...routesOf(paths('/content'), {
    method: 'GET',
    summary: 'Types of content',
    access: 'user',
    answer: contentTypesAnswer,
    handle: async (call: Call) => (await storedImage(call)) && Object.keys(contentTypes),
  }),
  ...routesOf(paths('/content/{ctype}'), {
    method: 'GET',
    summary: 'What is in an image: packages of one type, files, or a document in base64',
    access: 'user',
    answer: imageContent,
    handle: content,
  }),
];

async function content(call: Call) {
  const type = call.params['ctype'] ?? '';
  if (!Object.hasOwn(contentTypes, type) && !isDocument(type))
    throw new Fault('state/not-found', `content type (${type.slice(0, 40)}) not available`);
  const { image, report } = await analyzedImage(call);
  const head = { imageDigest: image.digest, content_type: type };
  if (isDocument(type)) return { ...head, content: await documentOf(call.world, image, report, type) };
  if (type === 'files')
    return jsonList(`${JSON.stringify(head).slice(0, -1)},"content":[`, fileItems(call.world, report), ']}');
  const items = contentTypes[type as ContentType];
  if (items === null)
    throw new Fault('input/invalid', `content type (${type}) was not available when the image was analyzed`);
  return { ...head, content: report.packages.flatMap((found) => items(found)) };
}

function isDocument(type: string): type is DocumentType {
  return documentTypes.some((one) => one === type);
}

async function documentOf(world: ApiWorld, image: Image, report: ImageReport, type: DocumentType): Promise<string> {
  switch (type) {
    case 'manifest':
      return base64(report.manifest ?? '');
    case 'docker_history':
      return base64(JSON.stringify(report.config['history'] ?? []));
    case 'dockerfile':
      return image.dockerfile === null ? '' : base64((await readBlob(world.blobs, image.dockerfile)) ?? '');
  }
}

async function* fileItems(world: ApiWorld, report: ImageReport) {
  for await (const file of listFiles(world, report, world.limits)) yield fileItem(file);
}

const fileTypes: Readonly<Record<FileEntry['type'], string>> = {
  file: 'file',
  hardlink: 'file',
  dir: 'dir',
  symlink: 'slink',
  char: 'dev',
  block: 'dev',
  fifo: 'dev',
};

function fileItem(file: ComposedFile) {
  return {
    filename: `/${file.path}`,
    linkdest: file.type === 'hardlink' && file.link !== null ? `/${file.link}` : file.link,
    size: file.size,
    mode: file.mode.toString(8).padStart(5, '0'),
    sha256: file.sha256,
    type: fileTypes[file.type],
    uid: file.uid,
    gid: file.gid,
  };
}

/** MIME base64 (RFC 2045, 6.8): lines of 76 characters. */
function base64(content: string | Buffer): string {
  return Buffer.from(content)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n');
}
