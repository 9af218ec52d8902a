import { stranger, type OperationTable } from '../operation.ts';

const body = (registry: string) => ({
  registry,
  registry_user: 'docker',
  registry_pass: 'whale',
  registry_type: 'docker_v2',
  registry_verify: true,
});
const added = 'quay.example.test/team/*';

export const registryOperations: OperationTable = {
  'GET /registries': { good: {}, bad: stranger },
  'POST /registries': {
    good: { query: '?validate=False', body: body(added) },
    bad: { query: '?validate=False', body: body('https://quay.example.test'), status: 409 },
  },
  'GET /registries/{registry}': {
    good: { params: { registry: added } },
    bad: { params: { registry: 'a.test' }, status: 404 },
  },
  'PUT /registries/{registry}': {
    good: { params: { registry: added }, query: '?validate=False', body: { ...body(added), registry_name: 'ours' } },
    bad: { params: { registry: 'a.test' }, query: '?validate=False', body: body('a.test'), status: 404 },
  },
  // As in the original, one that is not there is gone.
  'DELETE /registries/{registry}': {
    good: { params: { registry: added } },
    bad: { ...stranger, params: { registry: added } },
  },
};
