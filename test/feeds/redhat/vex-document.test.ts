import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vexDocument } from '#feeds/redhat/vex-document.ts';
import { isFault } from '#test/support/is-fault.ts';
import { vexOf } from './vex-builder.ts';

const build = {
  cpe: 'cpe:/o:redhat:enterprise_linux:9',
  name: 'bash',
  status: 'known_affected',
  remediation: ['none_available', 'Affected'],
} as const;

const bytesOf = (document: object) => Buffer.from(JSON.stringify(document));

test('a document that is too large to be parsed at once says the same', async () => {
  const document = vexOf('CVE-2030-1001', [build]);
  const large = { ...document, padding: 'x'.repeat(9 * 1024 ** 2) };
  const read = await vexDocument(bytesOf(document), 'small');
  assert(read !== null && typeof read === 'object' && read.statements.length === 1);
  assert.deepEqual(await vexDocument(bytesOf(large), 'large'), read);
});

test('a large document that is cut off, and a small one that is no JSON, are told', async () => {
  const large = bytesOf({ ...vexOf('CVE-2030-1001', [build]), padding: 'x'.repeat(9 * 1024 ** 2) });
  await assert.rejects(vexDocument(large.subarray(0, -10), 'large'), isFault('feed/failed', /large.*cut off/));
  const small = bytesOf(vexOf('CVE-2030-1001', [build]));
  await assert.rejects(vexDocument(small.subarray(0, -10), 'small'), isFault('feed/failed', /small: it is not JSON/));
});

test('a document that is withdrawn, or about other products, says nothing', async () => {
  const withdrawn = vexOf('CVE-2030-1001', [build]);
  withdrawn.document.tracking.status = 'deleted';
  assert.equal(await vexDocument(bytesOf(withdrawn), 'withdrawn'), null);
  const other = vexOf('CVE-2030-1001', [{ ...build, cpe: 'cpe:/a:redhat:openshift:4' }]);
  assert.equal(await vexDocument(bytesOf(other), 'other'), null);
});

test('of a document about nothing that it is called after, it is told', async () => {
  const document = vexOf('CVE-2030-1001', [build]);
  document.vulnerabilities[0]!.cve = 'CVE-2030-1002';
  assert.equal(await vexDocument(bytesOf(document), 'renamed'), 'it says nothing of CVE-2030-1001');
  const advisory = vexOf('RHSA-2030:1001', [build]);
  assert.equal(await vexDocument(bytesOf(advisory), 'advisory'), 'it is no document of a CVE');
});

test('members of any other shape are as if they were not there', async () => {
  const shapes = [
    null,
    7,
    'redhat:enterprise_linux',
    [],
    {},
    [null],
    [[]],
    { product: 7, branches: [{ product: [] }] },
  ];
  const whole = vexOf('CVE-2030-1001', [build]);
  for (const shape of shapes) {
    for (const document of [
      { ...whole, product_tree: shape },
      { ...whole, product_tree: { ...whole.product_tree, branches: shape } },
      { ...whole, product_tree: { ...whole.product_tree, relationships: shape } },
      { ...whole, vulnerabilities: [{ ...whole.vulnerabilities[0], product_status: shape }] },
      { ...whole, vulnerabilities: [{ ...whole.vulnerabilities[0], product_status: { fixed: shape } }] },
      {
        ...whole,
        vulnerabilities: [{ ...whole.vulnerabilities[0], remediations: shape, threats: shape, scores: shape }],
      },
    ]) {
      const read = await vexDocument(bytesOf(document), 'odd');
      assert(read === null || (typeof read === 'object' && read.statements.length <= 1));
    }
  }
});

test('branches that nest without end cost the document only', async () => {
  const deep = `${'{"branches":['.repeat(100_000)}${']}'.repeat(100_000)}`;
  const text = JSON.stringify(vexOf('CVE-2030-1001', [build])).replace(/"branches":\[/, `"branches":[${deep},`);
  await assert.rejects(vexDocument(Buffer.from(text), 'deep'));
});
