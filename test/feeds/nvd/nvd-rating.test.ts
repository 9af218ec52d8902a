import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nvdRating } from '#feeds/nvd/nvd-rating.ts';

const vectors = {
  high2: 'AV:N/AC:L/Au:N/C:C/I:C/A:C',
  low3: 'CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N',
  critical31: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  medium4: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N',
} as const;

const metric = (vectorString: string, type: string, source: string, baseScore?: unknown) => ({
  source,
  type,
  cvssData: { vectorString, baseScore },
});
const rated = (metrics: object) => nvdRating({ metrics });

test('what NVD itself says of CVSS 3 goes before what others say of a newer version', () => {
  const { severity, cvss } = rated({
    cvssMetricV40: [metric(vectors.medium4, 'Secondary', 'security@hull.example', 6.9)],
    cvssMetricV31: [metric(vectors.critical31, 'Primary', 'nvd@nist.gov', 9.8)],
  });
  assert.equal(severity, 'Critical');
  assert.deepEqual(
    cvss.map(({ version, source, score }) => [version, source, score]),
    [
      ['3.1', 'nvd', 9.8],
      ['4.0', 'hull.example', 6.9],
    ],
  );
});

test('of equal rank the newer version rates, and others rate where NVD does not', () => {
  const adp = '134c704f-9b21-4f2e-91b3-4a467353bcc0';
  const both = rated({
    cvssMetricV30: [metric(vectors.low3, 'Primary', 'nvd@nist.gov')],
    cvssMetricV31: [metric(vectors.critical31, 'Primary', 'nvd@nist.gov')],
  });
  assert.equal(both.severity, 'Critical');
  const others = rated({ cvssMetricV31: [metric(vectors.critical31, 'Secondary', adp)] });
  assert.equal(others.severity, 'Critical');
  assert.equal(others.cvss[0]?.source, 'cisa-adp');
});

test('CVSS 2 rates only where there is nothing newer, and ends with High', () => {
  const old = rated({ cvssMetricV2: [metric(vectors.high2, 'Primary', 'nvd@nist.gov', 10)] });
  assert.equal(old.severity, 'High');
  const newer = rated({
    cvssMetricV2: [metric(vectors.high2, 'Primary', 'nvd@nist.gov', 10)],
    cvssMetricV30: [metric(vectors.low3, 'Secondary', 'security@hull.example')],
  });
  assert.equal(newer.severity, 'Low');
});

test('a score that is no score is computed from its vector, a vector that is none is left out', () => {
  assert.equal(
    rated({ cvssMetricV31: [metric(vectors.critical31, 'Primary', 'nvd@nist.gov', 11)] }).cvss[0]?.score,
    9.8,
  );
  assert.equal(
    rated({ cvssMetricV31: [metric(vectors.critical31, 'Primary', 'nvd@nist.gov', '9')] }).cvss[0]?.score,
    9.8,
  );
  const broken = rated({ cvssMetricV31: [metric('CVSS:3.1/AV:N', 'Primary', 'nvd@nist.gov', 9), null, 7, {}] });
  assert.deepEqual([broken.severity, broken.cvss], ['Unknown', []]);
});

test('rejected and disputed vulnerabilities are said to be so', () => {
  const disputed = [{ sourceIdentifier: 'cve@mitre.org', tags: ['unsupported-when-assigned', 'disputed'] }];
  assert.equal(nvdRating({ vulnStatus: 'Rejected', cveTags: disputed }).status, 'rejected');
  assert.equal(nvdRating({ vulnStatus: 'Analyzed', cveTags: disputed }).status, 'disputed');
  assert.equal(nvdRating({ vulnStatus: 'Deferred', cveTags: [] }).status, 'valid');
});

test('the title is the first line of 300 characters of the English description', () => {
  const descriptions = [
    { lang: 'fr', value: 'Une fuite' },
    { lang: 'en', value: ` A leak\n\n of ${'water '.repeat(100)}` },
  ];
  const { title } = nvdRating({ descriptions });
  assert.equal(title?.length, 300);
  assert.match(title ?? '', /^A leak of water water /);
  assert.equal(nvdRating({ descriptions: [{ lang: 'fr', value: 'Une fuite' }] }).title, null);
});

test('times without a zone are UTC', () => {
  assert.equal(nvdRating({ published: '2031-01-02T03:04:05.678' }).published, '2031-01-02T03:04:05.678Z');
  assert.equal(nvdRating({ published: '2031-01-02T03:04:05Z' }).published, '2031-01-02T03:04:05Z');
  assert.equal(nvdRating({}).published, null);
});
