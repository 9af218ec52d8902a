import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packages } from '#reports/formats/packages.ts';
import type { ScanReport } from '#schema/scan-report.ts';
import { sampleReport } from './sample-report.ts';

const [npm, apk] = sampleReport.packages as [ScanReport['packages'][number], ScanReport['packages'][number]];

function written(list: ScanReport['packages']): string {
  return [...packages.write({ ...sampleReport, packages: list }, { color: false, columns: null })].join('');
}

test('packages are rows under a header, sorted, with nothing for what is not known', () => {
  assert.equal(
    written([npm, apk]),
    'type\tname\tversion\tarch\tsource\tpath\n' +
      'apk\tmusl\t1.1.20-r3\tx86_64\tmusl\t/lib/apk/db/installed\n' +
      'npm\tlodash\t4.17.4\t\t\t/app/node_modules/lodash/package.json\n',
  );
});

test('an image without packages has a header', () => {
  assert.equal(written([]), 'type\tname\tversion\tarch\tsource\tpath\n');
});

test('rows are in the order of their bytes', () => {
  const names = ['b', 'B', 'a', '_', 'é', '\u{1f600}', '\uff21', 'a-b', 'a.b'];
  const rows = written(names.map((name) => ({ ...npm, name })))
    .split('\n')
    .slice(1, -1);
  const bytes = rows.map((row) => Buffer.from(row).toString('hex'));
  assert.deepEqual(bytes, bytes.toSorted());
  assert.equal(rows.length, names.length);
});

test('several paths are joined by commas; values cannot break rows, columns or a terminal', () => {
  const row = written([{ ...npm, name: 'a\tb\nc\x1b[2J\\\u202e\x9b', paths: ['/x,y', '/z'] }]).split('\n')[1];
  assert.equal(row, 'npm\ta\\tb\\nc\\x1b[2J\\\\\\u202e\\x9b\t4.17.4\t\t\t/x\\x2cy,/z');
});
