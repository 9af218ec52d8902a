import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { type Call, type OperationLine, type OperationTable, type Scene, stranger } from '../operation.ts';

const operation = async ({ ask }: Scene) => {
  const { uuid } = await ask<{ uuid: string }>('POST', '/imports/images');
  return { params: { operation_id: uuid } };
};
const none = { params: { operation_id: '00000000-0000-4000-8000-000000000000' }, status: 404 } as const;
const listed: OperationLine = { good: operation, bad: none };
const sent = (body: unknown): OperationLine => ({
  good: async (scene) => ({ ...(await operation(scene)), body }),
  bad: { ...none, body },
});
const blob = {
  mediaType: 'application/vnd.docker.container.image.v1+json',
  size: 2,
  digest: `sha256:${'0'.repeat(64)}`,
};
const manifest = {
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  ...{ config: blob, layers: [] },
};
const list = {
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifests: [{ ...blob, mediaType: manifest.mediaType, platform: { os: 'linux', architecture: 'amd64' } }],
};
const config = {
  os: 'linux',
  architecture: 'amd64',
  rootfs: { type: 'layers', diff_ids: [] },
  config: {},
  history: [],
};
/** An SBOM as syft writes it. */
const packages = {
  artifacts: [],
  source: { type: 'image', target: {} },
  distro: { name: 'alpine', version: '3.20.3', idLike: '' },
  descriptor: { name: 'syft', version: '0.24.0' },
  schema: { version: '1.1.0', url: 'https://example.test/schema.json' },
};

export const importOperations: OperationTable = {
  'POST /import/images': {
    good: imported,
    bad: { headers: { 'content-type': 'multipart/form-data; boundary=edge' }, body: '--edge--\r\n', status: 400 },
    holds: ({ json }, { digest }) => assert.equal((json as { imageDigest: string }[])[0]!.imageDigest, digest),
  },
  'GET /imports/images': { good: operation, bad: stranger },
  'POST /imports/images': { good: {}, bad: stranger },
  'GET /imports/images/{operation_id}': listed,
  'DELETE /imports/images/{operation_id}': listed,
  'GET /imports/images/{operation_id}/packages': listed,
  'POST /imports/images/{operation_id}/packages': sent(packages),
  'GET /imports/images/{operation_id}/dockerfile': listed,
  // As the original's own client sends it: JSON text, hashed byte for byte.
  'POST /imports/images/{operation_id}/dockerfile': sent('"FROM scratch\\n"'),
  'GET /imports/images/{operation_id}/manifest': listed,
  'POST /imports/images/{operation_id}/manifest': sent(manifest),
  'GET /imports/images/{operation_id}/parent_manifest': listed,
  'POST /imports/images/{operation_id}/parent_manifest': sent(list),
  'GET /imports/images/{operation_id}/image_config': listed,
  'POST /imports/images/{operation_id}/image_config': sent(config),
};

/** What one account archived is uploaded by another one. */
async function imported({ ask, server, digest }: Scene): Promise<Call> {
  await ask('POST', '/archives/images', [digest]);
  const { results } = await ask<{ results: { event: { details: { archive: string } } }[] }>(
    'GET',
    '/events?event_type=system.analysis_archive.image_archived',
  );
  const file = await readFile(join(server.data, 'blobs', `${results[0]!.event.details.archive}~`));
  const body = new FormData();
  body.append('archive_file', new Blob([file]), 'archive.tar.gz');
  return { sender: await makeUser(server, await makeAccount(server, 'importer')), body };
}
