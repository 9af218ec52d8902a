import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plimsoll } from '#test/support/command-line.ts';
import { Status, wireServer } from '#test/support/wire-server.ts';

const digest = `sha256:${'a1'.repeat(32)}`;
const item = (vuln: string, severity: string, more: object = {}) => ({
  ...{
    vuln,
    severity,
    fix: '1.0-r1',
    package: 'musl-1.2.5-r0',
    url: `https://example.test/${vuln}`,
    package_type: 'APKG',
  },
  ...{ feed_group: 'alpine:3.20', package_path: 'pkgdb', nvd_data: [] },
  ...more,
});
const vulnerabilities = (...list: readonly object[]) => ({
  [`GET /images/${digest}/vuln/all`]: { imageDigest: digest, vulnerability_type: 'all', vulnerabilities: list },
});
const vuln = ['image', 'vuln', digest, 'all'];

async function shown(
  answers: object,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  columns?: number,
) {
  await using server = await wireServer(answers as Record<string, unknown>);
  const options = columns === undefined ? {} : { columns };
  return await plimsoll(argv, { env: { PLIMSOLL_URL: server.url, ...env }, ...options });
}

test('JSON is what the server answered, keys in order, element by element as a whole', async () => {
  const list = [{ b: [1, { d: 'ü', c: null }], a: {} }, 'text', []];
  const { out } = await shown({ 'GET /registries': list }, ['registry', 'list', '--json']);
  assert.deepEqual(JSON.parse(out), list);
  assert.equal(out, `${JSON.stringify([{ a: {}, b: [1, { c: null, d: 'ü' }] }, 'text', []], null, 4)}\n`);
  assert.equal((await shown({ 'GET /registries': [] }, ['registry', 'list', '-o', 'json'])).out, '[]\n');
  const env = { ANCHORE_CLI_JSON: 'y' };
  assert.equal(
    (await shown({ 'GET /registries/q': { a: 1 } }, ['registry', 'get', 'q'], env)).out,
    '{\n    "a": 1\n}\n',
  );
});

test('a failure is JSON too where JSON is wanted, and one line on stderr', async () => {
  const body = { message: 'no such registry', httpcode: 404, detail: { error_codes: [] } };
  const { out, err, code } = await shown({ 'GET /registries/q': new Status(404, body) }, [
    '--json',
    'registry',
    'get',
    'q',
  ]);
  assert.deepEqual([code, JSON.parse(out), err], [1, body, 'plimsoll: no such registry (state/not-found)\n']);
  const unreachable = await plimsoll(['--json', 'registry', 'list', '--url', 'http://127.0.0.1:1']);
  assert.deepEqual([unreachable.code, JSON.parse(unreachable.out).detail.code], [2, 'network/unreachable']);
});

test('CSV has a line for each record, quoted where it has to be', async () => {
  const list = [
    { registry: 'a,b', registry_name: 'say "hi"', registry_type: 'x', registry_user: '-' },
    { registry: 'c' },
  ];
  const { out } = await shown({ 'GET /registries': list }, ['registry', 'list', '--output', 'csv']);
  assert.equal(out, 'Registry,Name,Type,User\r\n"a,b","say ""hi""",x,-\r\nc,c,,\r\n');
});

test('what a spreadsheet could take for a formula is marked; names of packages are left as they are', async () => {
  const names = ['=1+1', '@SUM(A1)', "+cmd|' /C calc'!A0", '-2+3*4', '@angular/core', '-1.5', '+1.2', 'a=b'];
  const answers = { 'GET /registries': names.map((registry) => ({ registry, registry_name: 'n' })) };
  const { out } = await shown(answers, ['registry', 'list', '-o', 'csv']);
  const cells = out
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.replace(/,n,,$/, ''));
  const marked = cells.filter((cell) => cell.startsWith("'"));
  assert.deepEqual(marked.sort(), ["'+cmd|' /C calc'!A0", "'-2+3*4", "'=1+1", "'@SUM(A1)"].sort());
});

test('lines are put in the order of a column, by size where it has numbers', async () => {
  const files = {
    [`GET /images/${digest}/content/files`]: {
      content: [
        { filename: 'r10', size: 9 },
        { filename: 'r9', size: 10 },
      ],
    },
  };
  const of = async (sort: string) => {
    const { out, err } = await shown(files, ['image', 'content', digest, 'files', '--sort', sort, '-o', 'csv']);
    return out.split('\r\n').slice(1, -1).join(' ') || err;
  };
  assert.equal(await of('size'), 'r10,9 r9,10');
  assert.equal(await of('SIZE:desc'), 'r9,10 r10,9');
  assert.equal(await of('file'), 'r9,10 r10,9');
  assert.match(await of('filenme'), /--sort filenme: there is no such column; did you mean 'Filename'\?/);
  assert.match(await of('weight'), /give one of Filename, Size/);
});

test('severities are in the order of how bad they are', async () => {
  const answers = vulnerabilities(item('A', 'Low'), item('B', 'Critical'), item('C', 'High'), item('D', 'Bogus'));
  const { out } = await shown(answers, [...vuln, '-o', 'csv', '--sort', 'severity']);
  assert.deepEqual(
    out
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line[0]),
    ['B', 'C', 'A', 'D'],
  );
});

