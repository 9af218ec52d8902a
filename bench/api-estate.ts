import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtBundle } from '#test/support/bundles.ts';
import { type AwsEstate, adminPassword, awsAccount, openAwsEstate, writeAlpine } from '#test/support/aws-estate.ts';
import { httpServer } from '#test/support/http-server.ts';
import { image, layer } from '#test/support/image-builder.ts';
import { startLambda } from '#test/support/lambda-process.ts';
import { runTask } from '#test/support/run-task.ts';
import { type FunctionName, functions } from '../infra/functions.ts';

// What bench/api.ts runs: a process of its own, because what it shares with the tests belongs to the runner of tests.

const packages = 400;
const affected = 8;
const rounds = 200;
const colds = 5;

const say = (line: string) => process.send!(line);
const names = Array.from({ length: packages }, (_, at) => `part-${at}`);
const installed = names.map((name) => `P:${name}\nV:1.0-r0\nA:x86_64\no:${name}\nL:MIT\n\n`).join('');
const app = image({
  layers: [
    layer([
      { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\nNAME="Alpine Linux"\n' },
      { path: 'lib/apk/db/installed', content: installed },
    ]),
  ],
  tag: 'v1',
});

for (const name of Object.keys(functions) as FunctionName[]) {
  const { file, size } = await builtBundle(name);
  const times: number[] = [];
  for (let cold = 0; cold < colds; cold++) {
    await using lambda = await startLambda(file);
    times.push(lambda.importMs);
  }
  say(`${name}: ${Math.round(size / 1024)} KiB, cold import ${shown(times, 0.5)} ms (median of ${colds})`);
}

await using aws = await openAwsEstate();
await fill(aws);
const path = `/images/${app.digest}`;
const tag = `${awsAccount}.dkr.ecr.us-east-1.amazonaws.com/team/app:v1`;
for (const [title, asked, query] of [
  ['GET /v1/images/{digest}', path, {}],
  [`vuln/all of ${packages} packages`, `${path}/vuln/all`, {}],
  ['check', `${path}/check`, { tag: [tag] }],
] as const) {
  const calls = aws.api.calls.length;
  const first = await get(aws, asked, query);
  if (first.status !== 200) throw new Error(`${title}: ${first.status} ${first.text}`);
  const statements = aws.api.calls.length - calls;
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await get(aws, asked, query);
    times.push(performance.now() - began);
  }
  const size = Math.ceil(first.text.length / 1024);
  say(
    `${title}: p50 ${shown(times, 0.5)} ms, p99 ${shown(times, 0.99)} ms (${statements} calls of the Data API, ${size} KiB)`,
  );
}
process.disconnect();

/** Deploys the tables and brings the image in as an ECR push does. */
async function fill(estate: AwsEstate): Promise<void> {
  await using bucket = await httpServer((request, response) => request.resume().on('end', () => response.end()));
  const created = { RequestType: 'Create', ResponseURL: `${bucket.url}/answer`, StackId: 'stack', RequestId: 'one' };
  const tables = { LogicalResourceId: 'Tables', ResourceType: 'Custom::PlimsollTables', ResourceProperties: {} };
  await (await estate.lambda('migrator')).call({ ...created, ...tables }, { milliseconds: 900_000 });
  await writeAlpine(estate.mirror, {});
  await writeAdvisories(estate.mirror);
  estate.ecr.push(awsAccount, 'team/app', app);
  await (await estate.lambda('catalog-ecr-event')).call({
    ...{ version: '0', id: '1', 'detail-type': 'ECR Image Action', source: 'aws.ecr', account: awsAccount },
    ...{ time: '2026-11-21T10:00:00Z', region: 'us-east-1', resources: [] },
    detail: {
      ...{ result: 'SUCCESS', 'repository-name': 'team/app', 'image-digest': app.digest },
      ...{ 'action-type': 'PUSH', 'image-tag': 'v1' },
    },
  });
  await estate.poll('catalog-image-pushed');
  const { code, said } = await runTask(estate, 'analyzer', ['--dry-seconds', '0.2']);
  if (code !== 0) throw new Error(said);
  await estate.poll('policy-engine-image-analyzed');
  await estate.poll('policy-engine-image-matched');
}

/** One fix in every eighth package, in the place of what the mirror has. */
async function writeAdvisories(mirror: string): Promise<void> {
  const fixed = names.filter((_, at) => at % affected === 0);
  const list = fixed.map((name, at) => ({ pkg: { name, secfixes: { '2.0-r0': [`CVE-2031-${1000 + at}`] } } }));
  const file = join(mirror, 'secdb.alpinelinux.org/v3.20/main.json');
  await writeFile(file, JSON.stringify({ distroversion: 'v3.20', reponame: 'main', packages: list }));
}

async function get(estate: AwsEstate, asked: string, query: Readonly<Record<string, readonly string[]>>) {
  const headers = { Authorization: `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}` };
  return (await estate.lambda('api')).ask({
    ...{ resource: '/{path+}', path: asked, httpMethod: 'GET', headers, body: null, isBase64Encoded: false },
    multiValueHeaders: { Authorization: [headers.Authorization] },
    queryStringParameters: Object.fromEntries(Object.entries(query).map(([name, values]) => [name, values[0]])),
    multiValueQueryStringParameters: query,
    ...{ pathParameters: { path: asked.slice(1) }, stageVariables: null },
    requestContext: { path: `/v1${asked}`, stage: 'v1', httpMethod: 'GET', requestId: 'request' },
  });
}

function shown(times: number[], share: number): string {
  times.sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1);
}
