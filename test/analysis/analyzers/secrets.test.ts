import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { nameAnalyzerSet } from '#analysis/analyzer-set.ts';
import { secrets } from '#analysis/analyzers/secrets.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { secretPatterns } from '#analysis/search/secret-patterns.ts';
import { defaultLimits } from '#core/limits.ts';
import { compileRegex } from '#core/regex/regex.ts';
import { type DescribedFiles, describeFiles } from '#test/support/describe-files.ts';
import { isFault } from '#test/support/is-fault.ts';

const analyzer = secrets(defaultAnalysisSettings);

/** `path: NAME lines` of each match. */
async function found(files: DescribedFiles, by = analyzer): Promise<string[]> {
  const { details, notes } = await describeFiles(by, files);
  assert.deepEqual(notes, []);
  return details.secrets.flatMap(({ path, matches }) => matches.map(({ name, lines }) => `${path}: ${name} ${lines}`));
}

/** Characters that no reader takes for a token in this file: texts are put together here. */
const many = (length: number, of = 'aB3dE5gH7jK9') => of.repeat(Math.ceil(length / of.length)).slice(0, length);
const hex = (length: number) => many(length, '0a1b2c3d4e5f6789');
/** As shells and package managers write it. */
const variable = (name: string) => `\${${name}}`;
const pem = (kind: string) => `-----BEGIN ${kind}PRIVATE KEY-----`;

/** A text that each pattern finds, and texts beside it that it must not take. */
const samples: Readonly<Record<string, readonly [found: string, ...others: string[]]>> = {
  AWS_KEY_ID: [
    `id: "AKIA${many(16, 'ABC2DEF3')}"`,
    'AKIAIOSFODNN7EXAMPLE',
    `xAKIA${many(16, 'ABC2DEF3')}`,
    `AKIA${many(17, 'ABC2')}`,
  ],
  AZURE_STORAGE_KEY: [
    `x;AccountKey=${many(86)}==;y`,
    `AccountKey=${many(85)}==`,
    `AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6${many(42)}==`,
  ],
  GOOGLE_API_KEY: [`k=AIza${many(35)}`, `AIza${many(36)}`, `AIza${'x'.repeat(35)}`],
  GITHUB_TOKEN: [`token ghp_${many(36)};`, `ghp_${many(35)}`, `ghp_${'x'.repeat(36)}`, `aghp_${many(36)}`],
  GITHUB_FINE_GRAINED_TOKEN: [`github_pat_${many(22)}_${many(59)}`, `github_pat_${many(22)}_${many(58)}`],
  GITLAB_TOKEN: [`glpat-${many(20)}`, `glpat-${many(12)}`, `glpat-${'x'.repeat(20)}`],
  SLACK_TOKEN: [`xoxb-1234567890-1234567890123-${many(24)}`, `xoxb-your-token`, `xoxb-1234567890-${'x'.repeat(24)}`],
  SLACK_APP_TOKEN: [`xapp-1-A0123456789-1234567890123-${hex(64)}`, `xapp-1-A0123456789-1234567890123-${hex(60)}`],
  SLACK_WEBHOOK: [
    `https://hooks.slack.com/services/T01234567/B01234567/${many(24)}`,
    `https://hooks.slack.com/services/T00000000/B00000000/${'X'.repeat(24)}`,
  ],
  STRIPE_KEY: [`sk_live_${many(24)}`, `sk_test_${many(24)}`, `sk_live_${many(10)}`],
  SENDGRID_KEY: [`SG.${many(22)}.${many(43)}`, `SG.${many(22)}.${many(42)}`],
  TWILIO_TOKEN: [`TWILIO_AUTH_TOKEN=${hex(32)}`, `twilio: ${many(32)}`, `${hex(32)}  lib/twilio.js`],
  NPM_TOKEN: [`npm_${many(36)}`, `npm_config_${many(30)}`],
  PYPI_TOKEN: [`pypi-AgEIcHlwaS5vcmc${many(60)}`, `pypi-AgEIcHlwaS5vcmc`],
  DOCKER_HUB_TOKEN: [`dckr_pat_${many(27)}`, `dckr_pat_${many(20)}`],
  HUGGING_FACE_TOKEN: [`hf_${many(34, 'abCDef')}`, `hf_${many(33, 'abCDef')}`, `shf_${many(34, 'abCDef')}`],
  OPENAI_KEY: [`sk-proj-${many(40)}T3BlbkFJ${many(40)}`, `sk-${many(48)}`],
  ANTHROPIC_KEY: [`sk-ant-api03-${many(93)}AA`, `sk-ant-api03-${'x'.repeat(95)}`],
  DIGITALOCEAN_TOKEN: [`dop_v1_${hex(64)}`, `dop_v1_${hex(63)}`],
  VAULT_TOKEN: [`hvs.${many(95)}`, `hvs.${many(20)}`],
  AGE_SECRET_KEY: [`AGE-SECRET-KEY-1${many(58, 'QPZRY9X8')}`, `AGE-SECRET-KEY-1${many(57, 'QPZRY9X8')}`],
  PRIVATE_KEY_INDENTED: [`    ${pem('RSA ')}`, `  "${pem('RSA ')}"`, `  if "${pem('')}" in text:`],
  PRIVATE_KEY_INLINE: [`KEY="${pem('EC ')}\\n${many(40)}`, `x = "${pem('EC ')}\\n" + body`, `"${pem('')}"`],
  PGP_PRIVATE_KEY: ['-----BEGIN PGP PRIVATE KEY BLOCK-----', 'x -----BEGIN PGP PRIVATE KEY BLOCK-----'],
  PUTTY_PRIVATE_KEY: ['PuTTY-User-Key-File-3: ssh-ed25519', '"PuTTY-User-Key-File-"'],
  GCP_SERVICE_ACCOUNT: [`  "private_key": "${pem('')}\\n${many(64)}`, `"private_key": "${pem('')}..."`],
};

