import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { alpineApp } from '#test/support/api-images.ts';
import { awsTestClient, foreignAws, foreignAwsNote } from '#test/support/aws.ts';
import { type AwsEstate, awsAccount, openAwsEstate, writeAlpine } from '#test/support/aws-estate.ts';
import type { BuiltImage } from '#test/support/image-builder.ts';
import { httpServer } from '#test/support/http-server.ts';
import { runTask } from '#test/support/run-task.ts';

const repository = 'team/app';

describe(`the pipeline on a foreign emulator with an ECR of its own (${foreignAwsNote})`, {
  skip: foreignAws === null,
}, () => {
  test('a push to ECR becomes a verdict, by the built functions and the task', async (t) => {
    await using aws = await openAwsEstate({ foreign: foreignAws! });
    await writeAlpine(aws.mirror, { '1.2.5-r1': ['CVE-2031-0001'] });
    await push(alpineApp, 'v1');
    const times: string[] = [];
    const step = async (name: string, work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      times.push(`${name} ${Math.round(performance.now() - began)} ms`);
    };
    const taken = async (name: Parameters<AwsEstate['poll']>[0]) =>
      assert.deepEqual(await aws.poll(name), { taken: 1, again: 0 });

    await step('migrate', async () => {
      let answer = '';
      await using bucket = await httpServer(async (request, response) => {
        for await (const piece of request) answer += String(piece);
        response.end();
      });
      const ids = { StackId: 's', RequestId: 'r', LogicalResourceId: 'Tables', ResourceType: 'Custom::PlimsollTables' };
      const event = { RequestType: 'Create', ResponseURL: bucket.url, ...ids, ResourceProperties: {} };
      await (await aws.lambda('migrator')).call(event, { milliseconds: 900_000 });
      assert.match(answer, /"SUCCESS"/);
    });
    await step('ecr event', async () =>
      (await aws.lambda('catalog-ecr-event')).call(pushEvent(alpineApp.digest, 'v1')),
    );
    await step('admit', () => taken('catalog-image-pushed'));
    await step('analyze', async () => {
      const { code, said } = await runTask(aws, 'analyzer', ['--dry-seconds', '0.2', '--at-once', '1']);
      assert.equal(code, 0, said);
    });
    await step('judge', () => taken('policy-engine-image-analyzed'));
    await step('evaluate', () => taken('policy-engine-image-matched'));
    t.diagnostic(times.join(', '));
    const { rows } = await aws.database.once(`select state from image where digest = '${alpineApp.digest}'`, []);
    assert.deepEqual(rows, [['analyzed']]);
    assert.equal((await aws.database.once('select 1 from verdict', [])).rows.length, 1);
    for (const queue of ['image.pushed', 'image.queued', 'image.analyzed', 'image.matched'])
      assert.deepEqual([await aws.depth(queue), await aws.deadLetters(queue)], [0, 0], queue);
  });
});

/** As docker does: every blob, then the manifest. */
async function push(built: BuiltImage, tag: string): Promise<void> {
  const ecr = new ECRClient({ ...awsTestClient(foreignAws!), region: 'us-east-1' });
  await ecr.send(new CreateRepositoryCommand({ repositoryName: repository }));
  ecr.destroy();
  const url = `${foreignAws}/v2/${repository}`;
  const send = async (address: string, init: RequestInit) => {
    const answer = await fetch(new URL(address, foreignAws!), init);
    assert.ok(answer.ok, `${init.method} ${address}: ${answer.status} ${await answer.text()}`);
    return answer.headers.get('location') ?? '';
  };
  for (const [digest, body] of built.blobs) {
    if (digest === built.digest) continue;
    const upload = await send(`${url}/blobs/uploads/`, { method: 'POST' });
    await send(`${upload}${upload.includes('?') ? '&' : '?'}digest=${digest}`, {
      method: 'PUT',
      body: new Uint8Array(body),
    });
  }
  const headers = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
  await send(`${url}/manifests/${tag}`, { method: 'PUT', headers, body: new Uint8Array(built.bytes) });
}

function pushEvent(digest: string, tag: string) {
  return {
    ...{ version: '0', id: '13cde686-328b-6117-af20-0e5566167482', 'detail-type': 'ECR Image Action' },
    ...{ source: 'aws.ecr', account: awsAccount, time: '2026-11-21T10:00:00Z', region: 'us-east-1', resources: [] },
    detail: {
      ...{ result: 'SUCCESS', 'repository-name': repository, 'image-digest': digest },
      ...{ 'action-type': 'PUSH', 'image-tag': tag },
    },
  };
}
