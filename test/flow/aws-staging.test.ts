import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type AwsEstate, openAwsEstate, writeAlpine } from '#test/support/aws-estate.ts';
import { deploy, rows } from '#test/support/aws-flow.ts';
import { builtBundle } from '#test/support/bundles.ts';
import { type LambdaProcess, startLambda } from '#test/support/lambda-process.ts';
import { functions } from '../../infra/functions.ts';

// A feed that is too large for parameters, by the deployed entry points as built.
const importing = 'select aws_s3.table_import_from_s3';
let shared: Promise<AwsEstate> | null = null;

function estate(): Promise<AwsEstate> {
  shared ??= openAwsEstate().then(async (aws) => {
    assert.equal((await deploy(aws, 'Create')).status, 'SUCCESS');
    return aws;
  });
  return shared;
}

after(async () => {
  if (shared !== null) await (await shared)[Symbol.asyncDispose]();
});

test('a large feed goes through S3 into the database and leaves nothing on its way', async () => {
  const aws = await estate();
  await writeAdvisories(aws, ['CVE-2031-']);
  await using feeds = await startFeeds(aws);
  await sync(feeds);
  assert.deepEqual(await rows(aws, 'select count(*)::text from affected'), [['9000']]);
  assert.equal(aws.api.count(importing), 2, 'of the trial and of one file');
  assert.ok(
    aws.api.calls.every(({ bytes }) => bytes < 100_000),
    'nothing of it goes through the Data API',
  );
  assert.equal(aws.s3.state.buckets.get('staged-feeds')?.size, 0);
  assert.deepEqual(await rows(aws, 'select count(*)::text from staged_text'), [['0']]);
});

test('where the database may not import, a large feed goes in as parameters, and the log says what to do', async () => {
  const aws = await estate();
  await writeAdvisories(aws, ['CVE-2031-', 'CVE-2032-']);
  await aws.database.once('revoke usage on schema aws_s3 from plimsoll_app', []);
  await using feeds = await startFeeds(aws);
  await sync(feeds);
  assert.deepEqual(await rows(aws, "select count(*)::text from advisory where hash <> '' and id like 'CVE-2032-%'"), [
    ['9000'],
  ]);
  const told = feeds.lines().filter(({ reason }) => /deploy the stack again/.test(String(reason)));
  assert.equal(told.length, 1);
});

/** A process that has loaded nothing yet. */
async function startFeeds(aws: AwsEstate): Promise<LambdaProcess> {
  return startLambda((await builtBundle('feeds-schedule')).file, aws.variables);
}

async function sync(feeds: LambdaProcess): Promise<void> {
  await feeds.call({ group: 'alpine:3.20' }, { milliseconds: 1000 * functions['feeds-schedule'].timeout });
}

/** 9,000 advisories of one package for each year. */
async function writeAdvisories(aws: AwsEstate, years: readonly string[]): Promise<void> {
  const ids = (version: number) =>
    years.flatMap((year) => Array.from({ length: 100 }, (_, at) => `${year}${version * 100 + at + 1000}`));
  await writeAlpine(
    aws.mirror,
    Object.fromEntries(Array.from({ length: 90 }, (_, version) => [`1.${version}-r0`, ids(version)])),
  );
}
