import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpeRanges } from '#feeds/nvd/cpe-ranges.ts';

/** `a:hull:keel:1.0` with what is left out any value; more of the match behind it. */
const match = (cpe: string, more: object = {}) => ({
  vulnerable: true,
  criteria: `cpe:2.3:${cpe}${':*'.repeat(10 - (cpe.match(/(?<!\\):/g) ?? []).length)}`,
  ...more,
});
const platform = (cpe: string) => match(cpe, { vulnerable: false });
const node = (...cpeMatch: readonly object[]) => ({ operator: 'OR', negate: false, cpeMatch });
const either = (...cpeMatch: readonly object[]) => [{ nodes: [node(...cpeMatch)] }];
const both = (...nodes: readonly object[]) => [{ operator: 'AND', nodes }];

/** Ranges in one line each: `hull:keel >=1 <2`. */
function lines(configurations: unknown): readonly string[] {
  return cpeRanges(configurations).ranges.map((range) => {
    const ends = [
      range.introduced === null ? '' : `>=${range.introduced}`,
      range.introducedAfter === undefined ? '' : `>${range.introducedAfter}`,
      range.fixed === null ? '' : `<${range.fixed}`,
      range.lastAffected === null ? '' : `<=${range.lastAffected}`,
      ...(range.versions ?? []).map((version) => `=${version}`),
    ].filter(Boolean);
    const target = range.only?.targetSoftware === undefined ? '' : ` for ${range.only.targetSoftware.join()}`;
    return `${range.name} ${ends.join(' ') || 'all'}${target} ${range.state}`;
  });
}

test('ends of a match are the ends of a range, included or not; the end that is not is a fix', () => {
  const configurations = either(
    match('a:hull:keel', { versionStartIncluding: '1.0', versionEndExcluding: '1.2' }),
    match('a:hull:keel', { versionStartExcluding: '2.0', versionEndIncluding: '2.2' }),
    match('a:hull:keel', { versionStartIncluding: '3.0' }),
  );
  assert.deepEqual(lines(configurations), [
    'hull:keel >=1.0 <1.2 fixed',
    'hull:keel >2.0 <=2.2 unknown',
    'hull:keel >=3.0 unknown',
  ]);
});

test('a version without ends is all versions, one that is none says nothing of versions', () => {
  assert.deepEqual(lines(either(match('a:hull:keel:*'))), ['hull:keel all unknown']);
  assert.deepEqual(lines(either(match('a:hull:keel:-'))), []);
});

test('listed versions of a product are one list, with their updates, each once', () => {
  const configurations = either(
    match('a:openbsd:openssh:9.6:p1'),
    match('a:openbsd:openssh:9.6:p1'),
    match('a:openbsd:openssh:9.6:-'),
    match('a:oracle:jdk:1.8.0:update_292'),
  );
  assert.deepEqual(lines(configurations), ['openbsd:openssh =9.6p1 =9.6 unknown', 'oracle:jdk =8.0.292 unknown']);
});

test('ends of Java releases are written as packages are', () => {
  assert.deepEqual(lines(either(match('a:oracle:openjdk', { versionEndIncluding: '8u402' }))), [
    'oracle:openjdk <=8.0.402 unknown',
  ]);
});

test('a product for one target software does not meet others', () => {
  const configurations = either(
    match('a:debug_project:debug:*:*:*:*:*:node.js', { versionEndExcluding: '2.6.9' }),
    match('a:debug_project:debug:*:*:*:*:*:joomla\\!', { versionEndExcluding: '3' }),
    match('a:debug_project:debug:*:*:*:*:*:-', { versionEndExcluding: '4' }),
  );
  assert.deepEqual(lines(configurations), [
    'debug_project:debug <2.6.9 for node.js fixed',
    'debug_project:debug <3 for joomla! fixed',
    'debug_project:debug <4 fixed',
  ]);
});

test('operating systems, hardware, and products that are not vulnerable are left out', () => {
  const configurations = either(match('o:hull:hullos:1'), match('h:hull:rudder:1'), platform('a:hull:keel:1'));
  assert.deepEqual(cpeRanges(configurations), { ranges: [], problems: [] });
});

