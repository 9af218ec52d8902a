import {
  addImageQuery,
  deleteImageQuery,
  deleteImagesQuery,
  imageAnalysisRequest,
  imageDeletion,
  imageDeletions,
  images,
  listImagesQuery,
} from '#schema/api/images.ts';
import { storedImage } from '../find-stored.ts';
import { oneImageRecord } from '../image-record.ts';
import { type Call, type Route, route, routesOf } from '../route.ts';

export const imageRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/images',
    summary: 'Add an image by tag, digest, from the archive or an import; it is looked up at once and analysed after',
    access: 'createImage',
    query: addImageQuery,
    body: imageAnalysisRequest,
    answer: images,
    async handle(call) {
      const { addImage } = await import('../add-image.ts');
      return oneImageRecord(call.world, await addImage(call, call.body, call.query));
    },
  }),
  route({
    method: 'GET',
    path: '/images',
    summary: 'List images, newest first; Dockerfiles only with fulltag',
    access: 'listImages',
    query: listImagesQuery,
    answer: images,
    handle: async (call) => (await import('../list-images.ts')).imageList(call),
  }),
  route({
    method: 'DELETE',
    path: '/images',
    summary: 'Delete images by their digests, or those of indexes; what is refused is an answer of the list',
    access: 'deleteImage',
    query: deleteImagesQuery,
    answer: imageDeletions,
    handle: async (call) =>
      (await import('../delete-images.ts')).deleteImages(call, call.query.imageDigests, call.query.force),
  }),
  ...routesOf(['/images/{digest}', '/images/by_id/{imageId}'], {
    method: 'GET',
    summary: 'One image, by its digest, that of its index, or the id of its config',
    access: 'getImage',
    answer: images,
    handle: async (call: Call) => oneImageRecord(call.world, await storedImage(call)),
  }),
  route({
    method: 'DELETE',
    path: '/images/{digest}',
    summary: 'Delete an image, or all of an index; a refusal is an answer with status delete_failed',
    access: 'deleteImage',
    query: deleteImageQuery,
    answer: imageDeletion,
    async handle(call) {
      const { deleteImages } = await import('../delete-images.ts');
      return (await deleteImages(call, [call.params['digest']!], call.query.force))[0];
    },
  }),
  route({
    method: 'DELETE',
    path: '/images/by_id/{imageId}',
    summary: 'Delete an image by the id of its config; of several the newest',
    access: 'deleteImage',
    query: deleteImageQuery,
    answer: imageDeletion,
    handle: async (call) =>
      (await import('../delete-images.ts')).deleteImageById(call, call.params['imageId']!, call.query.force),
  }),
];
