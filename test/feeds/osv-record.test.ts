import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Advisory, SetAside } from '#feeds/advisory.ts';
import { decidedRanges } from '#feeds/osv/osv-authority.ts';
import { osvEcosystems } from '#feeds/osv/osv-ecosystems.ts';
import { osvAdvisory } from '#feeds/osv/osv-record.ts';

const now = Date.UTC(2031, 0, 1);
const npm = osvEcosystems['osv:npm']!;

function read(record: unknown, ecosystem = npm): readonly (Advisory | SetAside)[] {
  return osvAdvisory(record, 'file.json', ecosystem, now);
}

const entry = (name: unknown, more = {}) => ({
  package: { ecosystem: 'npm', name },
  ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.0.0' }] }],
  ...more,
});

test('a document that is no record is set aside, whatever it is', () => {
  for (const document of [null, 1, 'text', [], {}, { id: 7 }, { id: '' }, { id: 'x'.repeat(201) }, { id: 'a\0b' }]) {
    assert.deepEqual(
      read(document),
      [{ record: 'file.json', reason: 'the record has no id' }],
      JSON.stringify(document),
    );
  }
});

test('a part of a record that is of another form than it should be harms nothing else', () => {
  const broken = [null, 7, 'text', [], {}, [null], [[]], [{}], { 0: 1 }];
  for (const part of broken) {
    const more = Object.fromEntries(
      [
        'aliases',
        'related',
        'upstream',
        'severity',
        'references',
        'database_specific',
        'summary',
        'details',
        'published',
      ].map((name) => [name, part]),
    );
    const [advisory, ...rest] = read({ ...more, id: 'GHSA-1', affected: [part, entry('hull')] });
    assert.ok(advisory !== undefined && 'affected' in advisory && advisory.affected.length === 1, JSON.stringify(part));
    assert.deepEqual(rest, []);
    for (const name of ['ranges', 'versions', 'severity', 'database_specific']) {
      const [kept] = read({ id: 'GHSA-1', affected: [entry('odd', { [name]: part }), entry('hull')] });
      assert.ok(kept !== undefined && 'affected' in kept, `${name} ${JSON.stringify(part)}`);
      assert.ok(kept.affected.some((range) => range.name === 'hull'));
    }
  }
});

test('what a record has too much of is left out and told', () => {
  const many = Array.from({ length: 20_001 }, (_, at) => entry(`hull-${at}`));
  const [advisory, aside] = read({ id: 'GHSA-1', affected: many });
  assert.ok(advisory !== undefined && 'affected' in advisory && advisory.affected.length === 20_000);
  assert.deepEqual(aside, { record: 'GHSA-1', reason: 'more than 20000 affected packages: the rest is left out' });

  const events = Array.from({ length: 2001 }, () => ({ introduced: '0' }));
  const ranges = [{ type: 'SEMVER', events }];
  assert.deepEqual(read({ id: 'GHSA-1', affected: [entry('hull', { ranges })] }), [
    { record: 'GHSA-1', reason: 'hull: a range has more than 2000 events' },
  ]);
  assert.deepEqual(read({ id: 'GHSA-1', affected: [entry('x'.repeat(513))] }), [
    { record: 'GHSA-1', reason: 'a package without a name that can be read' },
  ]);

  const aliases = Array.from({ length: 300 }, (_, at) => `CVE-2031-${1000 + at}`);
  const [long] = read({ id: 'GHSA-1', aliases, affected: [entry('hull')] });
  assert.ok(long !== undefined && 'affected' in long);
  assert.deepEqual([long.aliases.length, long.related.length], [50, 200]);
});

test('a vulnerability that its vendor denies is marked, one that only mentions it is not', () => {
  const disputed = (more: object) => {
    const [advisory] = read({ id: 'GHSA-1', affected: [entry('hull')], ...more });
    return advisory !== undefined && 'affected' in advisory ? (advisory.disputed ?? false) : null;
  };
  assert.equal(disputed({ details: '** DISPUTED ** A hole.' }), true);
  assert.equal(disputed({ summary: 'DISPUTED: a hole' }), true);
  assert.equal(disputed({ details: 'A hole that some say is DISPUTED' }), false);
  assert.equal(disputed({ details: 'DISPUTEDLY' }), false);
});

test('vectors are kept with who gave them, the newest version first, each once', () => {
  const v2 = 'AV:N/AC:L/Au:N/C:C/I:C/A:C';
  const v3 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L';
  const severity = [
    { type: 'CVSS_V2', score: v2, source: 'NVD' },
    { type: 'CVSS_V3', score: v3 },
    { type: 'Ubuntu', score: 'high' },
    { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' },
  ];
  const [advisory] = read({ id: 'GHSA-1', severity, affected: [entry('hull', { severity: severity.slice(1) })] });
  assert.ok(advisory !== undefined && 'affected' in advisory);
  assert.deepEqual(advisory.cvss, [
    { version: '3.1', vector: v3, score: 5.3, source: 'github' },
    { version: '2.0', vector: v2, score: 10, source: 'nvd' },
  ]);
  assert.deepEqual([advisory.severity, advisory.severitySource], ['Medium', 'osv:CVSS_V3']);
});

test('ranges that others decide are looked up once for each alias, however many packages a record has', async () => {
  const aliases = ['GHSA-1', 'GHSA-2', 'CVE-2031-1'];
  const affected = Array.from({ length: 5000 }, (_, at) => ({
    ...{ namespace: 'pypi', name: `hull-${at}`, introduced: null, fixed: '9', lastAffected: null },
    state: 'fixed' as const,
  }));
  const [base] = read({ id: 'PYSEC-1', affected: [entry('hull')] });
  assert.ok(base !== undefined && 'affected' in base);
  const asked: string[] = [];
  const decided = await decidedRanges({ ...base, aliases, affected }, osvEcosystems['osv:PyPI']!, async (id) => {
    asked.push(id);
    return id === 'GHSA-2' ? { ...base, id, affected: [{ ...affected[7]!, fixed: '1' }] } : null;
  });
  assert.deepEqual(asked, ['GHSA-1', 'GHSA-2']);
  assert.deepEqual(
    decided.affected.filter(({ fixed }) => fixed !== '9').map(({ name, fixed }) => `${name} ${fixed}`),
    ['hull-7 1'],
  );
  assert.equal(decided.affected.length, 5000);
});
