import type { Script } from '../session.ts';

const listed = ['Tag', 'Subscription Type', 'Active'];

interface Subscription {
  readonly subscription_id: string;
  readonly subscription_type: string;
  readonly subscription_key: string;
}

/** `subscription ...`: an image brings four, and each is switched by its type and the full tag. */
export const subscriptionScript: Script = async ({ type, typeJson, refused, world }) => {
  const tag = `${world.registry}/team/app:v1`;
  await type(['subscription', 'list'], { exit: 0, columns: listed, count: 0 });
  await type(['image', 'add', tag], { exit: 0 });
  await type(['subscription', 'list'], {
    exit: 0,
    columns: listed,
    rows: [
      [tag, 'policy_eval', 'False'],
      [tag, 'tag_update', 'True'],
      [tag, 'vuln_update', 'False'],
      [tag, 'analysis_update', 'True'],
    ],
    count: 4,
  });
  await type(['subscription', 'list', '--full'], {
    exit: 0,
    columns: [...listed, 'Subscription ID'],
    rows: [[tag, 'tag_update', 'True', /^[0-9a-f]{32}$/]],
  });
  const all = (await typeJson<Subscription[]>(['subscription', 'list'])) ?? [];
  const id = all.find((one) => one.subscription_type === 'vuln_update')?.subscription_id ?? 'no-id';
  await type(['subscription', 'activate', 'vuln_update', tag], { exit: 0, prints: ['Success'] });
  await type(['subscription', 'get', id], {
    exit: 0,
    columns: [...listed, 'Subscription ID', 'User ID'],
    rows: [[tag, 'vuln_update', 'True', id, /.+/]],
    count: 1,
  });
  await type(['subscription', 'deactivate', 'vuln_update', tag], { exit: 0, prints: ['Success'] });
  await type(['subscription', 'get', id], {
    exit: 0,
    columns: [...listed, 'Subscription ID', 'User ID'],
    rows: [[tag, 'vuln_update', 'False', id, /.+/]],
  });
  // Keys are whole tags, and the client sends what was typed.
  for (const verb of ['activate', 'deactivate'])
    await type(['subscription', verb, 'vuln_update', 'team/app:v1'], {
      exit: 2,
      prints: ['cannot locate subscription'],
    });
  await type(['subscription', 'activate', 'keel_update', tag], { exit: 2 });
  await refused(['subscription', 'list']);
  await refused(['subscription', 'get', id]);
  await type(['subscription', 'get', '0'.repeat(32)], {
    exit: 0,
    columns: [...listed, 'Subscription ID', 'User ID'],
    count: 0,
  });
  await type(['subscription', 'del', id], { exit: 0, prints: ['Success'] });
  await type(['subscription', 'del', id], { exit: 0, prints: ['Success'] });
  await refused(['subscription', 'del', id]);
  await type(['subscription', 'list'], { exit: 0, columns: listed, count: 3 });
};
