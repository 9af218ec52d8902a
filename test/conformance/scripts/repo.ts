import type { Script } from '../session.ts';

const shown = ['Repository', 'Watched', 'TagCount'];

/** `repo ...`: all through subscriptions of type repo_update. */
export const repoScript: Script = async ({ type, refused, world }) => {
  const app = `${world.registry}/team/app`;
  const other = `${world.registry}/team/other`;
  await type(['repo', 'list'], { exit: 0, columns: shown, count: 0 });
  await type(['repo', 'add', app, '--dryrun'], {
    exit: 0,
    prints: ['DRY RUN: Repository not added'],
    columns: shown,
    rows: [[app, 'False', '3']],
  });
  await type(['repo', 'list'], { exit: 0, columns: shown, count: 0 });
  await type(['repo', 'add', app, '--noautosubscribe', '--lookuptag', 'v1'], {
    exit: 0,
    columns: shown,
    rows: [[app, 'True', '3']],
  });
  await type(['repo', 'add', other], { exit: 0, columns: shown, rows: [[other, 'True', '1']] });
  await type(['repo', 'add', `${world.registry}/team/none`], { exit: 1, prints: ['HTTP Code: 404'] });
  await refused(['repo', 'add', app]);
  await type(['repo', 'list'], {
    exit: 0,
    columns: shown,
    rows: [
      [app, 'True', '3'],
      [other, 'True', '1'],
    ],
    count: 2,
  });
  await refused(['repo', 'list']);
  await refused(['repo', 'get', app]);
  await type(['repo', 'get', app], { exit: 0, columns: shown, rows: [[app, 'True', '3']], count: 1 });
  await type(['repo', 'get', `${world.registry}/team/none`], { exit: 0, columns: shown, count: 0 });
  await type(['repo', 'unwatch', app], { exit: 0, columns: shown, rows: [[app, 'False', '3']] });
  await type(['repo', 'unwatch', `${world.registry}/team/none`], { exit: 2, prints: ['cannot locate subscription'] });
  await type(['repo', 'get', app], { exit: 0, columns: shown, rows: [[app, 'False', '3']] });
  await type(['repo', 'watch', app], { exit: 0, columns: shown, rows: [[app, 'True', '3']] });
  await type(['repo', 'watch', `${world.registry}/team/none`], { exit: 2, prints: ['cannot locate subscription'] });
  await type(['repo', 'del', other], { exit: 0, prints: ['Success'] });
  await type(['repo', 'del', `${world.registry}/team/none`], { exit: 2 });
  await type(['repo', 'list'], { exit: 0, columns: shown, rows: [[app, 'True', '3']], count: 1 });
  // The client takes a refused list for an empty one.
  const guessing = { environment: { ANCHORE_CLI_PASS: 'nobody-has-this' } };
  await type(['repo', 'del', app], { exit: 2, prints: ['cannot locate subscription'] }, guessing);
};
