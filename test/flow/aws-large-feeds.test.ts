import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { environment, type Wake, wakeQueue } from '#schema/deployment.ts';
import { awsTestClient } from '#test/support/aws.ts';
import { type AwsEstate, awsAccount, openAwsEstate } from '#test/support/aws-estate.ts';
import { deploy, drain, ecrEvent, get, repository, rows, tagged } from '#test/support/aws-flow.ts';
import { runTask } from '#test/support/run-task.ts';
import { ubuntuImage, writeUbuntu } from '#test/support/ubuntu-image.ts';

const [first, second] = [ubuntuImage('first'), ubuntuImage('second')];

/** Takes the wakes off dispatch's queue; those for feeds. */
async function wokenFeeds(aws: AwsEstate): Promise<readonly string[]> {
  const QueueUrl = `${aws.variables[environment.queueUrlPrefix]}${wakeQueue}`;
  const client = new SQSClient({ ...awsTestClient(aws.sqs.endpoint), region: 'us-east-1' });
  const groups: string[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { Body, ReceiptHandle } of Messages) {
      const wake = JSON.parse(Body!) as Wake;
      if (wake.task === 'feeds') groups.push(wake.group);
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    if (Messages.length === 0) break;
  }
  client.destroy();
  return groups;
}

async function push(aws: AwsEstate, image: typeof first, tag: string): Promise<void> {
  aws.ecr.push(awsAccount, repository, image);
  await (await aws.lambda('catalog-ecr-event')).call(ecrEvent(image.digest, tag));
  await drain(aws);
  assert.equal((await runTask(aws, 'analyzer', ['--dry-seconds', '0.2'])).code, 0);
  await drain(aws);
}

const found = async (aws: AwsEstate, digest: string) =>
  JSON.parse((await get(aws, `/images/${digest}/vuln/os`)).text).vulnerabilities.map(
    ({ vuln }: { vuln: string }) => vuln,
  ) as readonly string[];

test('a feed that takes minutes is loaded by a task that the first image wakes, and every image judged before is judged anew', async () => {
  await using aws = await openAwsEstate();
  await deploy(aws, 'Create');
  await writeUbuntu(aws.mirror);
  await push(aws, first, 'first');
  const woken = await wokenFeeds(aws);
  assert.ok(woken.includes('ubuntu'), String(woken));
  await push(aws, second, 'second');
  assert.deepEqual(await wokenFeeds(aws), [], 'the second image does not start the load again');
  for (const { digest } of [first, second]) assert.deepEqual(await found(aws, digest), []);
  const verdicts = () => rows(aws, 'select tag from verdict order by verdict_no');
  assert.equal((await verdicts()).length, 2);

  const { code, said } = await runTask(aws, 'feeds', ['ubuntu']);
  assert.equal(code, 0, said);
  assert.equal(await aws.depth('image.matched'), 2);
  await drain(aws);
  assert.equal((await verdicts()).length, 4);
  for (const [tag, { digest }] of Object.entries({ first, second })) {
    assert.deepEqual(await found(aws, digest), ['CVE-2031-0001']);
    const check = await get(aws, `/images/${digest}/check`, { tag: [tagged(tag)] });
    assert.match(check.text, /CVE-2031-0001/);
  }
  const [notice, ...more] = aws.sns.published.map(({ message }) => JSON.parse(message));
  assert.deepEqual([more.length, notice.group, notice.firstLoad, notice.images], [0, 'ubuntu', true, 2]);
  assert.deepEqual(await wokenFeeds(aws), []);
});
