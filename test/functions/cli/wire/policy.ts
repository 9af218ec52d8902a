import { join } from 'node:path';
import { Status } from '#test/support/wire-server.ts';
import type { Row } from './row.ts';

const record = {
  ...{ policyId: 'p1', active: false, policy_source: 'local', created_at: '2026-01-01T00:00:00Z' },
  ...{ last_updated: '2026-01-02T00:00:00Z', policybundle: { id: 'p1', version: '1_0' } },
};
const active = { ...record, policyId: 'p2', active: true };

const spec = [
  {
    ...{ name: 'Vulnerabilities', description: 'What is known of packages', state: 'active', superceded_by: null },
    triggers: [
      {
        ...{ name: 'Package', description: 'A vulnerability', state: 'active', superceded_by: null },
        parameters: [
          { name: 'Severity', description: 'How bad', required: true, example: 'high', state: 'active' },
          {
            name: 'Vendor_Old',
            description: 'Gone',
            required: false,
            example: '',
            state: 'deprecated',
            superceded_by: 'x',
          },
        ],
      },
    ],
  },
  { name: 'ancient', description: 'Not any more', state: 'eol', superceded_by: 'files', triggers: [] },
];

const index = {
  name: 'hub',
  content: [
    { type: 'bundle', name: 'cis', description: 'Of a benchmark', location: 'sources/cis.json' },
    { type: 'component', name: 'part', description: 'None', location: 'p.json' },
  ],
};
const hubBundle = {
  ...{ id: 'x', name: 'cis', description: 'Of a benchmark', version: '1_0' },
  policies: [{ id: 'a', name: 'ports', comment: 'No port 22' }],
  whitelists: [{ id: 'b', name: 'known', comment: 'Seen' }],
  mappings: [{ name: 'all', registry: '*', repository: '*', image: { type: 'tag', value: '*' } }],
};
const hub = { 'GET /index.json': index, 'GET /sources/cis.json': hubBundle };
const refused = new Status(400, {
  message: 'Bundle failed validation',
  httpcode: 400,
  detail: { validation_details: ["'id' is a required property", 'more'] },
});

