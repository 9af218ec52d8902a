import type { Script } from '../session.ts';

const corrections = ['enterprise', 'corrections'];
const listed = ['ID', 'Match', 'Replace', 'Created At', 'Description'];
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** `enterprise corrections ...`, which the engine never had. Its refusals all end with 2. */
export const correctionScript: Script = async ({ type, typeJson, refused }) => {
  await type([...corrections, 'list'], { exit: 0, columns: listed, count: 0 });
  const add = [...corrections, 'add', '-p', 'npm', '--match', 'package=hull'];
  await type([...add, '--replace', 'package=keel'], { exit: 0, prints: ['Success'] });
  await type([...add, '--replace', 'package'], { exit: 2, prints: ['badly formed'] });
  await type([...add, '--replace', 'moon=full'], { exit: 2, prints: [/^(Error|Detail): /m] });
  await type(add, { exit: 2, prints: ['Missing option'] });
  await type([...corrections, 'list'], {
    exit: 0,
    columns: listed,
    rows: [[/^[0-9a-f-]{32,36}$/, /'field_value': 'hull'/, /'field_value': 'keel'/, time, /.*/]],
    count: 1,
  });
  const all = (await typeJson<{ uuid: string }[]>([...corrections, 'list'])) ?? [];
  const id = all[0]?.uuid ?? 'no-correction';
  await type([...corrections, 'get', id], {
    exit: 0,
    fields: { UUID: id, Match: /hull/, Replace: /keel/, 'Created At': time, Description: /.*/ },
  });
  await type([...corrections, 'get', '00000000-0000-4000-8000-000000000000'], { exit: 2, prints: ['HTTP Code: 404'] });
  await refused([...corrections, 'get', id]);
  await refused([...corrections, 'list']);
  await type([...corrections, 'delete', id], { exit: 0, prints: ['Success'] });
  await type([...corrections, 'delete', id], { exit: 2, prints: ['HTTP Code: 404'] });
  await type([...corrections, 'list'], { exit: 0, columns: listed, count: 0 });
};