/** Files that hold credentials: name, a line that is one, lines that are none. */
const files: Readonly<Record<string, readonly [name: string, found: string, ...others: string[]]>> = {
  NPMRC_AUTH: [
    '.npmrc',
    '//registry.example/:_authToken=abcdefgh1234',
    `//r/:_authToken=${variable('NPM_TOKEN')}`,
    '_auth=short',
  ],
  YARNRC_AUTH: ['.yarnrc.yml', '  npmAuthToken: "abcdefgh1234"', `npmAuthToken: "${variable('TOKEN')}"`],
  NETRC_PASSWORD: ['.netrc', 'machine x login y password z', 'machine x login password', 'password $X'],
  PGPASS_PASSWORD: ['.pgpass', 'db.example:5432:*:me:hunter2', '#host:1:d:u:p', 'host:1:d:u:'],
  PYPIRC_PASSWORD: ['.pypirc', 'password = hunter2', 'password =', '# password = none'],
  GIT_CREDENTIALS: [
    '.git-credentials',
    'https://me:hunter2@git.example',
    'https://git.example',
    'https://me@git.example',
  ],
};

test('tokens of providers and keys in any armour are found, and what only looks like them is not', async () => {
  for (const [name, [text, ...others]] of Object.entries(samples)) {
    assert.ok((await found({ f: `x\n${text}\n` })).includes(`/f: ${name} 1`), `${name}: ${text}`);
    for (const other of others)
      assert.ok(!(await found({ f: `${other}\nsome more text` })).join().includes(name), `${name}: ${other}`);
  }
});

test('files whose purpose is to hold credentials are searched for them, others are not', async () => {
  for (const [name, [file, text, ...others]] of Object.entries(files)) {
    assert.deepEqual(await found({ [`root/${file}`]: `${text}\n` }), [`/root/${file}: ${name} 0`]);
    assert.deepEqual(await found({ 'root/notes': `${text}\n` }), [], name);
    for (const other of others) assert.deepEqual(await found({ [file]: `${other}\n` }), [], `${name}: ${other}`);
  }
});

test('every pattern beside the five of the original has samples here, a name of its own, and a text to look for first', () => {
  const known = [...Object.keys(samples), ...Object.keys(files)];
  assert.deepEqual(
    secretPatterns
      .slice(5)
      .map(({ name }) => name)
      .sort(),
    known.sort(),
  );
  for (const { name, regex, files: names } of secretPatterns) {
    const compiled = compileRegex(regex);
    assert.equal(compiled.kind, 'regex', name);
    if (compiled.kind === 'regex' && names === undefined) assert.ok(compiled.regex.needs !== null, name);
  }
});

test('nothing of the text is kept', () => {
  const token = `ghp_${many(36)}`;
  const content = memoryAccess(Buffer.from(`first\ntoken=${token}\n`));
  const facts = [...analyzer.read({ path: 'f', size: 60, mode: 0o644, content, limits: defaultLimits })];
  assert.equal(facts.length, 1);
  assert.ok(!JSON.stringify(facts).includes(token.slice(4, 12)));
});

test('what everybody has who has the same package is no secret; what lies in the image itself is', async () => {
  const key = `${pem('RSA ')}\nMII\n`;
  const shared = [
    ...['usr/share/doc/openssl/key.pem', 'usr/share/man/man1/x.1', 'usr/lib/python3.12/test/keycert.pem'],
    ...['srv/node_modules/x/test/key.pem', 'usr/lib/python3/dist-packages/y/tests/k', 'srv/vendor/z/fixtures/k'],
    ...['usr/local/go/src/crypto/tls/testdata/k.pem', 'root/go/pkg/mod/x@v1/a_test.go', 'opt/gems/a-1/spec/k'],
    ...['etc/x.crt', 'srv/x.png', 'lib/apk/db/installed', 'var/lib/dpkg/info/x.postinst'],
  ];
  const own = [
    ...['etc/ssl/private/key.pem', 'root/.ssh/id_rsa', 'srv/test/key.pem', 'srv/node_modules/x/lib/key.pem'],
    ...['srv/docs/key', 'srv/tests/node_modules/x/key.pem', 'home/me/key', 'usr/share/app/key.pem', 'a.b/c'],
  ];
  const all = Object.fromEntries([...shared, ...own].map((path) => [path, key]));
  assert.deepEqual(
    await found(all),
    own.toSorted().map((path) => `/${path}: PRIV_KEY 0`),
  );
});

test('patterns of the settings are looked for beside the others, under names of their own', async () => {
  const mine = secrets({ ...defaultAnalysisSettings, secretPatterns: [{ name: 'MINE', regex: '.*hush' }] });
  const text = `${pem('RSA ')}\na hush\n`;
  assert.deepEqual(await found({ f: text }, mine), ['/f: PRIV_KEY 0', '/f: MINE 1']);
  assert.notEqual(nameAnalyzerSet([mine], defaultLimits), nameAnalyzerSet([analyzer], defaultLimits));
  const twin = { ...defaultAnalysisSettings, secretPatterns: [{ name: 'PRIV_KEY', regex: 'x' }] };
  assert.throws(() => secrets(twin), isFault('input/invalid', /two patterns are called PRIV_KEY/));
});

test('a file of nothing but beginnings of secrets is read in its time', async () => {
  const starts = ['api_key=', 'aws_secret_access_key =', pem(''), '"auth": "', 'ghp_', 'sk-ant-api03-', 'twilio='];
  for (const start of starts) await found({ f: start.repeat(Math.floor(65_536 / start.length)) }, analyzer);
});