export const policyRows: readonly Row[] = [
  {
    says: 'a bundle to begin with is printed, and nobody is asked',
    argv: ['policy', 'init', 'strict'],
    ...{ answers: {}, asks: [] },
    shows: ['"id": "plimsoll-strict"', '"known-exploited"'],
  },
  {
    says: 'a bundle that there is not is no bundle to begin with',
    argv: ['policy', 'init', 'lax'],
    ...{ answers: {}, asks: [], code: 2 },
    complains: /default or strict or cis-docker/,
  },
  {
    says: 'a good bundle is good, and what nothing in it leads to is told',
    argv: ['policy', 'lint', join(import.meta.dirname, 'good-bundle.json')],
    ...{ answers: {}, asks: [] },
    shows: [/note +Unused +no mapping names the policy 'spare'/],
  },
  {
    says: 'a bad bundle is exit code 1, with everything that is wrong',
    argv: ['policy', 'lint', join(import.meta.dirname, 'bundle.json')],
    ...{ answers: {}, asks: [], code: 1 },
    shows: [/error +ValidationError/],
  },
  {
    says: 'a bundle is added',
    argv: ['policy', 'add', join(import.meta.dirname, 'bundle.json')],
    answers: { 'POST /policies': record },
    asks: ['POST /v1/policies?detail=true'],
    body: { name: 'hull', version: '1_0' },
    shows: ['Policy ID: p1', 'Active:    no', 'Source:    local'],
  },
  {
    says: 'what is wrong with a bundle is told',
    argv: ['policy', 'add', join(import.meta.dirname, 'bundle.json')],
    answers: { 'POST /policies': refused },
    asks: ['POST /v1/policies?detail=true'],
    complains:
      /Bundle failed validation \(input\/invalid\)\n {2}validation_details: 'id' is a required property\n {2}validation_details: more\n$/,
    code: 1,
  },
  {
    says: 'a file that is no JSON is not sent',
    argv: ['policy', 'add', join(import.meta.dirname, 'Dockerfile')],
    answers: {},
    asks: [],
    complains: /Dockerfile is no JSON/,
    code: 2,
  },
  {
    says: 'a file that is not there is told',
    argv: ['policy', 'add', '/nonexistent/b.json'],
    answers: {},
    asks: [],
    complains: /cannot be read/,
    code: 2,
  },
  {
    says: 'a policy is shown',
    argv: ['policy', 'get', 'p1'],
    answers: { 'GET /policies/p1': [record] },
    asks: ['GET /v1/policies/p1?detail=false'],
    shows: ['Updated:   2026-01-02T00:00:00Z'],
  },
  {
    says: 'the bundle of a policy is written as JSON',
    argv: ['policy', 'get', 'p1', '--detail'],
    answers: { 'GET /policies/p1': [record] },
    asks: ['GET /v1/policies/p1?detail=true'],
    shows: [/^\{\n {4}"id": "p1",\n {4}"version": "1_0"\n\}\n$/],
  },
  {
    says: 'policies are listed, the active one first',
    argv: ['policy', 'list'],
    answers: { 'GET /policies': [record, active] },
    asks: ['GET /v1/policies?detail=false'],
    shows: [/^POLICY ID +ACTIVE +CREATED +UPDATED\np2 +yes .*\np1 +no /],
  },
  {
    says: 'a policy is made the active one, with all that it had',
    argv: ['policy', 'activate', 'p1'],
    answers: { 'GET /policies/p1': [record], 'PUT /policies/p1': [active] },
    asks: ['GET /v1/policies/p1?detail=true', 'PUT /v1/policies/p1'],
    body: { ...record, active: true },
    shows: ['the policy p1 is active'],
  },
  {
    says: 'a policy is deleted',
    argv: ['policy', 'del', 'p/1'],
    answers: { 'DELETE /policies/p/1': 'deleted' },
    asks: ['DELETE /v1/policies/p%2F1'],
    shows: ['the policy p/1 is deleted'],
  },
  {
    says: 'gates are described, without those that have ended',
    argv: ['policy', 'describe'],
    answers: { 'GET /system/policy_spec': spec },
    asks: ['GET /v1/system/policy_spec'],
    shows: [/^GATE +DESCRIPTION\nvulnerabilities +What is known of packages\n$/],
  },
  {
    says: 'all gates are described',
    argv: ['policy', 'describe', '--all'],
    answers: { 'GET /system/policy_spec': spec },
    asks: ['GET /v1/system/policy_spec'],
    shows: [/ancient +Not any more +eol +files\n/],
  },
  {
    says: 'the triggers of a gate are described',
    argv: ['policy', 'describe', '--gate', 'VULNERABILITIES'],
    answers: { 'GET /system/policy_spec': spec },
    asks: ['GET /v1/system/policy_spec'],
    shows: [/^TRIGGER +PARAMETERS +DESCRIPTION\npackage +severity, vendor_old +A vulnerability\n$/],
  },
  {
    says: 'the parameters of a trigger are described',
    argv: ['policy', 'describe', '--gate', 'vulnerabilities', '--trigger', 'package'],
    answers: { 'GET /system/policy_spec': spec },
    asks: ['GET /v1/system/policy_spec'],
    shows: [/^PARAMETER +REQUIRED +EXAMPLE +DESCRIPTION\nseverity +yes +high +How bad\n$/],
  },
  {
    says: 'a trigger is described with its gate only',
    argv: ['policy', 'describe', '--trigger', 'package'],
    answers: {},
    asks: [],
    complains: /--trigger needs --gate too/,
    code: 2,
  },
  {
    says: 'a gate that is not there is told with those that are',
    argv: ['policy', 'describe', '--gate', 'hull'],
    answers: { 'GET /system/policy_spec': spec },
    asks: ['GET /v1/system/policy_spec'],
    complains: /no gate 'hull'; give one of Vulnerabilities, ancient/,
    code: 2,
  },
  {
    says: 'bundles of a hub are listed',
    argv: ['policy', 'hub', 'list', '--hub-url', 'HUB'],
    answers: hub,
    asks: ['GET /index.json'],
    shows: [/^NAME +DESCRIPTION\ncis +Of a benchmark\n$/],
  },
  {
    says: 'a bundle of a hub is shown',
    argv: ['policy', 'hub', 'get', 'cis', '--hub-url', 'HUB'],
    answers: hub,
    asks: ['GET /index.json', 'GET /sources/cis.json'],
    shows: ['Name:             cis', /policy +ports +No port 22\nwhitelist +known +Seen\nmapping +all +\*\/\*:\*\n$/],
  },
  {
    says: 'a bundle that a hub does not have is told',
    argv: ['policy', 'hub', 'get', 'part', '--hub-url', 'HUB'],
    answers: hub,
    asks: ['GET /index.json'],
    complains: /has no bundle 'part'/,
    code: 2,
  },
  {
    says: 'a bundle of a hub is added under its name',
    argv: ['policy', 'hub', 'install', 'cis', '--hub-url', 'HUB'],
    answers: { ...hub, 'GET /policies': [record], 'POST /policies': record },
    asks: [
      'GET /index.json',
      'GET /sources/cis.json',
      'GET /v1/policies?detail=false',
      'POST /v1/policies?detail=true',
    ],
    body: { ...hubBundle, id: 'cis' },
    shows: ['Policy ID: p1'],
  },
  {
    says: 'a bundle of a hub does not take the place of another',
    argv: ['policy', 'hub', 'install', 'cis', '--target-id', 'p1', '--hub-url', 'HUB'],
    answers: { ...hub, 'GET /policies': [record] },
    asks: ['GET /index.json', 'GET /sources/cis.json', 'GET /v1/policies?detail=false'],
    complains: /there is a policy p1 already; give --force/,
    code: 2,
  },
  {
    says: 'a bundle of a hub takes the place of another where that is meant',
    argv: ['policy', 'hub', 'install', 'cis', '--target-id', 'p1', '--force', '--hub-url', 'HUB'],
    answers: { ...hub, 'POST /policies': record },
    asks: ['GET /index.json', 'GET /sources/cis.json', 'POST /v1/policies?detail=true'],
    body: { ...hubBundle, id: 'p1' },
  },
];
