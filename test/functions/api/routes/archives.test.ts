import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type * as z from 'zod';
import {
  archivedImage,
  archivedImages,
  archiveResults,
  archiveRule,
  archiveRules,
  archiveSummary,
} from '#schema/api/archives.ts';
import { makeAccount, makeUser } from '#test/support/api-accounts.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { admin, type ApiServer, apiServer, type ImageRecord, type Sender } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const unknown = `sha256:${'a'.repeat(64)}`;

/** A user in full control of an account of its own, with an image that is analyzed. */
async function withImage(): Promise<{ server: ApiServer; sender: Sender; digest: string }> {
  const server = await apiServer();
  const sender = await makeUser(server, await makeAccount(server, 'archivist'));
  const { imageDigest: digest } = await server.analyzed(`${server.registry}/team/app:v1`, sender);
  return { server, sender, digest };
}

async function archived(server: ApiServer, sender: Sender, digests: readonly string[]) {
  const answer = await server.ask('POST', '/v1/archives/images', { sender, body: digests });
  assert.equal(answer.status, 200, answer.text);
  return fits(archiveResults, answer.json);
}

test('an image is archived and stays; each of a list says what became of it', async () => {
  const { server, sender, digest } = await withImage();
  const [done, missing] = await archived(server, sender, [digest, unknown]);
  assert.deepEqual(done, { digest, status: 'archived', detail: 'Completed successfully' });
  assert.equal(missing!.status, 'error');
  assert.match(missing!.detail, /Could not locate an image with digest sha256:a+ in account/);
  assert.deepEqual(await archived(server, sender, [digest, digest]), [
    { digest, status: 'archived', detail: 'Existing record found, archiving aborted' },
  ]);
  assert.equal((await server.ask('GET', `/v1/images/${digest}`, { sender })).status, 200);

  const list = fits(archivedImages, (await server.ask('GET', '/v1/archives/images', { sender })).json);
  const one = await server.ask<z.infer<typeof archivedImage>>('GET', `/archives/images/${encodeURIComponent(digest)}`, {
    sender,
  });
  const record = fits(archivedImage, one.json);
  assert.deepEqual(list, [record]);
  assert.equal(record.imageDigest, alpineApp.digest);
  assert.equal(record.status, 'archived');
  assert.ok(record.archive_size_bytes > 500);
  assert.deepEqual(
    record.image_detail.map(({ pullstring }) => pullstring),
    [`${server.registry}/team/app:v1`],
  );
  const { images, rules } = fits(archiveSummary, (await server.ask('GET', '/v1/archives', { sender })).json);
  assert.deepEqual(
    [images.total_image_count, images.total_tag_count, images.total_data_bytes],
    [1, 1, record.archive_size_bytes],
  );
  assert.deepEqual(rules, { count: 0, last_updated: null });
});

test('an account that archived nothing has an empty archive', async () => {
  const server = await apiServer();
  const sender = await makeUser(server, await makeAccount(server, 'empty'));
  const { json } = await server.ask('GET', '/v1/archives', { sender });
  assert.deepEqual(fits(archiveSummary, json), {
    images: { total_image_count: 0, total_tag_count: 0, total_data_bytes: 0, last_updated: null },
    rules: { count: 0, last_updated: null },
  });
  assert.equal((await server.ask('GET', '/v1/archives/images', { sender })).text, '[]');
});

test('an archived image that is deleted is gone, and a second deletion finds nothing', async () => {
  const { server, sender, digest } = await withImage();
  await archived(server, sender, [digest]);
  const gone = await server.ask('DELETE', `/v1/archives/images/${digest}`, { sender });
  assert.deepEqual([gone.status, gone.text], [200, '']);
  for (const method of ['GET', 'DELETE']) {
    const { status, text } = await server.ask(method, `/v1/archives/images/${digest}`, { sender });
    assert.equal(status, 404, text);
    assert.match(text, /Not found in archive/);
  }
  assert.equal((await archived(server, sender, [digest]))[0]!.status, 'archived', 'it can be archived again');
});

/** Asks for an image until it is analyzed. */
async function judged(server: ApiServer, sender: Sender, digest: string) {
  const one = async () => (await server.ask<ImageRecord[]>('GET', `/v1/images/${digest}`, { sender })).json[0]!;
  return server.until(one, (record) => record.analysis_status === 'analyzed');
}

