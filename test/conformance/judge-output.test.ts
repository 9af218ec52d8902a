import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeOutput, readTable } from './judge-output.ts';

const table = ['Full Tag             Image ID        Status', 'a/b:1                                analyzed', ''].join(
  '\n',
);
const ran = (stdout: string, exit: number | null = 0) => ({ exit, stdout, stderr: '' });

test('a table without lines is read by where its headings begin, so that empty cells are seen', () => {
  assert.deepEqual(readTable(table), {
    columns: ['Full Tag', 'Image ID', 'Status'],
    rows: [['a/b:1', '', 'analyzed']],
  });
});

test('a table that follows a question on its line is read', () => {
  assert.deepEqual(readTable(`WARNING: long\n\nReally? (y/N)${table}`).rows, [['a/b:1', '', 'analyzed']]);
});

test('a table of boxes is read', () => {
  const boxes = '+---+\n| Gate | Description |\n+---+\n| always | stops |\n|  | always |\n+---+';
  assert.deepEqual(readTable(boxes), {
    columns: ['Gate', 'Description'],
    rows: [
      ['always', 'stops'],
      ['', 'always'],
    ],
  });
});

test('an output that is as wanted has no differences', () => {
  const wanted = { exit: 0, columns: ['Full Tag', 'Image ID', 'Status'], rows: [['a/b:1', '', /^anal/]], count: 1 };
  assert.deepEqual(judgeOutput(ran(table), wanted), []);
  assert.deepEqual(
    judgeOutput(ran('Name: brig\nState: enabled\n'), { exit: 0, fields: { Name: 'brig', State: /en/ } }),
    [],
  );
  assert.deepEqual(judgeOutput(ran('\n'), { exit: 0, columns: ['Tag'], count: 0 }), []);
});

test('each thing that differs is told: exit code, headings, rows, their number, fields and texts', () => {
  const differ = (output: ReturnType<typeof ran>, wanted: Parameters<typeof judgeOutput>[1]) =>
    assert.equal(judgeOutput(output, wanted).length, 1, JSON.stringify(judgeOutput(output, wanted)));
  const columns = ['Full Tag', 'Image ID', 'Status'];
  differ(ran(table, 1), { exit: 0 });
  differ(ran(table, null), { exit: 0 });
  differ(ran(table), { exit: 0, columns: columns.toReversed() });
  differ(ran(table), { exit: 0, columns, rows: [['a/b:2']] });
  differ(ran(table), { exit: 0, columns, count: 2 });
  differ(ran('\n'), { exit: 0, columns, count: 1 });
  differ(ran('Name: brig\n'), { exit: 0, fields: { Name: 'bri' } });
  differ(ran('Name: brig\n'), { exit: 0, fields: { State: /./ } });
  differ(ran('Name: brig\n'), { exit: 0, prints: ['Success'] });
  differ(ran('Success'), { exit: 0, never: ['Success'] });
});

test('a failed table and a traceback are defects whatever was wanted', () => {
  const raw = "WARNING: failed to format output (returning raw output) - exception: 'fix'\n{}";
  assert.equal(judgeOutput(ran(raw), { exit: 0 }).length, 1);
  const crash = { exit: 2, stdout: '', stderr: 'Traceback (most recent call last):' };
  assert.equal(judgeOutput(crash, { exit: 2 }).length, 1);
});
