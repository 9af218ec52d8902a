import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts, JudgedFinding } from '#policy/gate.ts';
import { day, facts, image, messages, now, npmFinding, osFinding, reasons } from '../sample-facts.ts';

function withFindings(...findings: readonly JudgedFinding[]): Facts {
  return { ...facts, findings };
}

test('a vulnerable package of the distribution is reported in the words and under the id of the original', () => {
  assert.deepEqual(reasons('vulnerabilities', 'package', { package_type: 'all' }, withFindings(osFinding)), [
    {
      id: 'CVE-2019-14697+musl',
      otherIds: ['ALPINE-1+musl'],
      message:
        'HIGH Vulnerability found in os package type (APKG) - musl (fixed in: 1.1.20-r5)(CVE-2019-14697 - https://example.com/CVE-2019-14697)',
    },
  ]);
});

test('a vulnerable package of a language is reported once for each place', () => {
  const found = reasons('vulnerabilities', 'package', { package_type: 'non-os' }, withFindings(osFinding, npmFinding));
  assert.deepEqual(
    found.map(({ id }) => id),
    ['GHSA-4xc9-xhrj-v574+lodash', 'GHSA-4xc9-xhrj-v574+lodash'],
  );
  assert.match(
    found[0]!.message,
    /^HIGH Vulnerability found in non-os package type \(npm\) - \/app\/node_modules\/lodash/,
  );
  assert.deepEqual(found[0]!.otherIds, ['CVE-2018-16487+lodash']);
});

test('java archives and gems are called by their file, as in the original', () => {
  const called = (type: 'java' | 'gem', path: string) =>
    reasons(
      'vulnerabilities',
      'package',
      { package_type: 'all' },
      withFindings({ ...npmFinding, package: { ...npmFinding.package, type }, paths: [path] }),
    )[0]!.id;
  assert.equal(called('java', '/srv/app.war:WEB-INF/lib/core-1.0.jar'), 'GHSA-4xc9-xhrj-v574+core-1.0.jar');
  assert.equal(called('java', '/srv/core-1.0.jar'), 'GHSA-4xc9-xhrj-v574+core-1.0.jar');
  assert.equal(called('gem', '/gems/specifications/rack-2.0.gemspec'), 'GHSA-4xc9-xhrj-v574+rack-2.0.gemspec');
});

test('packages of other languages are called by name and version', () => {
  const python: JudgedFinding = {
    ...npmFinding,
    package: { type: 'python', name: 'jinja2', version: '2.10', purl: 'pkg:pypi/jinja2@2.10' },
    fixedIn: [],
    urls: [],
    paths: [],
  };
  assert.deepEqual(reasons('vulnerabilities', 'package', { package_type: 'all' }, withFindings(python)), [
    {
      id: 'GHSA-4xc9-xhrj-v574+jinja2-2.10',
      otherIds: ['CVE-2018-16487+jinja2-2.10'],
      message: 'HIGH Vulnerability found in non-os package type (python) - NA (GHSA-4xc9-xhrj-v574 - None)',
    },
  ]);
});

