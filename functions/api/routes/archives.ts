import {
  archivedImage,
  archivedImages,
  archiveResults,
  archiveRule,
  archiveRuleRequest,
  archiveRules,
  archiveSummary,
  deleteArchivedQuery,
  imageReferences,
  listRulesQuery,
} from '#schema/api/archives.ts';
import { images } from '#schema/api/images.ts';
import { type Call, type Route, route } from '../route.ts';

/** Bytes of an archive that is uploaded; API Gateway takes 10 MB, Lambda some 4.5 of them. */
const mostUploaded = 100 * 1024 * 1024;

export const archiveRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/archives',
    summary: 'How much is archived, and the number of rules',
    access: 'listArchives',
    answer: archiveSummary,
    handle: async ({ world, principal }: Call) =>
      (await import('../archive-records.ts')).summaryRecord(world, principal.account),
  }),
  route({
    method: 'GET',
    path: '/archives/images',
    summary: 'Archived images, newest first',
    access: 'listArchivedImageAnalysis',
    answer: archivedImages,
    handle: async (call: Call) => (await import('../show-archived.ts')).showArchivedList(call),
  }),
  route({
    method: 'POST',
    path: '/archives/images',
    summary: 'Archive images by their digests; they stay in the working set',
    access: 'createArchivedImageAnalysis',
    body: imageReferences,
    answer: archiveResults,
    handle: async (call) => (await import('../archive-images.ts')).archiveImages(call, call.body),
  }),
  route({
    method: 'GET',
    path: '/archives/images/{imageDigest}',
    summary: 'One archived image, by its digest or that of its index',
    access: 'getArchivedImageAnalysis',
    answer: archivedImage,
    handle: async (call: Call) => (await import('../show-archived.ts')).showArchived(call),
  }),
  route({
    method: 'DELETE',
    path: '/archives/images/{imageDigest}',
    summary: 'Delete an image from the archive; in the working set it stays',
    access: 'deleteArchivedImageAnalysis',
    query: deleteArchivedQuery,
    answer: null,
    handle: async (call) => (await import('../show-archived.ts')).deleteShown(call),
  }),
  route({
    method: 'GET',
    path: '/archives/rules',
    summary: 'Rules by which images are archived and archives deleted',
    access: 'listArchiveTransitionRules',
    query: listRulesQuery,
    answer: archiveRules,
    handle: async (call) => (await import('../archive-rules.ts')).showRules(call),
  }),
  route({
    method: 'POST',
    path: '/archives/rules',
    summary: 'Add a rule; it is followed twice a day',
    access: 'createArchiveTransitionRule',
    body: archiveRuleRequest,
    answer: archiveRule,
    handle: async (call) => (await import('../archive-rules.ts')).addRule(call),
  }),
  route({
    method: 'GET',
    path: '/archives/rules/{ruleId}',
    summary: 'One rule',
    access: 'getArchiveTransitionRule',
    answer: archiveRule,
    handle: async (call: Call) => (await import('../archive-rules.ts')).showRule(call),
  }),
  route({
    method: 'DELETE',
    path: '/archives/rules/{ruleId}',
    summary: 'Remove a rule; what it did stays done',
    access: 'deleteArchiveTransitionRule',
    answer: null,
    handle: async (call: Call) => (await import('../archive-rules.ts')).deleteRule(call),
  }),
  route({
    method: 'POST',
    path: '/import/images',
    summary:
      'Take an image from an archive that another Plimsoll made: the file archive_file of a form (multipart/form-data)',
    access: 'importImage',
    bytes: mostUploaded,
    file: 'archive_file',
    answer: images,
    handle: async (call: Call<unknown, Uint8Array>) => (await import('../import-archive.ts')).importImageArchive(call),
  }),
];