test('what is vulnerable on another system only is left out, on Linux of any version it is not', () => {
  const app = node(match('a:hull:keel:1'));
  assert.deepEqual(lines(both(app, node(platform('o:microsoft:windows:-')))), []);
  assert.deepEqual(lines(both(app, node(platform('o:debian:debian_linux:10.0')))), []);
  assert.deepEqual(lines(both(app, node(platform('a:drupal:drupal:-')))), []);
  assert.deepEqual(lines(both(app, node(platform('h:hull:rudder:-')))), []);
  assert.deepEqual(lines(both(app, node(platform('o:linux:linux_kernel:2.6.32')))), []);
  assert.deepEqual(
    lines(both(app, node(match('o:linux:linux_kernel', { versionEndExcluding: '3', vulnerable: false })))),
    [],
  );
  const anyLinux = node(platform('o:microsoft:windows:-'), platform('o:linux:linux_kernel:-'));
  assert.deepEqual(lines(both(app, anyLinux)), ['hull:keel =1 unknown']);
  assert.deepEqual(lines(both(anyLinux, app)), ['hull:keel =1 unknown']);
  assert.deepEqual(lines(both(app, anyLinux, node(platform('o:microsoft:windows:-')))), []);
});

test('what is vulnerable only together with another product is left out', () => {
  assert.deepEqual(lines(both(node(match('a:hull:keel:1')), node(match('a:hull:mast:1')))), []);
  const together = { operator: 'AND', negate: false, cpeMatch: [match('a:hull:keel:1'), match('a:hull:mast:1')] };
  assert.deepEqual(lines([{ nodes: [together] }]), []);
  const onLinux = { ...together, cpeMatch: [match('a:hull:keel:1'), platform('o:linux:linux_kernel:-')] };
  assert.deepEqual(lines([{ nodes: [onLinux] }]), ['hull:keel =1 unknown']);
});

test('a negated statement is left out, and is no platform', () => {
  const negated = { ...node(match('a:hull:keel:1')), negate: true };
  assert.deepEqual(lines([{ nodes: [negated] }]), []);
  assert.deepEqual(lines([{ negate: true, nodes: [node(match('a:hull:keel:1'))] }]), []);
  const notLinux = { ...node(platform('o:linux:linux_kernel:-')), negate: true };
  assert.deepEqual(lines(both(node(match('a:hull:keel:1')), notLinux)), []);
});

test('one configuration of several is enough', () => {
  const configurations = [
    ...either(match('a:hull:keel:1')),
    ...both(node(match('a:hull:mast:1')), node(platform('o:microsoft:windows:-'))),
  ];
  assert.deepEqual(lines(configurations), ['hull:keel =1 unknown']);
});

test('what cannot be read is told, the rest is kept', () => {
  const configurations = either(
    { vulnerable: true, criteria: 'cpe:/a' },
    match('a:hull:*:1'),
    match('a:hull:keel:2.*'),
    match('a:hull:keel:1'),
    { vulnerable: true },
    { vulnerable: 'yes', criteria: 'cpe:2.3:a:hull:sail:1' },
  );
  const { problems } = cpeRanges(configurations);
  assert.deepEqual(lines(configurations), ['hull:keel =1 unknown']);
  assert.deepEqual(problems, [
    "'cpe:/a' is no CPE",
    "'hull:*' names no product",
    "'2.*' is a pattern of versions",
    "'' is no CPE",
  ]);
  for (const nothing of [null, undefined, 'x', [], [1, null], [{ nodes: 7 }], [{ nodes: [{ cpeMatch: 'x' }] }]]) {
    assert.deepEqual(cpeRanges(nothing), { ranges: [], problems: [] });
  }
});

test('endless lists of products are cut and told', () => {
  const many = Array.from({ length: 20_001 }, (_, at) => match(`a:hull:keel:1.${at}`));
  const { ranges, problems } = cpeRanges(either(...many));
  assert.equal(ranges[0]?.versions?.length, 20_000);
  assert.deepEqual(problems, ['it names more than 20000 products and versions']);
});
