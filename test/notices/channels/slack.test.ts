import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slack } from '#notices/channels/slack.ts';
import { channelWorld, harmfulNotice, postReceiver } from './channel-bench.ts';

const settings = { verify: true, timeout_seconds: 10 };

test('Slack gets a message with what is new first, bounded, in which nothing of an image is a mention or a link', async () => {
  await using hook = await postReceiver();
  await slack.send(channelWorld(), harmfulNotice(), { ...settings, url: hook.url });
  const { text, blocks } = JSON.parse(hook.got[0]!.body);
  assert.equal(text, 'Vulnerabilities changed: quay.test/crew/app:v1');
  assert.deepEqual(blocks[0].text, { type: 'plain_text', text });
  assert.deepEqual(
    blocks[1].fields.map((field: { text: string }) => field.text),
    ['*Image*\nquay.test/crew/app:v1', '*Account*\ncrew', '*Vulnerabilities*\n400 new, 0 changed, 2 gone'],
  );
  const list: string = blocks[2].text.text;
  assert.match(list, /^• CVE-2031-0001 \(High\) in libx Bcc: all@example\.com &lt;!channel&gt; .*, fixed in 1\.2\n/);
  assert.match(list, /• and 390 more$/);
  assert.ok(!/<|>/.test(list));
});

test('a long list is cut between its lines', async () => {
  await using hook = await postReceiver();
  const notice = harmfulNotice();
  const found = { CVE_ID: 'CVE-2031-0001', Severity: 'High', Vulnerable_Package: '<'.repeat(1000) };
  const details = { diff_vulnerability_result: { added: Array.from({ length: 10 }, () => found) } };
  await slack.send(channelWorld(), { ...notice, event: { ...notice.event, details } }, { ...settings, url: hook.url });
  const list: string = JSON.parse(hook.got[0]!.body).blocks[2].text.text;
  assert.ok(list.length <= 3000);
  assert.ok(list.length > 1000);
  assert.match(list, /(&lt;|…)$/);
});
