import { type OperationLine, type OperationTable, type Scene, stranger } from '../operation.ts';

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
const manifest = { schemaVersion: 2, config: { digest: `sha256:${'0'.repeat(64)}` }, layers: [] };
/** An SBOM as syft writes it. */
const packages = {
  artifacts: [],
  source: { type: 'image', target: {} },
  distro: { name: 'alpine', version: '3.20.3', idLike: '' },
  descriptor: { name: 'syft', version: '0.24.0' },
  schema: { version: '1.1.0', url: 'https://example.test/schema.json' },
};

export const importOperations: OperationTable = {
  'POST /import/images': { good: async () => ({}), bad: stranger },
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
  'POST /imports/images/{operation_id}/parent_manifest': sent(manifest),
  'GET /imports/images/{operation_id}/image_config': listed,
  'POST /imports/images/{operation_id}/image_config': sent({ os: 'linux', architecture: 'amd64' }),
};
