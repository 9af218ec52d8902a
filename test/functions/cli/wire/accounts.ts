import { Status } from '#test/support/wire-server.ts';
import { digest, inPath, otherDigest, type Row } from './row.ts';

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

const account = {
  name: 'crew',
  email: null,
  type: 'user',
  state: 'enabled',
  created_at: '2026-01-01T00:00:00Z',
  last_updated: '',
};
const user = { username: 'ann', type: 'native', source: null, created_at: '2026-01-01T00:00:00Z', last_updated: '' };
const whoami = { 'GET /account': account, 'GET /user': user };
const users = '/accounts/crew/users';

export const accountRows: readonly Row[] = [
  {
    says: 'everybody can learn who they are',
    argv: ['account', 'whoami'],
    answers: whoami,
    asks: ['GET /v1/account', 'GET /v1/user'],
    shows: [/^Username: +ann\nAccountName: +crew\nAccountEmail: -\nAccountType: +user\n$/],
  },
  {
    says: 'an account is made',
    argv: ['account', 'add', 'crew', '--email', 'a@b.cd'],
    answers: { 'POST /accounts': account },
    asks: ['POST /v1/accounts'],
    body: { name: 'crew', email: 'a@b.cd' },
    shows: ['State:   enabled'],
  },
  {
    says: 'an account is shown',
    argv: ['account', 'get', 'crew'],
    answers: { 'GET /accounts/crew': account },
    asks: ['GET /v1/accounts/crew'],
    shows: ['Name:    crew'],
  },
  {
    says: 'a name that would be another address is not asked for',
    argv: ['account', 'get', '..'],
    answers: {},
    asks: [],
    complains: /'\.\.' is no name/,
    code: 2,
  },
  {
    says: 'accounts are listed',
    argv: ['account', 'list'],
    answers: { 'GET /accounts': [account] },
    asks: ['GET /v1/accounts'],
    shows: [/^NAME +EMAIL +TYPE +STATE +CREATED\ncrew +- +user +enabled +2026-01-01T00:00:00Z\n$/],
  },
  {
    says: 'who may not list accounts is told so',
    argv: ['account', 'list'],
    answers: {
      'GET /accounts': new Status(403, {
        message: 'Not authorized. Requires permissions: x',
        httpcode: 403,
        detail: {},
      }),
    },
    asks: ['GET /v1/accounts'],
    complains: /Not authorized.*\(auth\/forbidden\)/,
    code: 1,
  },
  {
    says: 'an account is deleted once somebody said that it is meant',
    argv: ['account', 'del', 'crew'],
    stdin: 'yes\n',
    answers: { 'DELETE /accounts/crew': { state: 'deleting' } },
    asks: ['DELETE /v1/accounts/crew'],
    complains: /^Really delete the account crew/,
    shows: ['is being deleted'],
  },
  {
    says: 'an account is left alone where nobody says yes',
    argv: ['account', 'del', 'crew'],
    stdin: '\n',
    answers: {},
    asks: [],
    complains: /Really/,
    shows: ['nothing was deleted'],
  },
  {
    says: 'an account that is in use is to be disabled first',
    argv: ['account', 'del', 'crew', '--dontask'],
    answers: {
      'DELETE /accounts/crew': new Status(400, {
        message: 'Invalid account state change requested',
        httpcode: 400,
        detail: {},
      }),
    },
    asks: ['DELETE /v1/accounts/crew'],
    complains: /disable it first: plimsoll account disable crew/,
    code: 1,
  },
  ...(['enable', 'disable'] as const).map(
    (word): Row => ({
      says: `an account is ${word}d`,
      argv: ['account', word, 'crew'],
      answers: { 'PUT /accounts/crew/state': { state: `${word}d` } },
      asks: ['PUT /v1/accounts/crew/state'],
      body: { state: `${word}d` },
      shows: [`the account crew is ${word}d`],
    }),
  ),
  {
    says: 'a user of the own account is made',
    argv: ['account', 'user', 'add', 'ann', 'sesame-ann'],
    answers: { ...whoami, [`POST ${users}`]: user },
    asks: ['GET /v1/account', `POST /v1${users}`],
    body: { username: 'ann', password: 'sesame-ann' },
    shows: ['Name:    ann'],
  },
  {
    says: 'a user of another account is made, with a password that nobody sees',
    argv: ['account', 'user', 'add', 'ann', '-', '--account', 'crew'],
    stdin: 'sesame-ann\n',
    answers: { [`POST ${users}`]: user },
    asks: [`POST /v1${users}`],
    body: { username: 'ann', password: 'sesame-ann' },
  },
  {
    says: 'a password that is too short is not sent',
    argv: ['account', 'user', 'add', 'ann', 'short', '--account', 'crew'],
    answers: {},
    asks: [],
    complains: /a password has 6 to 128 characters/,
    code: 2,
  },
  {
    says: 'a user is shown',
    argv: ['account', 'user', 'get', 'ann', '--account', 'crew'],
    answers: { [`GET ${users}/ann`]: user },
    asks: [`GET /v1${users}/ann`],
    shows: ['Type:    native'],
  },
  {
    says: 'users are listed',
    argv: ['account', 'user', 'list'],
    answers: { ...whoami, [`GET ${users}`]: [user] },
    asks: ['GET /v1/account', `GET /v1${users}`],
    shows: [/ann +native +- +2026/],
  },
  {
    says: 'a user is deleted',
    argv: ['account', 'user', 'del', 'ann', '--account', 'crew'],
    answers: { [`DELETE ${users}/ann`]: new Status(204, undefined) },
    asks: [`DELETE /v1${users}/ann`],
    shows: ['the user ann is deleted'],
  },
  {
    says: 'the own password is set',
    argv: ['account', 'user', 'setpassword', 'new-sesame'],
    answers: { ...whoami, [`POST ${users}/ann/credentials`]: {} },
    asks: ['GET /v1/user', 'GET /v1/account', `POST /v1${users}/ann/credentials`],
    body: { type: 'password', value: 'new-sesame' },
    shows: ['the password of ann is set'],
  },
  {
    says: 'the password of another user is set',
    argv: ['account', 'user', 'setpassword', 'new-sesame', '--username', 'bob', '--account', 'crew'],
    answers: { [`POST ${users}/bob/credentials`]: {} },
    asks: [`POST /v1${users}/bob/credentials`],
  },
];

