import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as z from 'zod';
import { describedVulnerabilities, imagesByPackage, imagesByVulnerability, imageTags } from '#schema/api/queries.ts';
import { problemAnswer } from '#schema/api/system.ts';
import { alpineApp, alpineAppNext } from '#test/support/api-images.ts';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { type Answer, apiServer } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const iso = /^\d{4}(-\d\d){2}T(\d\d:){2}\d\dZ$/;

async function twoImages() {
  const server = await apiServer();
  await server.analyzed(`${server.registry}/team/app:v1`);
  await server.analyzed(`${server.registry}/team/app:v2`);
  return server;
}

test('images are found by a package that they hold, each with its tags and what it holds of it', async () => {
  const { ask, registry } = await twoImages();
  const answer = await ask('GET', '/v1/query/images/by_package?name=hull');
  const { images, ...rest } = fits(imagesByPackage, answer.json);
  assert.deepEqual(rest, { page: '1', returned_count: 1 });
  const [{ image, packages }] = images as [(typeof images)[0]];
  assert.deepEqual(packages, [{ name: 'hull', version: '1.2.2', type: 'npm' }]);
  assert.deepEqual([image.imageDigest, image.imageId], [alpineApp.digest, alpineApp.configDigest.slice(7)]);
  assert.match(image.analyzed_at ?? '', iso);
  const tag = image.tag_history.find(({ fulltag }) => fulltag === `${registry}/team/app:v1`);
  assert.deepEqual([tag?.registry, tag?.repo, tag?.tag], [registry, 'team/app', 'v1']);
  assert.match(tag?.tag_detected_at ?? '', iso);
  const count = async (query: string) =>
    fits(imagesByPackage, (await ask('GET', `/query/images/by_package?name=${query}`)).json).returned_count;
  assert.equal(await count('hull&version=1.2.2&package_type=NPM'), 1);
  for (const query of ['hull&version=1.2.3', 'hull&package_type=python', 'nothing', '%25'])
    assert.equal(await count(query), 0, query);
});

test('images are found by a vulnerability under any of its ids, as their packages have it', async () => {
  const { ask } = await twoImages();
  for (const id of ['GHSA-aaaa-bbbb-cccc', 'CVE-2031-1000']) {
    const answer = await ask('GET', `/v1/query/images/by_vulnerability?vulnerability_id=${id}&vendor_only=True`);
    const { images, ...rest } = fits(imagesByVulnerability, answer.json);
    assert.deepEqual(rest, { page: '1', returned_count: 1 });
    assert.equal(images[0]!.image.imageDigest, alpineApp.digest);
    assert.deepEqual(images[0]!.vulnerable_packages, [
      { name: 'hull', version: '1.2.2', type: 'npm', severity: 'Critical', namespace: 'github:npm' },
    ]);
  }
  const count = async (query: string) =>
    fits(imagesByVulnerability, (await ask('GET', `/query/images/by_vulnerability?vulnerability_id=${query}`)).json)
      .returned_count;
  const musl = 'CVE-2031-0001';
  assert.ok((await count(musl)) >= 2);
  for (const [query, wanted] of [
    ['&severity=Unknown', true],
    ['&severity=High', false],
    ['&namespace=alpine:3.20', true],
    ['&namespace=alpine:3.19', false],
    ['&affected_package=musl-utils', true],
    ['&affected_package=hull', false],
    ['&vendor_only=false', true],
  ] as const)
    assert.equal((await count(musl + query)) > 0, wanted, query);
  assert.equal(await count('CVE-2031-0002'), 0, 'mended before this version');
  assert.equal(await count('CVE-9999-1'), 0);
});

test('pages go on behind the last image, and the last one names no next', async () => {
  const { ask } = await twoImages();
  const seen: string[] = [];
  let pages = 0;
  for (let page: string | undefined = '1'; page !== undefined; pages++) {
    const answer: Answer = await ask('GET', `/query/images/by_package?name=musl&limit=1&page=${page}`);
    const { images, next_page, ...rest }: z.infer<typeof imagesByPackage> = fits(imagesByPackage, answer.json);
    assert.deepEqual(rest, { page, returned_count: 1 });
    seen.push(images[0]!.image.imageDigest);
    page = next_page;
  }
  const { images, returned_count } = fits(
    imagesByPackage,
    (await ask('GET', '/query/images/by_package?name=musl')).json,
  );
  assert.deepEqual(
    images.map(({ image }) => image.imageDigest),
    seen,
  );
  assert.equal(pages, returned_count);
  assert.ok(seen.includes(alpineApp.digest) && seen.includes(alpineAppNext.digest));
  assert.deepEqual(
    images[0]!.packages.map(({ name }) => name),
    ['musl'],
    'its other packages are not told',
  );
});