test('an answer that is no table has no order and no CSV', async () => {
  const answers = { 'DELETE /registries/q': true, 'GET /registries/q': { registry: 'q' } };
  const sorted = await shown(answers, ['registry', 'get', 'q', '--sort', 'x']);
  assert.deepEqual([sorted.code, sorted.err], [2, 'plimsoll: --sort: this answer is no table (input/invalid)\n']);
  assert.match(
    (await shown(answers, ['registry', 'del', 'q', '-o', 'csv'])).err,
    /--output csv: this answer is no table/,
  );
  assert.match((await shown(answers, ['registry', 'get', 'q', '-o', 'csv'])).out, /^Registry,Name,.*\r\nq,q,/);
});

test('a table fits the terminal, in columns that people see, and is whole elsewhere', async () => {
  const long = item('CVE-2031-1000', 'High', {
    package: `船${'体'.repeat(40)}-1.0`,
    package_path: `/srv/${'x'.repeat(200)}`,
  });
  const narrow = (await shown(vulnerabilities(long), vuln, { NO_COLOR: '1' }, 80)).out;
  const width = (text: string) => [...text].reduce((sum, one) => sum + (/[\u4e00-\u9fff]/.test(one) ? 2 : 1), 0);
  for (const line of narrow.split('\n')) assert.ok(width(line) <= 80, `${width(line)}: ${line}`);
  assert.match(narrow, /CVE-2031-1000 +船体.*… +High/);
  assert.doesNotMatch(narrow, /PACKAGE PATH/);
  const whole = (await shown(vulnerabilities(long), vuln)).out;
  assert.ok(whole.includes('x'.repeat(200)) && whole.includes('体'.repeat(40)));
});

test('prose is broken into lines on a terminal and not cut', async () => {
  const description = Array.from({ length: 40 }, (_, at) => `word${at}`).join(' ');
  const spec = { 'GET /system/policy_spec': [{ name: 'files', description, state: 'active', triggers: [] }] };
  const { out } = await shown(spec, ['policy', 'describe'], { NO_COLOR: '1' }, 60);
  const lines = out.trimEnd().split('\n');
  assert.ok(lines.length > 4 && lines.every((line) => line.length <= 60), out);
  assert.equal(
    out
      .replace(/^GATE.*\n/, '')
      .replace('files', '')
      .replace(/\s+/g, ' ')
      .trim(),
    description,
  );
});

test('severities are coloured on a terminal, and where colour is forced', async () => {
  const answers = vulnerabilities(item('A', 'Critical'));
  const red = '\u001b[1;31mCritical\u001b[0m';
  assert.ok((await shown(answers, vuln, {}, 200)).out.includes(red));
  assert.ok((await shown(answers, vuln, { FORCE_COLOR: '1' })).out.includes(red));
  const plain: readonly (readonly [Readonly<Record<string, string>>, number | undefined])[] = [
    [{}, undefined],
    [{ NO_COLOR: '1' }, 200],
    [{ TERM: 'dumb' }, 200],
    [{ FORCE_COLOR: '0' }, 200],
  ];
  for (const [env, columns] of plain)
    assert.ok(!(await shown(answers, vuln, env, columns)).out.includes('\u001b'), String(columns));
});

test('colours stay with their column where others are left out', async () => {
  const { out } = await shown(vulnerabilities(item('CVE-2031-1', 'High')), vuln, {}, 70);
  assert.match(out, /\u001b\[31mHigh\u001b\[0m/);
  assert.equal(out.match(/\u001b\[31m/g)?.length, 1);
});

const evil = '\u001b]0;pwned\u0007\u001b[2J\u202edrowssap\u009b31m\nsecond';

test('characters that steer a terminal never reach it, in whatever they stand', async () => {
  const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  const answers = vulnerabilities(item(evil, 'High', { package: evil, url: evil, package_path: evil }));
  for (const output of ['table', 'json', 'csv'])
    assert.doesNotMatch(
      (await shown(answers, [...vuln, '-o', output], { NO_COLOR: '1' }, 300)).out.replaceAll('\r\n', '\n'),
      steering,
    );
  const failed = await shown(
    { 'GET /registries/q': new Status(404, { message: evil, httpcode: 404, detail: { [evil]: evil, list: [evil] } }) },
    ['registry', 'get', 'q'],
  );
  assert.doesNotMatch(failed.err, steering);
  const one = {
    [`GET /images/${digest}/content/dockerfile`]: { content: Buffer.from(`FROM x\n\tRUN ${evil}`).toString('base64') },
  };
  const document = ['image', 'content', digest, 'dockerfile'];
  const onTerminal = (await shown(one, document, {}, 80)).out;
  assert.doesNotMatch(onTerminal, steering);
  assert.match(onTerminal, /^FROM x\n {4}RUN drowssap/);
  assert.equal((await shown(one, document)).out, `FROM x\n\tRUN ${evil}`);
});

test('answers without what is looked for are shown with dashes', async () => {
  for (const argv of [
    ['system', 'feeds', 'list'],
    ['event', 'list'],
    ['image', 'list'],
    ['policy', 'list'],
    ['account', 'list'],
  ])
    for (const answer of [{}, [], [{}], 'text', null, 7, [[1]], { results: 'no' }]) {
      const path = {
        system: '/system/feeds',
        event: '/events',
        image: '/images',
        policy: '/policies',
        account: '/accounts',
      }[argv[0]!];
      const { code, err } = await shown({ [`GET ${path}`]: answer }, argv);
      assert.deepEqual([code, err], [0, ''], `${argv.join(' ')}: ${JSON.stringify(answer)}`);
    }
});