const archived = {
  imageDigest: digest,
  status: 'archived',
  analyzed_at: '2026-01-01T00:00:00Z',
  created_at: '2026-01-02T00:00:00Z',
  archive_size_bytes: 42,
  image_detail: [{ pullstring: 'docker.io/library/alpine:3.20' }],
};
const rule = {
  ...{
    rule_id: 'r1',
    system_global: false,
    transition: 'archive',
    analysis_age_days: 30,
    tag_versions_newer: 2,
    max_images_per_account: null,
  },
  ...{
    selector: { registry: '*', repository: 'a/*', tag: '*' },
    exclude: { expiration_days: -1, selector: { registry: '', repository: '', tag: '' } },
  },
  ...{ created_at: '2026-01-01T00:00:00Z', last_updated: '2026-01-03T00:00:00Z' },
};
const ruleBody = (more: object) => ({
  ...{ tag_versions_newer: 2, analysis_age_days: 30, transition: 'archive', system_global: false },
  ...{
    selector: { registry: '*', repository: '*', tag: '*' },
    exclude: { expiration_days: -1, selector: { registry: '', repository: '', tag: '' } },
  },
  ...more,
});
const add = ['analysis-archive', 'rules', 'add'];

export const archiveRows: readonly Row[] = [
  {
    says: 'analyses are archived',
    argv: ['analysis-archive', 'images', 'add', digest, otherDigest],
    answers: {
      'POST /archives/images': [
        { digest, status: 'archived', detail: null },
        { digest: otherDigest, status: 'error', detail: 'not found' },
      ],
    },
    asks: ['POST /v1/archives/images'],
    body: [digest, otherDigest],
    shows: [/^IMAGE DIGEST +ARCHIVE STATUS +DETAILS\n.* +archived +-\n.* +error +not found\n$/],
  },
  {
    says: 'only digests are archived',
    argv: ['analysis-archive', 'images', 'add', 'alpine'],
    answers: {},
    asks: [],
    complains: /'alpine' is no digest/,
    code: 2,
  },
  {
    says: 'an image is restored',
    argv: ['analysis-archive', 'images', 'restore', digest],
    answers: { 'POST /images': [{ imageDigest: digest }] },
    asks: ['POST /v1/images'],
    body: { source: { archive: { digest } } },
    shows: [digest],
  },
  {
    says: 'an archived analysis is shown',
    argv: ['analysis-archive', 'images', 'get', digest],
    answers: { [`GET /archives/images/${digest}`]: archived },
    asks: [`GET /v1/archives/images/${inPath(digest)}`],
    shows: [/docker\.io\/library\/alpine:3\.20 +2026-01-01T00:00:00Z +2026-01-02T00:00:00Z +archived +42\n$/],
  },
  {
    says: 'archived analyses are listed',
    argv: ['analysis-archive', 'images', 'list'],
    answers: { 'GET /archives/images': [archived] },
    asks: ['GET /v1/archives/images'],
    shows: [/^DIGEST +TAGS +ANALYZED AT +ARCHIVED AT +STATUS +ARCHIVE SIZE BYTES\n/],
  },
  {
    says: 'an archived analysis is deleted',
    argv: ['analysis-archive', 'images', 'del', digest, '--force'],
    answers: { [`DELETE /archives/images/${digest}`]: {} },
    asks: [`DELETE /v1/archives/images/${inPath(digest)}?force=true`],
    shows: ['is deleted'],
  },
  {
    says: 'a rule is added',
    argv: [...add, '30', '2', 'archive'],
    answers: { 'POST /archives/rules': rule },
    asks: ['POST /v1/archives/rules'],
    body: ruleBody({}),
    shows: [/r1 +no +archive +30 +2 +\* +a\/\* +\* +- +- +- +- +-1 +2026-01-03T00:00:00Z\n$/],
  },
  {
    says: 'a rule is added with what it selects and leaves out',
    argv: [
      ...add,
      '30',
      '2',
      'delete',
      '--registry-selector',
      'r',
      '--repository-selector',
      'p',
      '--tag-selector',
      't',
      '--registry-exclude',
      'x',
      '--repository-exclude',
      'y',
      '--tag-exclude',
      'z',
      '--exclude-expiration-days',
      '5',
      '--is-global',
    ],
    answers: { 'POST /archives/rules': rule },
    asks: ['POST /v1/archives/rules'],
    body: ruleBody({
      transition: 'delete',
      system_global: true,
      selector: { registry: 'r', repository: 'p', tag: 't' },
      exclude: { expiration_days: 5, selector: { registry: 'x', repository: 'y', tag: 'z' } },
    }),
  },
  {
    says: 'a rule for the largest number of images is added',
    argv: [
      ...add,
      '1',
      '0',
      'archive',
      '--is-global',
      '--max-images-per-account',
      '100',
      '--exclude-expiration-days',
      '-1',
    ],
    answers: { 'POST /archives/rules': rule },
    asks: ['POST /v1/archives/rules'],
    body: {
      tag_versions_newer: 0,
      analysis_age_days: 1,
      transition: 'archive',
      system_global: true,
      max_images_per_account: 100,
    },
  },
  {
    says: 'the largest number of images is global',
    argv: [...add, '1', '0', 'archive', '--max-images-per-account', '100'],
    answers: {},
    asks: [],
    complains: /stands only with --is-global/,
    code: 2,
  },
  {
    says: 'the largest number of images selects nothing',
    argv: [...add, '1', '0', 'archive', '--is-global', '--max-images-per-account', '100', '--tag-exclude', 'x'],
    answers: {},
    asks: [],
    complains: /stands not with --tag-exclude/,
    code: 2,
  },
  {
    says: 'a rule that archives everything at once is asked about',
    argv: [...add, '0', '0', 'archive'],
    stdin: 'n\n',
    answers: {},
    asks: [],
    complains: /everything that the rule selects is archived as soon as it is analyzed/,
    shows: ['no rule was added'],
  },
  {
    says: 'a rule that archives everything at once is added where it is meant',
    argv: [...add, '0', '0', 'archive'],
    stdin: 'y\n',
    answers: { 'POST /archives/rules': rule },
    asks: ['POST /v1/archives/rules'],
    complains: /Really add it/,
  },
  {
    says: 'days are counted',
    argv: [...add, 'x', '0', 'archive'],
    answers: {},
    asks: [],
    complains: /DAYS x is no whole number/,
    code: 2,
  },
  {
    says: 'a rule archives or deletes',
    argv: [...add, '1', '0', 'burn'],
    answers: {},
    asks: [],
    complains: /TRANSITION burn: give archive or delete/,
    code: 2,
  },
  {
    says: 'a rule is shown',
    argv: ['analysis-archive', 'rules', 'get', 'r1'],
    answers: { 'GET /archives/rules/r1': rule },
    asks: ['GET /v1/archives/rules/r1'],
    shows: ['r1'],
  },
  {
    says: 'rules are listed',
    argv: ['analysis-archive', 'rules', 'list'],
    answers: { 'GET /archives/rules': [rule] },
    asks: ['GET /v1/archives/rules'],
    shows: [/^RULE ID +GLOBAL +TRANSITION/],
  },
  {
    says: 'a rule is deleted',
    argv: ['analysis-archive', 'rules', 'del', 'r1'],
    answers: { 'DELETE /archives/rules/r1': undefined },
    asks: ['DELETE /v1/archives/rules/r1'],
    shows: ['the rule r1 is deleted'],
  },
  {
    says: 'a rule that is not there is a failure',
    argv: ['analysis-archive', 'rules', 'del', 'r2'],
    answers: {},
    asks: ['DELETE /v1/archives/rules/r2'],
    complains: /./,
    code: 2,
  },
];