test('vulnerabilities are told by id, namespace and package, with who describes them', async () => {
  const { ask } = await twoImages();
  const answer = await ask('GET', '/v1/query/vulnerabilities?id=CVE-2031-1000,CVE-2031-0001');
  const { vulnerabilities, ...rest } = fits(describedVulnerabilities, answer.json);
  assert.deepEqual(rest, { page: '1', returned_count: 2 });
  const npm = vulnerabilities.find(({ namespace }) => namespace === 'github:npm');
  const osv = 'https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc';
  const { nvd_data, vendor_data, ...told } = npm!;
  assert.deepEqual(told, {
    ...{ id: 'GHSA-aaaa-bbbb-cccc', namespace: 'github:npm', severity: 'Critical', link: osv },
    description: 'Water in the hull',
    references: [
      { source: 'osv.dev', tags: [], url: osv },
      { source: 'example.test', tags: [], url: 'https://example.test/hull' },
    ],
    affected_packages: [{ name: 'hull', type: 'npm', version: '1.2.3', will_not_fix: false }],
  });
  assert.deepEqual(nvd_data, []);
  assert.equal(vendor_data[0]!.cvss_v3.base_score, 9.8);
  const alpine = vulnerabilities.find(({ namespace }) => namespace === 'alpine:3.20');
  assert.deepEqual(alpine!.affected_packages, [
    { name: 'musl', type: 'APKG', version: '1.2.5-r1', will_not_fix: false },
  ]);
  const ids = async (query: string) =>
    fits(describedVulnerabilities, (await ask('GET', `/query/vulnerabilities?${query}`)).json).vulnerabilities.map(
      ({ id }) => id,
    );
  const both = 'id=CVE-2031-0001,CVE-2031-0002';
  assert.deepEqual((await ids(both)).sort(), ['CVE-2031-0001', 'CVE-2031-0002']);
  assert.deepEqual(await ids(`${both}&affected_package=musl&affected_package_version=1.2.4-r3`), ['CVE-2031-0001']);
  assert.deepEqual(await ids(`${both}&affected_package=musl&affected_package_version=1.2.5-r1`), []);
  assert.equal((await ids(`${both}&affected_package=musl&affected_package_version=no+version`)).length, 2);
  assert.deepEqual(await ids(`${both}&affected_package=hull`), []);
  assert.deepEqual(await ids(`${both}&namespace=github:npm,debian:12`), []);
  assert.equal((await ids(`${both}&namespace=debian:12,alpine:3.20`)).length, 2);
  assert.deepEqual(await ids('id=CVE-9999-1'), []);
});

test('pages of vulnerabilities go on behind the last one', async () => {
  const { ask } = await twoImages();
  const seen: string[] = [];
  for (let page: string | undefined = '1'; page !== undefined; ) {
    const query: string = `id=CVE-2031-0001,CVE-2031-0002,CVE-2031-1000&limit=2&page=${encodeURIComponent(page)}`;
    const { json }: Answer = await ask('GET', `/query/vulnerabilities?${query}`);
    const answer: z.infer<typeof describedVulnerabilities> = fits(describedVulnerabilities, json);
    seen.push(...answer.vulnerabilities.map(({ id }) => id));
    page = answer.next_page;
  }
  assert.deepEqual(seen.sort(), ['CVE-2031-0001', 'CVE-2031-0002', 'GHSA-aaaa-bbbb-cccc']);
});

test('summaries tell every image under each of its tags, in seconds since the epoch', async () => {
  const { ask, registry } = await twoImages();
  const summaries = fits(imageTags, (await ask('GET', '/v1/summaries/imagetags')).json);
  const one = summaries.find(({ fulltag }) => fulltag === `${registry}/team/app:v1`);
  const { created_at, analyzed_at, tag_detected_at, ...rest } = one!;
  assert.deepEqual(rest, {
    ...{ imageDigest: alpineApp.digest, parentDigest: alpineApp.digest, imageId: alpineApp.configDigest.slice(7) },
    ...{ fulltag: `${registry}/team/app:v1`, analysis_status: 'analyzed', image_status: 'active' },
  });
  for (const time of [created_at, analyzed_at, tag_detected_at]) assert.match(String(time), /^\d{10}$/);
  const all = async (status: string) =>
    (await ask<unknown[]>('GET', `/summaries/imagetags?image_status=${status}`)).json;
  assert.deepEqual(await all('active,deleting'), summaries);
  assert.deepEqual(await all('deleting'), []);
  assert.equal((await all('all')).length, summaries.length);
});

test('other accounts have no images to be found, and all see the same vulnerabilities', async () => {
  const server = await twoImages();
  const { ask } = server;
  const sender = await makeUser(server, await makeAccount(server));
  for (const path of [
    '/query/images/by_package?name=musl',
    '/query/images/by_vulnerability?vulnerability_id=CVE-2031-0001',
  ])
    assert.deepEqual((await ask('GET', path, { sender })).json, { images: [], page: '1', returned_count: 0 });
  assert.deepEqual((await ask('GET', '/summaries/imagetags', { sender })).json, []);
  const path = '/query/vulnerabilities?id=CVE-2031-0001';
  assert.deepEqual((await ask('GET', path, { sender })).json, (await ask('GET', path)).json);
});

test('queries that are none are refused, and strangers', async () => {
  const { ask } = await apiServer();
  for (const path of [
    '/query/images/by_package',
    '/query/images/by_package?name=',
    '/query/images/by_package?name=a&limit=0',
    '/query/images/by_package?name=a&page=0',
    '/query/images/by_package?name=a&page=x',
    '/query/images/by_vulnerability',
    '/query/images/by_vulnerability?vulnerability_id=CVE-1&severity=Terrible',
    '/query/images/by_vulnerability?vulnerability_id=CVE-1&limit=-1',
    '/query/vulnerabilities',
    '/query/vulnerabilities?id=,',
    '/query/vulnerabilities?id=CVE-1&page=2',
    `/query/vulnerabilities?id=${Array.from({ length: 101 }, (_, at) => `CVE-${at}`)}`,
    '/summaries/imagetags?image_status=lost',
  ]) {
    const answer = await ask('GET', path);
    assert.equal(answer.status, 400, path);
    fits(problemAnswer, answer.json);
    assert.equal((await ask('GET', path, { sender: null })).status, 401, path);
  }
  const version = await ask('GET', '/query/vulnerabilities?id=CVE-1&affected_package_version=1');
  assert.equal(version.status, 400);
});
