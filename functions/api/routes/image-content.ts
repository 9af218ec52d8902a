import type { ComposedFile } from '#analysis/compose.ts';
import { listFiles } from '#analysis/list-files.ts';
import { Fault } from '#core/fault.ts';
import {
  contentTypes as contentTypesAnswer,
  imageContent,
  imageMetadata,
  metadataTypes,
  retrievedFiles,
  textMatches,
} from '#schema/api/images.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { FileEntry } from '#schema/layer-report.ts';
import { contentTypes, type DocumentType, documentTypes, isOtherType, packageItems } from '../content-types.ts';
import { analyzedImage, storedImage } from '../find-stored.ts';
import { imageDocument } from '../image-documents.ts';
import { jsonList } from '../json-list.ts';
import { type ApiWorld, type Call, type Route, route, routesOf } from '../route.ts';

const paths = (rest: string) => [`/images/{digest}${rest}`, `/images/by_id/{imageId}${rest}`];

export const imageContentRoutes: readonly Route[] = [
  ...routesOf(paths('/content'), {
    method: 'GET',
    summary: 'Types of content',
    access: 'user',
    answer: contentTypesAnswer,
    handle: async (call: Call) => (await storedImage(call)) && contentTypes,
  }),
  ...routesOf(paths('/content/{ctype}'), {
    method: 'GET',
    summary: 'What is in an image: packages of one type, files, or a document in base64',
    access: 'user',
    answer: imageContent,
    handle: content,
  }),
  ...routesOf(paths('/metadata'), {
    method: 'GET',
    summary: 'Types of metadata',
    access: 'user',
    answer: metadataTypes,
    handle: async (call: Call) => (await storedImage(call)) && documentTypes,
  }),
  ...routesOf(paths('/metadata/{mtype}'), {
    method: 'GET',
    summary: 'A document of an image in base64',
    access: 'user',
    answer: imageMetadata,
    handle: metadata,
  }),
  route({
    method: 'GET',
    path: '/images/{digest}/sboms/native',
    summary: "What is in an image, in Syft's JSON, as a gzip file",
    access: 'getImage',
    download: 'application/gzip',
    answer: null,
    handle: async (call: Call) => {
      const { image, report } = await analyzedImage(call);
      return (await import('../native-sbom.ts')).nativeSbom(image, report);
    },
  }),
  ...routesOf(paths('/artifacts/retrieved_files'), {
    method: 'GET',
    summary: 'Files that the settings of the analysis asked to keep',
    access: 'user',
    answer: retrievedFiles,
    handle: async (call: Call) =>
      (await detailsOf(call)).retrievedFiles.map(({ path, content }) => ({ path, b64_content: content })),
  }),
  ...routesOf(paths('/artifacts/file_content_search'), {
    method: 'GET',
    summary: 'Where configured patterns match in files: names and line numbers from 0, never the text',
    access: 'user',
    answer: textMatches,
    handle: async (call: Call) => (await detailsOf(call)).contentMatches,
  }),
  ...routesOf(paths('/artifacts/secret_search'), {
    method: 'GET',
    summary: 'Where secrets stand in files: names and line numbers from 0, never the text',
    access: 'user',
    answer: textMatches,
    handle: async (call: Call) => (await detailsOf(call)).secrets,
  }),
];

async function content(call: Call) {
  const type = call.params['ctype'] ?? '';
  const items = packageItems(type);
  if (items === null && !isOtherType(type) && !isDocument(type)) throw unknownType('content', type);
  const { image, report } = await analyzedImage(call);
  const head = { imageDigest: image.digest, content_type: type };
  if (items !== null) return { ...head, content: report.packages.flatMap((found) => items(found)) };
  if (isDocument(type)) return { ...head, content: await imageDocument(call.world, image, report, type) };
  if (type === 'malware') return { ...head, content: malwareItems(report) };
  return jsonList(`${JSON.stringify(head).slice(0, -1)},"content":[`, fileItems(call.world, report), ']}');
}

async function metadata(call: Call) {
  const type = call.params['mtype'] ?? '';
  if (!isDocument(type)) throw unknownType('metadata', type);
  const { image, report } = await analyzedImage(call);
  const document = await imageDocument(call.world, image, report, type);
  return { imageDigest: image.digest, metadata_type: type, metadata: document };
}

async function detailsOf(call: Call) {
  return (await analyzedImage(call)).report.details;
}

function isDocument(type: string): type is DocumentType {
  return documentTypes.some((one) => one === type);
}

function unknownType(kind: 'content' | 'metadata', type: string): Fault {
  return new Fault('state/not-found', `${kind} type (${type.slice(0, 40)}) not available`);
}

/** What each scanner said; no scanner is no result, which is not the same as nothing found. */
function malwareItems({ details }: ImageReport) {
  if (details.malware.length === 0)
    throw new Fault('input/invalid', 'content type (malware) was not available when the image was analyzed');
  return details.malware.map(({ scanner, findings, databases }) => ({
    scanner,
    enabled: true,
    findings,
    metadata: { db_version: databases, db_update_enabled: false },
  }));
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