const reference = {
  imageDigest: digest,
  imageId: 'x',
  analyzed_at: null,
  tag_history: [{ fulltag: 'r/a:1' }, { fulltag: 'r/a:2' }],
};

export const queryRows: readonly Row[] = [
  {
    says: 'images with a vulnerability are listed',
    argv: [
      'query',
      'images-by-vulnerability',
      '--vulnerability-id',
      'CVE-2031-1',
      '--namespace',
      'debian:12',
      '--package',
      'sed',
      '--severity',
      'High',
      '--vendor_only',
    ],
    answers: {
      'GET /query/images/by_vulnerability': {
        images: [
          {
            image: reference,
            vulnerable_packages: [
              { name: 'sed', version: '4', type: 'dpkg', namespace: 'debian:12', severity: 'High' },
            ],
          },
        ],
        page: '1',
        returned_count: 1,
      },
    },
    asks: [
      'GET /v1/query/images/by_vulnerability?vulnerability_id=CVE-2031-1&namespace=debian%3A12&affected_package=sed&severity=High&vendor_only=true',
    ],
    shows: [
      new RegExp(
        `^FULL TAG +SEVERITY +PACKAGE +PACKAGE TYPE +NAMESPACE +DIGEST\\nr/a:1 +High +sed-4 +dpkg +debian:12 +${digest}\\nr/a:2 `,
      ),
    ],
  },
  {
    says: 'a vulnerability has to be named',
    argv: ['query', 'images-by-vulnerability'],
    answers: {},
    asks: [],
    complains: /--vulnerability-id is missing/,
    code: 2,
  },
  {
    says: 'images with a package are listed',
    argv: ['query', 'images-by-package', '--name', 'a&b', '--version', '1', '--package-type', 'npm'],
    answers: {
      'GET /query/images/by_package': {
        images: [{ image: { ...reference, tag_history: [] }, packages: [{ name: 'a&b', version: '1', type: 'npm' }] }],
      },
    },
    asks: ['GET /v1/query/images/by_package?name=a%26b&version=1&package_type=npm'],
    shows: [new RegExp(`^FULL TAG +PACKAGE +PACKAGE TYPE +DIGEST\\n- +a&b-1 +npm +${digest}\\n$`)],
  },
  {
    says: 'a package has to be named',
    argv: ['query', 'images-by-package'],
    answers: {},
    asks: [],
    complains: /--name is missing/,
    code: 2,
  },
];
