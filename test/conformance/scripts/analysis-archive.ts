import { alpineApp } from '#test/support/api-images.ts';
import type { Script } from '../session.ts';

const images = ['analysis-archive', 'images'];
const rules = ['analysis-archive', 'rules'];
const archived = ['Digest', 'Tags', 'Analyzed At', 'Archived At', 'Status', 'Archive Size Bytes'];
const added = ['Image Digest', 'Archive Status', 'Details'];
const ruled = [
  ...['Rule Id', 'Global', 'Transition', 'Analysis Age (Days)', 'Tag Versions Newer'],
  ...['Registry', 'Repository', 'Tag', 'Max Images'],
  ...['Registry Exclude', 'Repo Exclude', 'Tag Exclude', 'Exclude Exp Days', 'Last Updated'],
];
const unknown = `sha256:${'0'.repeat(64)}`;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** `analysis-archive ...`: an image goes into the archive, out of the working set, and back; rules are kept. */
export const archiveScript: Script = async (session) => {
  const { type, typeJson, refused, world } = session;
  const tag = `${world.registry}/team/app:v1`;
  await type(['image', 'add', tag], { exit: 0 });
  await type(['image', 'wait', tag, '--timeout', '60', '--interval', '1'], { exit: 0 });

  await type([...images, 'list'], { exit: 0, columns: archived, count: 0 });
  await type([...images, 'add', alpineApp.digest, unknown], {
    exit: 0,
    columns: added,
    rows: [
      [alpineApp.digest, /^archiv(ed|ing)$/, /.*/],
      [unknown, 'error', /.+/],
    ],
    count: 2,
  });
  await type([...images, 'add', 'v1'], { exit: 2, prints: ['Invalid image digest'] });
  await type([...images, 'add'], { exit: 1, prints: [/^(Error|Detail): /m] });
  const entry = [alpineApp.digest, tag, time, time, 'archived', /^[1-9]\d*$/];
  await type([...images, 'list'], { exit: 0, columns: archived, rows: [entry], count: 1 });
  await type([...images, 'get', alpineApp.digest], { exit: 0, columns: archived, rows: [entry], count: 1 });
  await type([...images, 'get', unknown], { exit: 1, prints: ['HTTP Code: 404'] });
  await refused([...images, 'list']);
  await refused([...images, 'get', alpineApp.digest]);

  // It is in use as well, so there is nothing to bring back.
  await type([...images, 'restore', alpineApp.digest], { exit: 1, prints: ['HTTP Code: 409'] });
  await type([...images, 'restore', unknown], { exit: 1, prints: ['HTTP Code: 404'] });
  await type([...images, 'restore', 'v1'], { exit: 2, prints: ['Invalid image digest'] });
  await type(['image', 'del', alpineApp.digest, '--force'], { exit: 0, prints: ['Success'] });
  await untilGone(session);
  await type([...images, 'restore', alpineApp.digest], {
    exit: 0,
    fields: { 'Image Digest': alpineApp.digest, 'Image Type': 'docker', 'Analyzed At': time, 'Full Tag': tag },
  });
  await type(['image', 'wait', alpineApp.digest, '--timeout', '60', '--interval', '1'], {
    exit: 0,
    fields: { 'Analysis Status': 'analyzed', Distro: 'alpine' },
  });
  await type(['image', 'vuln', alpineApp.digest, 'os'], { exit: 0, prints: ['CVE-2031-0001'] });
  await type([...images, 'del', alpineApp.digest], { exit: 0, prints: ['Success'] });
  // The client ends every refusal of a deletion with 2.
  await type([...images, 'del', unknown], { exit: 2, prints: ['HTTP Code: 404'] });

  await type([...rules, 'list'], { exit: 0, columns: ruled, count: 0 });
  await type([...rules, 'add', '30', '2', 'archive', '--repository-selector', 'team/*', '--tag-exclude', 'v1'], {
    exit: 0,
    columns: ruled,
    rows: [[/.+/, 'False', 'archive', '30', '2', '*', 'team/*', '*', /.*/, /.*/, /.*/, 'v1', '-1', time]],
  });
  await type([...rules, 'add', '0', '0', 'delete'], { exit: 0, never: ['Rule Id'] }, { stdin: 'n\n' });
  await type(
    [...rules, 'add', '0', '0', 'delete', '--tag-selector', 'never'],
    { exit: 0, columns: ruled },
    { stdin: 'y\n' },
  );
  await type([...rules, 'add', '30', '2', 'sink'], { exit: 2, prints: ["'sink' is not one of"] });
  await type([...rules, 'add', '30', '2', 'archive', '--is-global'], { exit: 1, prints: ['HTTP Code: 403'] });
  await type([...rules, 'add', '30', '2', 'archive', '--max-images-per-account', '5'], {
    exit: 2,
    prints: ['only be specified on a global rule'],
  });
  const all = (await typeJson<{ rule_id: string; transition: string }[]>([...rules, 'list'])) ?? [];
  const id = all.find((rule) => rule.transition === 'archive')?.rule_id ?? 'no-rule';
  await type([...rules, 'list'], { exit: 0, columns: ruled, count: 2 });
  await type([...rules, 'get', id], { exit: 0, columns: ruled, rows: [[id, 'False', 'archive']], count: 1 });
  await type([...rules, 'get', '0'.repeat(32)], { exit: 1, prints: ['HTTP Code: 404'] });
  await type([...rules, 'del', id], { exit: 0, prints: ['Success'] });
  await type([...rules, 'del', id], { exit: 2, prints: ['HTTP Code: 404'] });
  await refused([...rules, 'list']);
  await refused([...rules, 'get', id]);
  await globalRules(session);
};

/** Rules for all accounts are the administrator's. */
async function globalRules({ type, world }: Parameters<Script>[0]): Promise<void> {
  const admin = { environment: { ANCHORE_CLI_USER: world.admin.user, ANCHORE_CLI_PASS: world.admin.password } };
  const limited = [...rules, 'add', '0', '1', 'archive', '--is-global', '--max-images-per-account', '5000'];
  await type(
    limited,
    { exit: 0, columns: ruled, rows: [[/.+/, 'True', 'archive', /.+/, /.+/, /.*/, /.*/, /.*/, '5000']] },
    admin,
  );
  await type(limited, { exit: 1, prints: [/HTTP Code: 40\d/] }, admin);
  for (const rule of await world.ask<{ rule_id: string }[]>(world.admin, 'GET', '/archives/rules'))
    await type([...rules, 'del', rule.rule_id], { exit: 0, prints: ['Success'] }, admin);
}

/** A deleted image goes by and by. */
async function untilGone({ world, sailor }: Parameters<Script>[0]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const images = await world.ask<{ image_status: string }[]>(sailor, 'GET', '/images?image_status=all');
    if (images.length === 0) return;
    await new Promise((done) => setTimeout(done, 100));
  }
}