test('an image that was deleted is restored from the archive as it was', async () => {
  const { server, sender, digest } = await withImage();
  const before = await judged(server, sender, digest);
  const vulnerabilities = async () =>
    (await server.ask<{ vulnerabilities: object[] }>('GET', `/v1/images/${digest}/vuln/all`, { sender })).json
      .vulnerabilities;
  const found = await vulnerabilities();
  await archived(server, sender, [digest]);
  const restore = () =>
    server.ask<ImageRecord[]>('POST', '/v1/images', { sender, body: { source: { archive: { digest } } } });
  const there = await restore();
  assert.equal(there.status, 409, there.text);
  assert.match(there.text, /Image already exists in system/);
  await server.ask('DELETE', `/v1/images/${digest}?force=true`, { sender });
  const restored = await restore();
  assert.equal(restored.status, 200, restored.text);
  assert.equal(restored.json[0]!.imageDigest, digest);
  const after = await judged(server, sender, digest);
  assert.deepEqual({ ...after, last_updated: '' }, { ...before, last_updated: '' });
  assert.deepEqual(await vulnerabilities(), found);
  const files = await server.ask<{ content: object[] }>('GET', `/v1/images/${digest}/content/files`, { sender });
  assert.ok(files.json.content.length > 5);
  const unknownToIt = await server.ask('POST', '/v1/images', {
    sender,
    body: { source: { archive: { digest: unknown } } },
  });
  assert.equal(unknownToIt.status, 404);
});

