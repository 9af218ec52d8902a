import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageVulnerabilities, policyEvaluations, vulnerabilityTypes } from '#schema/api/images.ts';
import { errorAnswer } from '#schema/api/system.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { apiServer } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const path = `/v1/images/${alpineApp.digest}`;

async function ready() {
  const server = await apiServer();
  await server.analyzed(`${server.registry}/team/app:v1`);
  return { ...server, tag: `${server.registry}/team/app:v1` };
}

const unset = { package_cpe: 'None', package_cpe23: 'None', feed: 'vulnerabilities', nvd_data: [], vendor_data: [] };

const inMusl = (name: string) => ({
  ...{ vuln: 'CVE-2031-0001', severity: 'Unknown', url: 'https://security.alpinelinux.org/vuln/CVE-2031-0001' },
  ...{ fix: '1.2.5-r1', package: `${name}-1.2.5-r0`, package_name: name, package_version: '1.2.5-r0' },
  ...{ package_type: 'APKG', package_path: 'pkgdb', feed_group: 'alpine:3.20', will_not_fix: false },
  ...{ judgement: 'affected', ...unset },
});

const scored = {
  id: 'GHSA-aaaa-bbbb-cccc',
  cvss_v2: { base_score: -1, exploitability_score: -1, impact_score: -1 },
  cvss_v3: { base_score: 9.8, exploitability_score: 3.9, impact_score: 5.9 },
};

const inHull = (place: string) => ({
  ...{ vuln: 'GHSA-aaaa-bbbb-cccc', severity: 'Critical', url: 'https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc' },
  ...{ fix: '1.2.3', package: 'hull-1.2.2', package_name: 'hull', package_version: '1.2.2', package_type: 'npm' },
  ...{
    package_path: place,
    feed_group: 'github:npm',
    will_not_fix: false,
    judgement: 'affected',
    ...unset,
    vendor_data: [scored],
  },
});

const ofSystem = [inMusl('musl'), inMusl('musl-utils')];
const ofLanguages = [inHull('/srv/node_modules/hull/package.json'), inHull('/srv/one/node_modules/hull/package.json')];

test('vulnerabilities of the distribution, of languages, and all', async () => {
  const { ask } = await ready();
  assert.deepEqual(fits(vulnerabilityTypes, (await ask('GET', `${path}/vuln`)).json), ['os', 'non-os', 'all']);
  const wanted = { os: ofSystem, 'non-os': ofLanguages, all: [...ofSystem, ...ofLanguages] };
  for (const [type, vulnerabilities] of Object.entries(wanted)) {
    const answer = await ask('GET', `${path}/vuln/${type}?vendor_only=True`);
    const { url: _, ...first } = fits(imageVulnerabilities, answer.json).vulnerabilities[0]!;
    assert.equal(first.will_not_fix, false);
    assert.deepEqual(answer.json, { imageDigest: alpineApp.digest, vulnerability_type: type, vulnerabilities }, type);
  }
  const byId = await ask('GET', `/v1/images/by_id/${alpineApp.configDigest.slice(7)}/vuln/all?force_refresh=true`);
  assert.equal(fits(imageVulnerabilities, byId.json).vulnerabilities.length, 4);
  assert.equal((await ask('GET', `${path}/vuln/some`)).status, 404);
  assert.equal((await ask('GET', `${path}/vuln/all?vendor_only=maybe`)).status, 400);
});

test('an evaluation says pass or fail under the tag, in full or in short', async () => {
  const { ask, tag } = await ready();
  const answer = await ask('GET', `${path}/check?tag=${tag}`);
  const [{ [alpineApp.digest]: byTag } = {}] = fits(policyEvaluations, answer.json);
  const [evaluation] = byTag![tag]!;
  const { policyId, status, detail } = evaluation!;
  assert.deepEqual([policyId, status], ['plimsoll-default', 'fail']);
  const result = detail['result'] as Record<string, unknown>;
  assert.deepEqual(Object.keys(detail), ['policy', 'result']);
  const imageId = alpineApp.configDigest.slice(7);
  assert.deepEqual(
    [result['image_id'], result['tag'], result['final_action'], result['final_action_reason']],
    [imageId, tag, 'stop', 'policy_evaluation'],
  );
  const tables = result['result'] as Record<string, { result: { rows: unknown[][]; row_count: number } }>;
  const { rows, row_count } = tables[imageId]!.result;
  assert.equal(rows.length, row_count);
  assert.deepEqual(rows.find((row) => String(row[2]).startsWith('GHSA'))?.slice(0, 5), [
    ...[imageId, tag, 'GHSA-aaaa-bbbb-cccc+hull', 'vulnerabilities', 'package'],
  ]);
  const short = await ask('GET', `${path}/check?tag=${tag}&detail=False&history=false&policyId=plimsoll-default`);
  const [{ [alpineApp.digest]: shortByTag } = {}] = fits(policyEvaluations, short.json);
  assert.deepEqual(Object.keys(shortByTag!), [tag]);
  assert.deepEqual([shortByTag![tag]![0]!.status, shortByTag![tag]![0]!.detail], ['fail', {}]);
});

test('the history of a verdict holds each change once; an interactive evaluation leaves none', async () => {
  const { ask } = await ready();
  const history = async (more: string) => {
    const answer = await ask('GET', `${path}/check?tag=history.test/a:b&history=true&detail=false${more}`);
    return fits(policyEvaluations, answer.json)[0]![alpineApp.digest]!['history.test/a:b']!.length;
  };
  assert.equal(await history('&interactive=true'), 1, 'the one of now');
  assert.equal(await history(''), 1, 'stored by this call');
  assert.equal(await history(''), 1, 'the same verdict again is no change');
  assert.equal(await history('&interactive=true'), 2, 'the one of now and the stored one');
  const full = await ask('GET', `${path}/check?tag=history.test/a:b&history=true`);
  const [evaluation] = fits(policyEvaluations, full.json)[0]![alpineApp.digest]!['history.test/a:b']!;
  assert.equal((evaluation!.detail['result'] as Record<string, unknown>)['status'], 'fail');
});

test('a tag is written in full whatever form it was given in', async () => {
  const { ask } = await ready();
  const answer = await ask('GET', `${path}/check?tag=alpine&detail=false&interactive=true`);
  assert.deepEqual(Object.keys(fits(policyEvaluations, answer.json)[0]![alpineApp.digest]!), [
    'docker.io/library/alpine:latest',
  ]);
});

test('what cannot be evaluated is told why', async () => {
  const { ask, tag } = await ready();
  const cases: readonly [string, number, RegExp][] = [
    [`${path}/check?tag=${tag}&policyId=none`, 404, /policy none not found/],
    [`${path}/check?tag=a%20b`, 400, /not an image reference/],
    [`${path}/check?tag=a@${alpineApp.digest}`, 400, /give the tag/],
    [`/v1/images/sha256:${'0'.repeat(64)}/check?tag=${tag}`, 404, /not found/],
  ];
  for (const [question, status, words] of cases) {
    const answer = await ask('GET', question);
    assert.equal(answer.status, status, question);
    assert.match(fits(errorAnswer, answer.json).message, words);
  }
  assert.equal((await ask('GET', `${path}/check`)).status, 400);
});
