import type { Row } from './row.ts';

const record = {
  ...{
    registry: 'quay.io',
    registry_name: 'Quay',
    registry_user: 'me',
    registry_type: 'docker_v2',
    registry_verify: true,
  },
  ...{ userId: 'crew', created_at: '2026-01-01T00:00:00Z', last_updated: '2026-01-01T00:00:00Z' },
};
const login = (more: object) => ({
  ...{
    registry: 'quay.io',
    registry_user: 'me',
    registry_pass: 'pw',
    registry_type: 'docker_v2',
    registry_verify: true,
    registry_name: 'quay.io',
  },
  ...more,
});
const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com/team';

export const registryRows: readonly Row[] = [
  {
    says: 'a login is added',
    argv: ['registry', 'add', 'quay.io', 'me', 'pw'],
    answers: { 'POST /registries': [record] },
    asks: ['POST /v1/registries?validate=true'],
    body: login({}),
    shows: ['Registry:   quay.io', 'Verify TLS: yes'],
  },
  {
    says: 'a login is added as it was said',
    argv: [
      'registry',
      'add',
      'quay.io',
      'me',
      'pw',
      '--insecure',
      '--registry-type',
      'awsecr',
      '--skip-validate',
      '--registry-name',
      'Quay',
    ],
    answers: { 'POST /registries': [record] },
    asks: ['POST /v1/registries?validate=false'],
    body: login({ registry_verify: false, registry_type: 'awsecr', registry_name: 'Quay' }),
  },
  {
    says: 'ECR is known by its name',
    argv: ['registry', 'add', ecr, 'awsauto', 'awsauto'],
    answers: { 'POST /registries': [record] },
    asks: ['POST /v1/registries?validate=true'],
    body: login({
      registry: ecr,
      registry_name: ecr,
      registry_user: 'awsauto',
      registry_pass: 'awsauto',
      registry_type: 'awsecr',
    }),
  },
  {
    says: 'a password comes by the standard input',
    argv: ['registry', 'add', 'quay.io', 'me', '-'],
    stdin: 'secret word\n',
    answers: { 'POST /registries': [record] },
    asks: ['POST /v1/registries?validate=true'],
    body: login({ registry_pass: 'secret word' }),
  },
  {
    says: 'a password that nobody can be asked for is missing',
    argv: ['registry', 'add', 'quay.io', 'me'],
    answers: {},
    asks: [],
    complains: /nobody is there to type it: set - in its place/,
    code: 2,
  },
  {
    says: 'there are two types of registries',
    argv: ['registry', 'add', 'quay.io', 'me', 'pw', '--registry-type', 'x'],
    answers: {},
    asks: [],
    complains: /--registry-type x: give docker_v2 or awsecr/,
    code: 2,
  },
  {
    says: 'a login is changed',
    argv: ['registry', 'update', 'quay.io/a*', 'me', 'pw'],
    answers: { 'PUT /registries/quay.io/a*': [record] },
    asks: ['PUT /v1/registries/quay.io%2Fa*?validate=true'],
    body: login({ registry: 'quay.io/a*', registry_name: 'quay.io/a*' }),
  },
  {
    says: 'a login is shown',
    argv: ['registry', 'get', 'quay.io'],
    answers: { 'GET /registries/quay.io': [record] },
    asks: ['GET /v1/registries/quay.io'],
    shows: ['Name:       Quay'],
  },
  {
    says: 'logins are listed',
    argv: ['registry', 'list'],
    answers: { 'GET /registries': [record, { ...record, registry: 'a.io', registry_name: undefined }] },
    asks: ['GET /v1/registries'],
    shows: [/^REGISTRY +NAME +TYPE +USER\na\.io +a\.io +docker_v2 +me\nquay\.io +Quay +docker_v2 +me\n$/],
  },
  {
    says: 'a login is deleted',
    argv: ['registry', 'del', 'quay.io'],
    answers: { 'DELETE /registries/quay.io': true },
    asks: ['DELETE /v1/registries/quay.io'],
    shows: ['the login of quay.io is deleted'],
  },
];
