import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ApiServer, ann, openApiServer } from '#test/support/api-server.ts';
import { writeFeedsMirror } from '#test/support/feeds-mirror.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

interface Event {
  readonly generated_uuid: string;
  readonly event: {
    readonly type: string;
    readonly resource: { readonly id: string };
    // biome-ignore lint/suspicious/noExplicitAny: details are of every kind
    readonly details: any;
  };
}

const analyzed = 'user.image.analysis.completed';
const verdict = 'user.checks.tag.policy_evaluation.update';
const vulnerabilities = 'user.checks.tag.vulnerabilities.update';

/** Whoever has CVE-2031-0003 does not ship. */
const bundle = {
  ...{ id: 'denying', version: '1_0', name: 'Denying', whitelists: [] },
  policies: [
    {
      ...{ id: 'p', name: 'p', version: '1_0' },
      rules: [
        {
          ...{ id: 'r', gate: 'vulnerabilities', trigger: 'blacklist', action: 'STOP' },
          params: [{ name: 'vulnerability_ids', value: 'CVE-2031-0003' }],
        },
      ],
    },
  ],
  mappings: [
    {
      ...{ id: 'm', name: 'all', registry: '*', repository: '*', image: { type: 'tag', value: '*' } },
      ...{ policy_id: 'p', whitelist_ids: [] },
    },
  ],
};

async function events(server: ApiServer, type: string): Promise<readonly Event[]> {
  const { json } = await server.ask<{ results: Event[] }>('GET', `/v1/events?event_type=${type}`, { sender: ann });
  return json.results;
}

/** Upstream says of musl what it said, and these besides. */
async function writeAlpine(mirror: string, more: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const secfixes = { '1.2.5-r1': ['CVE-2031-0001'], ...more };
  const packages = [{ pkg: { name: 'musl', secfixes } }];
  await writeFile(
    join(mirror, 'secdb.alpinelinux.org/v3.20/main.json'),
    JSON.stringify({ distroversion: 'v3.20', reponame: 'main', packages }),
  );
}

test('a push is told when it is analysed, and a change of the feeds with what it changes for a tag, once', async () => {
  await using folder = await temporaryFolder();
  await writeFeedsMirror(folder.path);
  const opened = await openApiServer({ feedsMirror: folder.path });
  await using _stack = opened.stack;
  const { server } = opened;
  const sender = ann;
  const tag = `${server.registry}/team/app:v1`;
  const added = await server.ask('POST', '/v1/policies', { sender, body: bundle });
  assert.equal(added.status, 200, added.text);
  const active = await server.ask('PUT', '/v1/policies/denying?active=true', {
    sender,
    body: { policyId: 'denying', active: true, policybundle: bundle },
  });
  assert.equal(active.status, 200, active.text);
  const record = await server.analyzed(tag, sender);
  const [told, ...more] = await events(server, analyzed);
  assert.deepEqual([told?.event.resource.id, more.length], [tag, 0]);
  assert.equal(told?.event.details.imageDigest, record.imageDigest);

  // As `anchore-cli subscription activate` does it.
  for (const type of ['policy_eval', 'vuln_update']) {
    const asked = `/v1/subscriptions?subscription_key=${encodeURIComponent(tag)}&subscription_type=${type}`;
    const { json } = await server.ask<{ subscription_id: string }[]>('GET', asked, { sender });
    const body = { active: true, subscription_key: tag, subscription_type: type };
    const put = await server.ask('PUT', `/v1/subscriptions/${json[0]!.subscription_id}`, { sender, body });
    assert.equal(put.status, 200, put.text);
  }
  const check = async () =>
    (await server.ask('GET', `/v1/images/${record.imageDigest}/check?tag=${encodeURIComponent(tag)}`, { sender })).text;
  assert.match(await server.until(check, (text) => text.includes('"status"')), /"status":"pass"/);
  await idle(server);

  await writeAlpine(folder.path, { '1.2.5-r2': ['CVE-2031-0003'] });
  assert.equal((await server.ask('POST', '/v1/system/feeds?sync=true')).status, 200);
  const [change] = await server.until(
    () => events(server, vulnerabilities),
    (found) => found.length > 0,
  );
  const { diff_vulnerability_result: diff, counts } = change!.event.details;
  assert.deepEqual(counts, { added: 2, updated: 0, removed: 0 }, 'of musl and of musl-utils');
  assert.deepEqual(new Set(diff.added.map((one: { CVE_ID: string }) => one.CVE_ID)), new Set(['CVE-2031-0003']));
  const [stopped] = await server.until(
    () => events(server, verdict),
    (found) => found.length > 0,
  );
  const { curr_eval: now, last_eval: last, changes } = stopped!.event.details;
  assert.deepEqual([last.final_action, now.final_action, now.image_digest], ['GO', 'STOP', record.imageDigest]);
  assert.deepEqual(
    changes.added.map((row: { trigger: string; gate_action: string }) => [row.trigger, row.gate_action]),
    [['blacklist', 'stop']],
  );

  await check();
  await idle(server);
  for (const type of [analyzed, verdict, vulnerabilities]) assert.equal((await events(server, type)).length, 1, type);
  const { json: log } = await server.ask<{ results: Event[] }>(
    'GET',
    '/v1/events?event_type=system.feeds.sync.group_completed',
  );
  const alpine = log.results.filter(({ event }) => event.resource.id === 'vulnerabilities/alpine:3.20');
  assert.equal(alpine.length, 2, 'loaded for the image, then changed');
});

/** Nothing waits any more: what is to be told is told. */
async function idle(server: ApiServer): Promise<void> {
  const depth = async () => {
    const { text } = await server.ask('GET', '/metrics');
    const samples = [...text.matchAll(/^plimsoll_queue_messages\{queue="image\.[^}]*\} (\d+)/gm)];
    assert.ok(samples.length > 0, text);
    return samples.reduce((sum, [, n]) => sum + Number(n), 0);
  };
  await server.until(depth, (waiting) => waiting === 0);
}
