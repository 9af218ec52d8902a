import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { alpineAppNext } from '#test/support/api-images.ts';
import { noDigest, noImageId, type OperationLine, type OperationTable } from '../operation.ts';

/** Of paths below an image by its digest and by its id: a good call names the one of the scene, a bad one nobody's. */
const byDigest: OperationLine = { good: {}, bad: { params: { imageDigest: noDigest }, status: 404 } };
const byId: OperationLine = { good: {}, bad: { params: { imageId: noImageId }, status: 404 } };
const ofType = (line: OperationLine, name: string, good: string, bad: string): OperationLine => ({
  good: { params: { [name]: good } },
  bad: { ...line.bad, params: { [name]: bad }, status: 404 },
});
const checked = (line: OperationLine): OperationLine => ({
  good: async ({ tag }) => ({ query: `?tag=${tag}` }),
  bad: { ...line.bad, query: '?tag=a.test/b:c', status: 404 },
  holds({ json }, { digest, tag }) {
    const [byImage] = json as Record<string, Record<string, { status: string; detail: { result: object } }[]>>[];
    const [evaluation] = byImage![digest]![tag]!;
    assert.match(evaluation!.status, /^(pass|fail)$/);
    assert.ok(evaluation!.detail.result);
  },
});

export const imageOperations: OperationTable = {
  'GET /images': { good: {}, bad: { query: '?image_status=sunk', status: 400 } },
  'POST /images': {
    good: async ({ tag }) => ({ query: '?autosubscribe=True', body: { tag, annotations: { owner: 'harbour' } } }),
    bad: { body: { tag: 'a.test/b:c', source: { tag: { pullstring: 'a.test/b:c' } } }, status: 400 },
  },
  'DELETE /images': {
    good: async ({ server, captain }) => {
      const { imageDigest } = await server.analyzed(`${server.registry}/team/app:v2`, captain);
      return { query: `?imageDigests=${imageDigest},${noDigest}&force=true` };
    },
    bad: { status: 400 },
    holds({ json }) {
      const statuses = (json as { digest: string; status: string }[]).map(({ digest, status }) => [digest, status]);
      assert.deepEqual(statuses, [
        [alpineAppNext.digest, 'deleting'],
        [noDigest, 'not_found'],
      ]);
    },
  },
  'GET /images/{imageDigest}': byDigest,
  'GET /images/by_id/{imageId}': byId,
  'DELETE /images/{imageDigest}': {
    good: async ({ server, captain }) => {
      const { imageDigest } = await server.analyzed(`${server.registry}/team/app:multi`, captain);
      return { params: { imageDigest }, query: '?force=True' };
    },
    bad: { params: { imageDigest: noDigest }, sender: null, status: 401 },
    holds: ({ json }) => assert.equal((json as { status: string }).status, 'deleting'),
  },
  // It is the newest image of a tag that is watched: said in the answer, as the original does since 0.8.
  'DELETE /images/by_id/{imageId}': {
    good: {},
    bad: { sender: null, status: 401 },
    holds: ({ json }) => assert.equal((json as { status: string }).status, 'delete_failed'),
  },
  'GET /images/{imageDigest}/check': checked(byDigest),
  'GET /images/by_id/{imageId}/check': checked(byId),
  'GET /images/{imageDigest}/vuln': byDigest,
  'GET /images/{imageDigest}/vuln/{vtype}': ofType(byDigest, 'vtype', 'all', 'keel'),
  'GET /images/by_id/{imageId}/vuln': byId,
  'GET /images/by_id/{imageId}/vuln/{vtype}': ofType(byId, 'vtype', 'all', 'keel'),
  'GET /images/{imageDigest}/content': byDigest,
  'GET /images/by_id/{imageId}/content': byId,
  'GET /images/{imageDigest}/content/{ctype}': ofType(byDigest, 'ctype', 'npm', 'keel'),
  'GET /images/{imageDigest}/content/files': byDigest,
  'GET /images/{imageDigest}/content/java': byDigest,
  'GET /images/{imageDigest}/content/malware': byDigest,
  'GET /images/by_id/{imageId}/content/{ctype}': ofType(byId, 'ctype', 'os', 'keel'),
  'GET /images/by_id/{imageId}/content/files': byId,
  'GET /images/by_id/{imageId}/content/java': byId,
  'GET /images/{imageDigest}/artifacts/retrieved_files': byDigest,
  'GET /images/{imageDigest}/artifacts/file_content_search': byDigest,
  'GET /images/{imageDigest}/artifacts/secret_search': byDigest,
  'GET /images/{imageDigest}/metadata': byDigest,
  'GET /images/{imageDigest}/metadata/{mtype}': ofType(byDigest, 'mtype', 'manifest', 'keel'),
  'GET /images/{imageDigest}/sboms/native': {
    ...byDigest,
    holds({ headers, bytes }, { digest }) {
      assert.equal(headers.get('content-type'), 'application/gzip');
      assert.match(
        headers.get('content-disposition') ?? '',
        new RegExp(`^attachment; filename="?${digest}_native.json.gzip"?$`),
      );
      const { artifacts } = JSON.parse(gunzipSync(bytes).toString()) as { artifacts: { name: string }[] };
      assert.ok(artifacts.some(({ name }) => name === 'musl'));
    },
  },
  'GET /summaries/imagetags': { good: {}, bad: { query: '?image_status=sunk', status: 400 } },
};
