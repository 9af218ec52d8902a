import assert from 'node:assert/strict';
import type { Script, Session } from '../session.ts';

const feeds = ['Feed', 'Group', 'LastSync', 'RecordCount'];
const groups = ['Group', 'LastSync', 'RecordCount'];
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const services = ['apiext', 'catalog', 'policy_engine', 'simplequeue', 'analyzer'];

/** `help` and `system ...`: typed by the administrator after all else, since feeds are everybody's. */
export const systemScript: Script = async (session) => {
  const { type, refused, world } = session;
  await type(['help'], { exit: 0, prints: ['Usage: ', 'analysis-archive'] });
  await type(['system', 'status'], {
    exit: 0,
    prints: [
      ...services.map((name) => new RegExp(`^Service ${name} \\(.+, .+\\): up$`, 'm')),
      /^Engine Code Version: \d/m,
    ],
    fields: { 'Engine DB Version': /^\d+$/ },
  });
  await type(
    ['system', 'status'],
    { exit: 2, prints: ['could not access anchore service'] },
    { environment: { ANCHORE_CLI_URL: 'http://127.0.0.1:9/v1' } },
  );
  await refused(['system', 'status']);
  await type(['system', 'errorcodes'], {
    exit: 0,
    columns: ['Error Code', 'Description'],
    rows: [
      ['REGISTRY_IMAGE_NOT_FOUND', /.+/],
      ['FEED_SYNC_ALREADY_IN_PROGRESS', /.+/],
    ],
  });
  await refused(['system', 'errorcodes']);
  await type(['system', 'wait', '--timeout', '60', '--interval', '1'], { exit: 0, prints: ['Feed sync: Success.'] });
  await type(['system', 'wait', '--timeout', '2', '--interval', '1', '--feedsready', ''], {
    exit: 0,
    prints: ['Service availability: Success.'],
  });
  await type(['system', 'wait', '--timeout', '1', '--interval', '1', '--servicesready', 'catalog,keel'], {
    exit: 2,
    prints: ['timed out after'],
  });

  const service = ['system', 'del'];
  await type([...service, 'no-such-host', 'analyzer'], { exit: 1, prints: ['HTTP Code: 404'] });
  const { service_states: states } = await world
    .ask<{ service_states: { hostid: string; servicename: string }[] }>(world.admin, 'GET', '/system')
    .catch(() => ({ service_states: [] }));
  const host = states.find(({ servicename }) => servicename === 'analyzer')?.hostid ?? 'no-host';
  await type([...service, host, 'analyzer'], { exit: 1, prints: ['HTTP Code: 409'] });

  await type(['system', 'feeds', 'list'], {
    exit: 0,
    columns: feeds,
    rows: [
      ['vulnerabilities', 'alpine:3.20', time, /^[1-9]\d*$/],
      [/^github/, /npm/, time, /^\d+$/],
    ],
  });
  await refused(['system', 'feeds', 'list']);
  await type(['system', 'feeds', 'sync'], { exit: 0, never: ['Records Updated'] }, { stdin: 'n\n' });
  await type(
    ['system', 'feeds', 'sync'],
    {
      exit: 0,
      columns: ['Feed', 'Group', 'Status', 'Records Updated', 'Sync Duration'],
      rows: [['vulnerabilities', 'alpine:3.20', 'success', /^\d+$/, /^\d+\.\d\ds$/]],
    },
    { stdin: 'y\n' },
  );
  await type(
    ['system', 'feeds', 'sync', '--flush'],
    { exit: 2, prints: ['Unauthorized'] },
    { stdin: 'y\n', environment: { ANCHORE_CLI_PASS: 'wrong' } },
  );

  const config = ['system', 'feeds', 'config', 'vulnerabilities'];
  const alpine = ['--group', 'alpine:3.20'];
  await type(config, { exit: 2, prints: ['Must set one of'] });
  await type([...config, '--enable', '--disable'], { exit: 2, prints: ['Can set only one'] });
  await type(['system', 'feeds', 'config', 'keel', '--enable'], { exit: 1, prints: [/HTTP Code: 40[04]/] });
  await type([...config, ...alpine, '--disable'], {
    exit: 0,
    columns: groups,
    rows: [['alpine:3.20(disabled)', /.+/, /^\d+$/]],
  });
  await type([...config, ...alpine, '--enable'], { exit: 0, columns: groups, rows: [['alpine:3.20', /.+/, /^\d+$/]] });
  const remove = ['system', 'feeds', 'delete', 'vulnerabilities'];
  await type([...remove, ...alpine], { exit: 1, prints: ['HTTP Code: 409'] });
  await type(remove, { exit: 1, prints: ['HTTP Code: 409'] });
  await type([...config, '--disable'], { exit: 0, columns: feeds, rows: [['vulnerabilities(disabled)', /.+/]] });
  await type(['system', 'wait', '--timeout', '5', '--interval', '1'], {
    exit: 2,
    prints: ['Requesting wait for disabled feed'],
  });
  await type([...config, ...alpine, '--disable'], { exit: 0, columns: groups });
  await type([...remove, ...alpine], { exit: 0, columns: groups, rows: [['alpine:3.20(disabled)', /.+/, '0']] });
  await type(remove, { exit: 0, columns: feeds });
  await type(['system', 'feeds', 'delete', 'keel'], { exit: 1, prints: ['HTTP Code: 404'] });
  await type([...config, '--enable'], { exit: 0, columns: feeds });
  await webhooks(session);
};

/** The original's are in its configuration; ours are channels of the administrators' account. */
async function webhooks({ type, world }: Session): Promise<void> {
  await type(['system', 'webhook', 'test'], { exit: 1, prints: ['Webhooks Configuration for type=general not found'] });
  const url = `${world.webhook}/<userId>/<notification_type>`;
  for (const [name, types] of [
    ['all', null],
    ['verdicts', ['policy_eval']],
  ])
    await world
      .ask(world.admin, 'POST', '/notifications/channels', {
        name,
        type: 'webhook',
        settings: { url },
        notification_types: types,
      })
      .catch(() => {});
  const before = world.webhookCalls.length;
  await type(['system', 'webhook', 'test'], { exit: 0, prints: ['Success'] });
  await type(['system', 'webhook', 'test', 'policy_eval', '--ntype', 'policy_eval'], { exit: 0, prints: ['Success'] });
  const called = world.webhookCalls.slice(before).toSorted();
  assert.deepEqual(called, ['POST /admin/policy_eval', 'POST /admin/tag_update']);
  await type(['system', 'webhook', 'test', 'keel'], { exit: 1, prints: ['type=keel not found'] });
  await type(['system', 'webhook', 'test', '--ntype', 'keel'], { exit: 1, prints: [/^Detail: .*notification_type/] });
}
