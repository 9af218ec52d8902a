import { listFiles } from '#analysis/list-files.ts';
import type { Image } from '#catalog/image.ts';
import { Fault } from '#core/fault.ts';
import { readBlob } from '#platform/blobs.ts';
import { contentTypes as contentTypesAnswer, imageContent } from '#schema/api/images.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { FileEntry } from '#schema/layer-report.ts';
import { type ContentType, contentTypes, documentTypes } from '../content-types.ts';
import { analyzedImage, storedImage } from '../find-stored.ts';
import type { ApiWorld, Call, Route } from '../route.ts';

const paths = (rest: string) => [`/images/{digest}${rest}`, `/images/by_id/{imageId}${rest}`];

export const imageContentRoutes: readonly Route[] = [
  ...paths('/content').map((path) => ({
    method: 'GET' as const,
    path,
    summary: 'Types of content',
    access: 'user' as const,
    answer: contentTypesAnswer,
    handle: async (call: Call) => (await storedImage(call)) && Object.keys(contentTypes),
  })),
  ...paths('/content/{ctype}').map((path) => ({
    method: 'GET' as const,
    path,
    summary: 'What is in an image: packages of one type, files, or a document in base64',
    access: 'user' as const,
    answer: imageContent,
    handle: content,
  })),
];

async function content(call: Call) {
  const type = call.params['ctype'] ?? '';
  const known = Object.hasOwn(contentTypes, type) || documentTypes.some((one) => one === type);
  if (!known) throw new Fault('state/not-found', `content type (${type.slice(0, 40)}) not available`);
  const { image, report } = await analyzedImage(call);
  return { imageDigest: image.digest, content_type: type, content: await contentOf(call.world, image, report, type) };
}

async function contentOf(world: ApiWorld, image: Image, report: ImageReport, type: string) {
  switch (type) {
    case 'files':
      return Array.fromAsync(listFiles(world, report), fileItem);
    case 'manifest':
      return base64(report.manifest ?? '');
    case 'docker_history':
      return base64(JSON.stringify(report.config['history'] ?? []));
    case 'dockerfile':
      return image.dockerfile === null ? '' : base64((await readBlob(world.blobs, image.dockerfile)) ?? '');
  }
  const item = contentTypes[type as ContentType];
  if (item === null)
    throw new Fault('input/invalid', `content type (${type}) is not an available type at analysis time`);
  // One row a copy: a package that lies in two places is two.
  return report.packages.flatMap((found) => {
    const copies = type === 'os' ? [found] : found.paths.map((path) => ({ ...found, paths: [path] }));
    return copies.flatMap((copy) => item(copy) ?? []);
  });
}

const fileTypes: Partial<Record<FileEntry['type'], string>> = {
  symlink: 'slink',
  hardlink: 'file',
  char: 'dev',
  block: 'dev',
  fifo: 'dev',
};

function fileItem(file: FileEntry) {
  return {
    filename: `/${file.path}`,
    linkdest: file.link,
    size: file.size,
    mode: file.mode.toString(8).padStart(5, '0'),
    sha256: file.sha256,
    type: fileTypes[file.type] ?? file.type,
    uid: file.uid,
    gid: file.gid,
  };
}

/** MIME base64: lines of 76 characters. */
function base64(content: string | Buffer): string {
  return Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\n');
}