/** The form that clients upload an archive with. */
function uploadOf(
  file: Uint8Array,
  name = 'archive_file',
): { body: string | Uint8Array; headers: Record<string, string> } {
  const head = `--edge\r\nContent-Disposition: form-data; name="${name}"; filename="a.tar.gz"\r\nContent-Type: application/gzip\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from('\r\n--edge--\r\n')]);
  return { body, headers: { 'content-type': 'multipart/form-data; boundary=edge' } };
}

test('an archive of one account is imported by another one, which knows no files of it', async () => {
  const { server, sender, digest } = await withImage();
  await archived(server, sender, [digest]);
  const events = await server.ask<{ results: { event: { details: { archive: string } } }[] }>(
    'GET',
    '/v1/events?event_type=system.analysis_archive.image_archived',
    { sender },
  );
  const file = await readFile(join(server.data, 'blobs', `${events.json.results[0]!.event.details.archive}~`));
  const other = await makeUser(server, await makeAccount(server, 'importer'));
  const upload = () => server.ask<ImageRecord[]>('POST', '/v1/import/images', { sender: other, ...uploadOf(file) });
  const imported = await upload();
  assert.equal(imported.status, 200, imported.text);
  assert.equal(imported.json[0]!.imageDigest, digest);
  const record = await judged(server, other, digest);
  assert.equal(record.image_detail[0]!.fulltag, `${server.registry}/team/app:v1`);
  const told = async (who: Sender) =>
    (await server.ask<{ vulnerabilities: { vuln: string }[] }>('GET', `/v1/images/${digest}/vuln/all`, { sender: who }))
      .json.vulnerabilities;
  assert.deepEqual(await told(other), await told(sender));
  const files = await server.ask('GET', `/v1/images/${digest}/content/files`, { sender: other });
  assert.equal(files.status, 404, files.text);
  assert.match(files.text, /was imported, which tells no files/);
  const again = await upload();
  assert.equal(again.status, 409);
  assert.match(again.text, /already exists/);
});

test('what is no archive is refused as a conflict, a form without the file as a mistake', async () => {
  const { server, sender } = await withImage();
  const ask = (upload: ReturnType<typeof uploadOf>) => server.ask('POST', '/v1/import/images', { sender, ...upload });
  for (const file of [Buffer.from('not a gzip'), Buffer.alloc(0), gzipSync('no tar'), gzipSync(Buffer.alloc(1024))]) {
    const { status, text } = await ask(uploadOf(file));
    assert.equal(status, 409, text);
    assert.match(text, /invalid archive format|damaged|cut off/);
  }
  assert.equal((await ask(uploadOf(Buffer.from('x'), 'other'))).status, 400);
  assert.equal((await ask({ body: '--edge', headers: {} })).status, 400);
});

test('lists of digests that are empty, too long or hold something else are refused', async () => {
  const { server, sender } = await withImage();
  for (const body of [[], Array.from({ length: 101 }, () => unknown), ['latest'], { digest: unknown }]) {
    const { status } = await server.ask('POST', '/v1/archives/images', { sender, body });
    assert.equal(status, 400);
  }
});

type Rule = z.infer<typeof archiveRule>;

async function addRule(server: ApiServer, sender: Sender, body: object) {
  return server.ask<Rule>('POST', '/v1/archives/rules', { sender, body });
}

test('a rule has every key that clients read, whatever was left out', async () => {
  const server = await apiServer();
  const sender = await makeUser(server, await makeAccount(server, 'ruler'));
  const { json } = await addRule(server, sender, {
    ...{ tag_versions_newer: 2, analysis_age_days: 30, transition: 'archive', system_global: false },
    selector: { registry: 'docker.io', repository: 'library/*', tag: '*' },
    exclude: { selector: { registry: 'docker.io', repository: 'library/al?ine', tag: '*' }, expiration_days: 7 },
  });
  const rule = fits(archiveRule, json);
  assert.match(rule.rule_id, /^[0-9a-f]{32}$/);
  assert.deepEqual(rule.exclude.expiration_days, 7);
  const bare = fits(archiveRule, (await addRule(server, sender, { transition: 'delete' })).json);
  const { rule_id: _, created_at: __, last_updated: ___, ...rest } = bare;
  assert.deepEqual(rest, {
    selector: { registry: '*', repository: '*', tag: '*' },
    exclude: { selector: { registry: '', repository: '', tag: '' }, expiration_days: -1 },
    ...{ analysis_age_days: -1, tag_versions_newer: -1, transition: 'delete' },
    ...{ system_global: false, max_images_per_account: null },
  });
  const own = await server.ask('GET', '/v1/archives/rules?system_global=False', { sender });
  assert.deepEqual(fits(archiveRules, own.json), [rule, bare]);
  assert.deepEqual((await server.ask('GET', `/v1/archives/rules/${rule.rule_id}`, { sender })).json, rule);
  assert.equal((await server.ask('DELETE', `/v1/archives/rules/${rule.rule_id}`, { sender })).status, 200);
  assert.equal((await server.ask('GET', `/v1/archives/rules/${rule.rule_id}`, { sender })).status, 404);
});

test('rules for every account are made and removed by administrators, and seen by all', async () => {
  const server = await apiServer();
  const sender = await makeUser(server, await makeAccount(server, 'ruled'));
  const global = { transition: 'archive', system_global: true, analysis_age_days: 90_000 };
  const refused = await addRule(server, sender, global);
  assert.equal(refused.status, 403, refused.text);
  assert.match(refused.text, /Not authorized\. Requires permissions: domain=system/);
  const { rule_id: id } = fits(archiveRule, (await addRule(server, admin, global)).json);
  const ids = async (query: string) =>
    fits(archiveRules, (await server.ask('GET', `/v1/archives/rules${query}`, { sender })).json).map(
      ({ rule_id: one }) => one,
    );
  assert.ok((await ids('')).includes(id));
  assert.ok(!(await ids('?system_global=false')).includes(id));
  assert.equal((await server.ask('GET', `/v1/archives/rules/${id}`, { sender })).status, 200);
  const denied = await server.ask('DELETE', `/v1/archives/rules/${id}`, { sender });
  assert.equal(denied.status, 403);
  assert.match(denied.text, /Non-admins cannot modify\/delete system global rules/);
  assert.equal((await server.ask('DELETE', `/v1/archives/rules/${id}`)).status, 200);
});

test('rules that do not fit together are refused with the reason', async () => {
  const server = await apiServer();
  const global = { transition: 'archive', system_global: true };
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ transition: 'archive', max_images_per_account: 5 }, /isn't system_global/],
    [{ ...global, max_images_per_account: 5, selector: { tag: 'x' } }, /Cannot set a selector or exclude/],
    [{ ...global, transition: 'delete', max_images_per_account: 5 }, /for rules that archive/],
    [{ transition: 'archive', selector: { registry: '' } }, /Selector fields cannot be empty/],
    [{ transition: 'keep' }, /transition/],
    [{ analysis_age_days: 1 }, /transition/],
    [{ transition: 'archive', analysis_age_days: -2 }, /analysis_age_days/],
  ];
  for (const [body, reason] of cases) {
    const { status, text } = await addRule(server, admin, body);
    assert.equal(status, 400, text);
    assert.match(text, reason);
  }
  const first = await addRule(server, admin, { ...global, max_images_per_account: 1_000_000 });
  assert.equal(first.status, 200, first.text);
  const second = await addRule(server, admin, { ...global, max_images_per_account: 7 });
  assert.equal(second.status, 400);
  assert.match(second.text, /already exists with max_images_per_account/);
  await server.ask('DELETE', `/v1/archives/rules/${first.json.rule_id}`);
});
