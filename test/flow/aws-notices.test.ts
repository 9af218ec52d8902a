import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { environment } from '#schema/deployment.ts';
import { fakeSecurityHub } from '#test/fakes/security-hub.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { type AwsEstate, awsAccount, openAwsEstate, writeAlpine } from '#test/support/aws-estate.ts';
import { deploy, drain, ecrEvent, get, repository, rows, tagged } from '#test/support/aws-flow.ts';
import { httpServer } from '#test/support/http-server.ts';
import { runTask } from '#test/support/run-task.ts';

// Notices and findings of the deployed entry points, as built, in an emulated account.
const opened = new AsyncDisposableStack();

after(() => opened.disposeAsync());

const got: Record<string, unknown>[] = [];
let answer = 503;

async function open(): Promise<{ aws: AwsEstate; hub: Awaited<ReturnType<typeof fakeSecurityHub>>; url: string }> {
  const hub = opened.use(await fakeSecurityHub(awsAccount));
  const { url } = opened.use(
    await httpServer((request, response) => {
      let text = '';
      request.on('data', (piece) => (text += piece));
      request.on('end', () => {
        got.push(JSON.parse(text).data);
        response.writeHead(answer).end();
      });
    }),
  );
  const product = `arn:aws:securityhub:us-east-1:${awsAccount}:product/${awsAccount}/default`;
  const variables = {
    AWS_ENDPOINT_URL_SECURITYHUB: hub.endpoint,
    [environment.securityHub]: product,
    [environment.allowPrivateChannels]: 'true',
    [environment.noticeHours]: '24',
  };
  return { aws: opened.use(await openAwsEstate({ variables })), hub, url };
}

test('what happens to a pushed image is told to webhooks and topics, once they take it, and its findings to Security Hub', async () => {
  const { aws, hub, url } = await open();
  assert.equal((await deploy(aws, 'Create')).status, 'SUCCESS');
  const add = async (body: unknown) => {
    const { status, text } = await get(
      aws,
      '/notifications/channels',
      {},
      { method: 'POST', body: JSON.stringify(body) },
    );
    assert.equal(status, 200, text);
    return JSON.parse(text) as { id: string };
  };
  const hook = await add({ name: 'hook', type: 'webhook', settings: { url } });
  await add({ name: 'topic', type: 'sns', settings: { topic: aws.variables[environment.noticeTopic] } });
  aws.ecr.push(awsAccount, repository, alpineApp);
  await writeAlpine(aws.mirror, { '1.2.5-r1': ['CVE-2031-0001'] });
  await (await aws.lambda('catalog-ecr-event')).call(ecrEvent(alpineApp.digest, 'v1'));
  await drain(aws);
  assert.equal((await runTask(aws, 'analyzer', ['--dry-seconds', '0.2'])).code, 0);
  await drain(aws);
  assert.deepEqual(
    [...hub.findings.values()].map(({ Id, RecordState }) => [Id, RecordState]),
    [[`plimsoll/admin/${alpineApp.digest}/CVE-2031-0001`, 'ACTIVE']],
  );

  const notifier = () => aws.poll('notifier-notice-raised');
  while ((await notifier()).taken > 0);
  assert.deepEqual(
    got.map((data) => [
      data['notification_type'],
      (data['notification_payload'] as { subscription_key: string }).subscription_key,
    ]),
    [['analysis_update', tagged('v1')]],
  );
  const published = aws.sns.published.map(
    ({ message }) => JSON.parse(message) as { data?: { notification_type: string } },
  );
  assert.deepEqual(
    published.flatMap(({ data }) => data?.notification_type ?? []),
    ['analysis_update'],
  );
  const states = () => rows(aws, `select state, tries from delivery where channel_id = '${hook.id}'`);
  assert.deepEqual(await states(), [['pending', '1']]);
  assert.equal(await aws.depth('notice.raised'), 0);
  await aws.clock.advance(60_000);
  assert.equal(await aws.depth('notice.raised'), 1, 'it wakes itself for the next try');

  answer = 200;
  const changed = await get(aws, `/notifications/channels/${hook.id}`, {}, { method: 'PUT', body: '{"name":"ops"}' });
  assert.equal(changed.status, 200, changed.text);
  while ((await notifier()).taken > 0);
  assert.deepEqual(await states(), [['delivered', '1']]);
});
