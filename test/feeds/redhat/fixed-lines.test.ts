import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedLines, highestVersion } from '#feeds/redhat/fixed-lines.ts';
import { rpm } from '#versions/comparators/rpm.ts';

/** Whether a version lies in one of the lines. */
function isMended(version: string, fixes: readonly string[], last: string | null): boolean {
  return fixedLines(fixes, last).some(({ first, end }) => order(first, version) <= 0 && order(version, end) < 0);
}

function order(a: string, b: string): number {
  const order = rpm.compare(a, b);
  assert(typeof order === 'number');
  return order;
}

const libxml2 = ['0:2.9.7-13.el8_6.4', '0:2.9.7-16.el8_8.1', '0:2.9.7-18.el8_10'];

test('a build of an older minor release is mended from its own mend on', () => {
  const mended = (version: string) => isMended(version, libxml2, '0:2.9.7-18.el8_10');
  assert(mended('0:2.9.7-13.el8_6.4'));
  assert(mended('0:2.9.7-13.el8_6.11'));
  assert(mended('0:2.9.7-16.el8_8.1'));
});

test('a build before the mend of its minor release is not mended, and neither is the first build of the next', () => {
  const mended = (version: string) => isMended(version, libxml2, '0:2.9.7-18.el8_10');
  assert(!mended('0:2.9.7-13.el8_6.3'));
  assert(!mended('0:2.9.7-13.el8'));
  assert(!mended('0:2.9.7-13.el8_7'));
  assert(!mended('0:2.9.7-15.el8'));
  assert(!mended('0:2.9.7-16.el8_8'));
});

test('kernels count before the dist tag: all later builds of the minor release are mended, the next one is not', () => {
  const fixes = ['0:5.14.0-284.52.1.el9_2', '0:5.14.0-362.18.1.el9_3', '0:5.14.0-427.13.1.el9_4'];
  const mended = (version: string) => isMended(version, fixes, '0:5.14.0-427.13.1.el9_4');
  assert(mended('0:5.14.0-362.24.1.el9_3'));
  assert(mended('0:5.14.0-284.117.1.el9_2'));
  assert(!mended('0:5.14.0-362.13.1.el9_3'));
  assert(!mended('0:5.14.0-362.el9'));
  assert(!mended('0:5.14.0-427.el9'));
  assert(!mended('0:5.14.0-363.el9'));
});

test('where two minor releases share the first number of a release, each line ends with its own', () => {
  const fixes = ['0:1.0-1.4.el8_6', '0:1.0-1.9.el8_8'];
  assert(isMended('0:1.0-1.4.el8_6.1', fixes, '0:1.0-1.9.el8_8'));
  assert(!isMended('0:1.0-1.5.el8_8', fixes, '0:1.0-1.9.el8_8'));
});

test('builds of modules have lines as well', () => {
  const fixes = ['0:18.20.8-1.module+el8.8.0+23000+1a2b3c4d', '0:18.20.8-1.module+el8.10.0+23100+4d3c2b1a'];
  const lines = fixedLines(fixes, fixes[1]!);
  assert.deepEqual(lines, [{ first: fixes[0], end: '0:18.20.8-1.module+el8.9' }]);
});

test('a release that names no minor release gives no line, and neither does the last of all', () => {
  assert.deepEqual(fixedLines(['1:3.0.7-27.el9', '1:3.0.7-28.el9_4'], '1:3.0.7-28.el9_4'), []);
  assert.deepEqual(fixedLines(['1.2', 'nonsense', ''], null), []);
});

test('where nothing is the last, every mend has its line; a line within another is not repeated', () => {
  const fixes = ['0:1-2.el7_9.3', '0:1-2.el7_9.1', '0:1-2.el7_9.1'];
  assert.deepEqual(fixedLines(fixes, null), [{ first: '0:1-2.el7_9.1', end: '0:1-2.el7_10' }]);
});

test('the highest version is by the order of rpm', () => {
  assert.equal(highestVersion(['0:9-1', '1:1-1', '0:10-1']), '1:1-1');
  assert.equal(highestVersion([]), null);
});
