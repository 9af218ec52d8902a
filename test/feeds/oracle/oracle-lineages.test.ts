import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { Advisory } from '#feeds/advisory.ts';
import { startLineages } from '#feeds/oracle/oracle-lineages.ts';
import { bunzip2 } from '#registry/inflate/bunzip2.ts';
import { comparators } from '#versions/comparators.ts';
import { interval } from '#versions/interval.ts';

function erratum(id: string, name: string, fixed: string): Advisory {
  return {
    ...{ record: id, id, aliases: [], related: [], severity: 'High', severitySource: 'oracle' },
    ...{ title: null, urls: [], published: null },
    affected: [{ namespace: 'ol:8', name, introduced: null, fixed, lastAffected: null, state: 'fixed' }],
  };
}

function told(...errata: readonly Advisory[]) {
  const lineages = startLineages();
  return [...errata.flatMap((one) => [...lineages.take(one)]), ...lineages.rest()];
}

test('a regular build is not below the fix of a Ksplice or FIPS build, nor is that below a regular fix', () => {
  const [regular, ksplice, fips] = told(
    erratum('A', 'openssl', '2:1.1.1g-15.ksplice1.el8_3'),
    erratum('B', 'openssl', '10:1.1.1k-12.el8_9_fips'),
    erratum('C', 'openssl', '1:1.1.1g-15.el8_3'),
  ) as Advisory[];
  const installed = ['1:1.1.1c-2.el8', '1:1.1.1k-9.el8', '2:1.1.1c-2.ksplice1.el8', '10:1.1.1c-2.el8_fips'];
  const found = [regular, ksplice, fips].map((advisory) => {
    const placed = interval(comparators.rpm, advisory!.affected[0]!);
    assert(placed.kind === 'interval');
    const isIn = (version: string) => {
      const key = comparators.rpm.key(version) as Uint8Array;
      return Buffer.compare(key, placed.lo) >= 0 && Buffer.compare(key, placed.hi) < 0;
    };
    return `${advisory!.id} ${installed.filter(isIn).join(' ')}`;
  });
  assert.deepEqual(found, ['C 1:1.1.1c-2.el8', 'A 2:1.1.1c-2.ksplice1.el8', 'B 10:1.1.1c-2.el8_fips']);
});

test('a build that its epoch does not tell from regular ones is set aside, wherever the regular one stands', () => {
  const fips = erratum('A', 'openssl', '1:1.1.1k-12.el8_9_fips');
  const regular = erratum('B', 'openssl', '1:1.1.1g-15.el8_3');
  const reason = 'nothing tells openssl 1:1.1.1k-12.el8_9_fips from regular builds';
  for (const order of [
    [fips, regular],
    [regular, fips],
  ])
    assert.deepEqual(told(...order), [regular, { record: 'A', reason }]);
});

test('the compressed errata of the case are those that stand beside them', async () => {
  const folder = path.join(import.meta.dirname, 'cases/errata');
  const file = path.join(folder, 'mirror/linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2');
  const pieces: Uint8Array[] = [];
  for await (const piece of bunzip2(createReadStream(file))) pieces.push(piece);
  assert.equal(Buffer.concat(pieces).toString(), await readFile(path.join(folder, 'com.oracle.elsa-all.xml'), 'utf8'));
});