const unrated: JudgedFinding = { ...osFinding, severity: 'Unknown', severitySource: null };
const scored: JudgedFinding = {
  ...osFinding,
  cvss: [{ version: '3.1', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', score: 9.8, source: 'nvd' }],
};
const wontFix: JudgedFinding = { ...osFinding, state: 'wont-fix', fixedIn: [] };

const filters: readonly (readonly [string, JudgedFinding, Readonly<Record<string, string>>, number])[] = [
  ['os leaves out languages', npmFinding, { package_type: 'os' }, 0],
  ['non-os leaves out the distribution', osFinding, { package_type: 'non-os' }, 0],
  ['no severity asked for leaves out unrated ones', unrated, {}, 0],
  ['unrated ones can be asked for', unrated, { severity: 'unknown', severity_comparison: '=' }, 1],
  ['a severity alone is strictly above', osFinding, { severity: 'high' }, 0],
  ['a severity alone is strictly above', osFinding, { severity: 'medium' }, 1],
  ['>= includes', osFinding, { severity: 'high', severity_comparison: '>=' }, 1],
  ['!= excludes', osFinding, { severity: 'high', severity_comparison: '!=' }, 0],
  ['vendor_only is on by default', wontFix, {}, 0],
  ['vendor_only=false works', wontFix, { vendor_only: 'false' }, 1],
  ['fix_available=true wants a fix', wontFix, { fix_available: 'true', vendor_only: 'false' }, 0],
  ['fix_available=false wants none', wontFix, { fix_available: 'False', vendor_only: 'false' }, 1],
  ['fix_available=false leaves out fixed ones', osFinding, { fix_available: 'false' }, 0],
  ['younger than max_days_since_creation', osFinding, { max_days_since_creation: '11' }, 0],
  ['exactly as old as max_days_since_creation', osFinding, { max_days_since_creation: '10' }, 1],
  ['a fix younger than max_days_since_fix', osFinding, { fix_available: 'true', max_days_since_fix: '6' }, 0],
  ['a fix as old as max_days_since_fix', osFinding, { fix_available: 'true', max_days_since_fix: '5' }, 1],
  ['max_days_since_fix needs fix_available', osFinding, { max_days_since_fix: '6' }, 1],
  ['a fix of unknown age', { ...osFinding, fixSeen: null }, { fix_available: 'true', max_days_since_fix: '6' }, 1],
  ['a missing score is -1: not at least 5', osFinding, { cvss_v3_base_score: '5.0' }, 0],
  ['a missing score is -1: below 5', osFinding, { cvss_v3_base_score: '5.0', cvss_v3_base_score_comparison: '<' }, 1],
  ['vendor scores too', osFinding, { vendor_cvss_v3_impact_score: '.5' }, 0],
  ['a score of the NVD', scored, { cvss_v3_base_score: '9.8' }, 1],
  ['its parts', scored, { cvss_v3_exploitability_score: '3.9', cvss_v3_impact_score: '5.9' }, 1],
  ['a score of the NVD is none of the vendor', scored, { vendor_cvss_v3_base_score: '1' }, 0],
  ['a comparison without its score is ignored', osFinding, { cvss_v3_base_score_comparison: '<' }, 1],
  ['path exclusion is from the start', npmFinding, { package_path_exclude: '/app/' }, 1],
  ['path exclusion is not a search', npmFinding, { package_path_exclude: 'node_modules' }, 2],
  ['path exclusion with flags', npmFinding, { package_path_exclude: '(?i).*/NODE_MODULES/' }, 0],
  ['path exclusion is for languages only', osFinding, { package_path_exclude: '.*' }, 1],
];

const exploited: JudgedFinding = {
  ...osFinding,
  epss: { score: 0.5, percentile: 0.97, date: '2026-11-20' },
  kev: { added: '2026-01-02', due: null, ransomware: false },
  cvss: [{ version: '4.0', vector: '', score: 8.1, source: 'github' }],
  risk: 81,
  disputed: true,
  channel: 'esm-infra',
};

const ownFilters: readonly (readonly [string, JudgedFinding, Readonly<Record<string, string>>, number])[] = [
  ['a probability at least', exploited, { epss_score: '0.5' }, 1],
  ['a probability below', exploited, { epss_score: '0.51' }, 0],
  ['an unknown probability is none', osFinding, { epss_score: '0.001' }, 0],
  ['a percentile', exploited, { epss_percentile: '.98' }, 0],
  ['a risk', exploited, { risk: '81' }, 1],
  ['a risk below', osFinding, { risk: '81' }, 0],
  ['CVSS 4', exploited, { cvss_v4_base_score: '8' }, 1],
  ['another CVSS is no CVSS 4', scored, { cvss_v4_base_score: '8' }, 0],
  ['known to be exploited', exploited, { known_exploited: 'true' }, 1],
  ['not known to be exploited', exploited, { known_exploited: 'false' }, 0],
  ['without disputed ones', exploited, { disputed: 'false' }, 0],
  ['with a paid fix only', exploited, { paid_fix: 'true' }, 1],
  ['undecidable ones only', osFinding, { undecidable: 'true' }, 0],
  ['sure ones only', osFinding, { undecidable: 'false' }, 1],
  ['all that were asked for', exploited, { known_exploited: 'true', risk: '90' }, 0],
];

for (const [name, finding, parameters, count] of [...filters, ...ownFilters]) {
  test(`package: ${name} (${JSON.stringify(parameters)})`, () => {
    const found = reasons('vulnerabilities', 'package', { package_type: 'all', ...parameters }, withFindings(finding));
    assert.equal(found.length, count);
  });
}

test('scores and days are told only where the rule asks for them', () => {
  const parameters = {
    package_type: 'all',
    fix_available: 'true',
    max_days_since_creation: '1',
    max_days_since_fix: '1',
    cvss_v3_base_score: '9',
    cvss_v3_base_score_comparison: '!=',
    vendor_cvss_v3_base_score: '9',
    vendor_cvss_v3_base_score_comparison: '<',
  };
  assert.deepEqual(messages('vulnerabilities', 'package', parameters, withFindings(osFinding)), [
    'HIGH Vulnerability found in os package type (APKG) - musl (fixed in: 1.1.20-r5)(cvss_v3_base_score=-1.0)(max_days_since_creation=2026-11-11 max_days_since_fix=2026-11-16)(vendor_cvss_v3_base_score=-1.0)(CVE-2019-14697 - https://example.com/CVE-2019-14697)',
  ]);
});

test('what a rule asked for beyond the original is told with the match, before the id', () => {
  const parameters = {
    package_type: 'all',
    epss_score: '0.1',
    known_exploited: 'true',
    risk: '1',
    undecidable: 'false',
  };
  assert.match(
    messages('vulnerabilities', 'package', parameters, withFindings(exploited))[0]!,
    /\(fixed in: 1\.1\.20-r5\)\(epss_score=0\.5000 risk=81\.0 known_exploited=2026-01-02\)\(CVE-2019-14697 - /,
  );
});

test('findings of the base and own ones are told apart by their layer', () => {
  const layers = ['sha256:base', 'sha256:own'].map((diffId) => ({
    ...{ digest: null, mediaType: '', size: 1, cached: false },
    diffId,
  }));
  const of: Facts = {
    ...withFindings({ ...osFinding, layer: 'sha256:base' }, { ...osFinding, id: 'CVE-2', layer: 'sha256:own' }),
    image: { ...image, layers },
    base: { reference: null, digest: 'sha256:1', layers: 1, by: 'layers' },
  };
  const asked = (inherited: string, facts: Facts) =>
    reasons('vulnerabilities', 'package', { package_type: 'all', inherited_from_base: inherited }, facts).map(
      ({ id }) => id,
    );
  assert.deepEqual(asked('true', of), ['CVE-2019-14697+musl']);
  assert.deepEqual(asked('false', of), ['CVE-2+musl']);
  assert.equal(asked('false', { ...of, base: null }).length, 2);
});

test('an undecidable finding fires like any other and says that it is one', () => {
  const undecidable: JudgedFinding = { ...osFinding, judgement: 'undecidable', reason: "'x' is no version" };
  const [found] = reasons('vulnerabilities', 'package', { package_type: 'all' }, withFindings(undecidable));
  assert.equal(found?.id, 'CVE-2019-14697+musl');
  assert.match(found.message, / \(versions cannot be compared: 'x' is no version\)$/);
});

test('old vulnerability data is told by the oldest feed of the distribution', () => {
  const [feed] = facts.distroFeeds;
  const asked = (...feeds: Facts['distroFeeds']) =>
    messages('vulnerabilities', 'stale_feed_data', { max_days_since_sync: '2' }, { ...facts, distroFeeds: feeds });
  const stale = ['The vulnerability feed for this image distro is older than MAXAGE (2) days'];
  assert.deepEqual(asked(feed!), []);
  assert.deepEqual(asked({ ...feed!, syncedAt: now - 2 * day }), []);
  assert.deepEqual(asked({ ...feed!, syncedAt: now - 2 * day - 1 }), stale);
  assert.deepEqual(asked(feed!, { ...feed!, syncedAt: null }), stale);
  assert.deepEqual(asked(), stale);
});

test('missing vulnerability data is told with the distribution, also of an image without one', () => {
  const asked = (change: Partial<Facts>) =>
    messages('vulnerabilities', 'vulnerability_data_unavailable', {}, { ...facts, ...change });
  assert.deepEqual(asked({}), []);
  assert.deepEqual(asked({ distroFeeds: [] }), [
    'Distro-specific feed data not found for distro namespace: alpine:3.9.0. Cannot perform CVE scan OS/distro packages',
  ]);
  assert.deepEqual(asked({ distroFeeds: [], image: { ...image, distro: null } }), [
    'Distro-specific feed data not found for distro namespace: Unknown:0. Cannot perform CVE scan OS/distro packages',
  ]);
  assert.equal(asked({ distroFeeds: [{ ...facts.distroFeeds[0]!, syncedAt: null }] }).length, 1);
});

test('a blacklisted vulnerability is found under any of its ids and told in the order of the rule', () => {
  const asked = (ids: string, more: Readonly<Record<string, string>> = {}) =>
    messages('vulnerabilities', 'blacklist', { vulnerability_ids: ids, ...more }, withFindings(wontFix, npmFinding));
  assert.deepEqual(asked('CVE-2018-16487, CVE-2019-14697 ,GHSA-4xc9-xhrj-v574'), [
    "Blacklisted vulnerabilities detected: ['CVE-2018-16487', 'GHSA-4xc9-xhrj-v574']",
  ]);
  assert.deepEqual(asked('CVE-2019-14697', { vendor_only: 'false' }), [
    "Blacklisted vulnerabilities detected: ['CVE-2019-14697']",
  ]);
  assert.deepEqual(asked('cve-2018-16487'), []);
});
