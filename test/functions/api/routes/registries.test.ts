import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registries } from '#schema/api/registries.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { admin, ann, apiServer, ecrHost, type Sender } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

/** A registry that asks for this login. */
const locked = 'locked.example.test';
const login = { registry_user: 'nobody', registry_pass: 'has this' };

const pathOf = (name: string) => `/v1/registries/${encodeURIComponent(name)}`;

async function bench() {
  const { ask, analyzed, until } = await apiServer();
  const add = (body: object, query = '', sender: Sender = ann) =>
    ask('POST', `/v1/registries${query}`, { sender, body });
  const remove = (name: string, sender: Sender = ann) => ask('DELETE', pathOf(name), { sender });
  const names = async (sender: Sender) =>
    fits(registries, (await ask('GET', '/v1/registries', { sender })).json).map(({ registry }) => registry);
  return { ask, analyzed, until, add, remove, names };
}

test('a registry is added, listed, shown, changed and removed; its password is in no answer', async () => {
  const { ask, add, remove, names } = await bench();
  const added = await add({ registry: locked, ...login });
  assert.equal(added.status, 200, added.text);
  const [record, ...more] = fits(registries, added.json);
  assert.equal(more.length, 0);
  const { created_at, last_updated, ...rest } = record!;
  assert.deepEqual(rest, {
    ...{ registry: locked, registry_name: locked, registry_user: 'nobody', registry_type: 'docker_v2' },
    ...{ registry_verify: true, userId: 'team' },
  });
  for (const time of [created_at, last_updated]) assert.match(time, /^\d{4}(-\d\d){2}T(\d\d:){2}\d\dZ$/);
  assert.ok((await names(ann)).includes(locked));
  const shown = await ask('GET', pathOf(locked), { sender: ann });
  assert.deepEqual(shown.json, [record]);
  const changed = await ask('PUT', `${pathOf(locked)}?validate=True`, {
    sender: ann,
    body: { registry: locked, ...login, registry_name: 'ours', registry_type: 'docker_v2', registry_verify: true },
  });
  assert.equal(fits(registries, changed.json)[0]?.registry_name, 'ours');
  for (const { text } of [added, shown, changed]) assert.ok(!text.includes('has this'));
  assert.deepEqual((await remove(locked)).json, true);
  assert.equal((await ask('GET', pathOf(locked), { sender: ann })).status, 404);
  assert.deepEqual((await remove(locked)).json, true, 'what is not there is removed already');
});

test('a login that the registry refuses is not stored, unless it is not to be tried', async () => {
  const { add, remove, names } = await bench();
  const wrong = { registry: locked, registry_user: 'nobody', registry_pass: 'has-not-this' };
  for (const query of ['', '?validate=true']) {
    const refused = await add(wrong, query);
    assert.equal(refused.status, 406, refused.text);
    assert.match(fits(errorAnswer, refused.json).message, /^cannot ping supplied registry.*locked\.example\.test/);
    assert.deepEqual(fits(errorAnswer, refused.json).detail.error_codes, ['REGISTRY_PERMISSION_DENIED']);
    assert.ok(!refused.text.includes('has-not-this'));
  }
  assert.ok(!(await names(ann)).includes(locked));
  assert.equal((await add(wrong, '?validate=False')).status, 200);
  assert.deepEqual(
    (await names(ann)).filter((name) => name === locked),
    [locked],
  );
  await remove(locked);
});

test('what is no registry is told as that, and a metadata address is not called', async () => {
  const { add } = await bench();
  for (const [registry, message] of [
    ['127.0.0.1:1', /cannot be reached/],
    ['169.254.169.254', /metadata address/],
  ] as const) {
    const { status, json } = await add({ registry, ...login });
    assert.equal(status, 406, registry);
    assert.match(fits(errorAnswer, json).message, message);
  }
});

test('names with slashes and asterisks go through paths as clients send them', async () => {
  const { ask, add, remove } = await bench();
  const name = 'wild.example.test:5000/team/app-*';
  assert.equal((await add({ registry: name, ...login }, '?validate=false')).status, 200);
  for (const path of [pathOf(name), `/v1/registries/${name}`, `/registries/${name.replaceAll('/', '%2F')}`]) {
    const found = await ask('GET', path, { sender: ann });
    assert.equal(fits(registries, found.json)[0]?.registry, name, path);
  }
  assert.equal((await remove(name)).status, 200);
  assert.equal((await ask('GET', pathOf(name), { sender: ann })).status, 404);
});

test('what cannot be is refused with what is wrong', async () => {
  const { ask, add, remove, names } = await bench();
  const name = 'bad.example.test';
  const refused = async (body: object, status: number, message: RegExp, query = '?validate=false') => {
    const answer = await add(body, query);
    assert.equal(answer.status, status, answer.text);
    if (status === 400 && (answer.json as { title?: string }).title !== undefined)
      assert.match(fits(problemAnswer, answer.json).detail, message);
    else assert.match(fits(errorAnswer, answer.json).message, message);
  };
  await refused(login, 400, /give 'registry'/);
  await refused({ registry: `https://${name}`, ...login }, 409, /cannot end with/);
  await refused({ registry: `${name}/`, ...login }, 409, /cannot end with/);
  await refused({ registry: `${name}*`, ...login }, 400, /HOST\/PREFIX/);
  await refused({ registry: name, registry_user: 'ann' }, 400, /both a user and a password/);
  await refused({ registry: name, ...login, registry_type: 'other' }, 400, /registry_type/);
  await refused({ registry: name, ...login, registry_type: 'awsecr' }, 400, /awsecr is named/);
  await refused({ registry: name, ...login, registry_verify: 'no' }, 400, /registry_verify/);
  await refused({ registry: ecrHost, ...login }, 400, /access key/);
  await refused({ registry: name, ...login }, 400, /validate/, '?validate=perhaps');
  assert.equal((await add({ registry: name, ...login }, '?validate=false')).status, 200);
  await refused({ registry: name, ...login }, 409, /^registry already exists in DB$/);
  const put = (path: string, body: object) => ask('PUT', `${path}?validate=false`, { sender: ann, body });
  assert.equal((await put(pathOf(name), { registry: 'other.example.test', ...login })).status, 409);
  assert.equal((await put(pathOf('unknown.example.test'), login)).status, 404);
  await remove(name);
  assert.ok(!(await names(ann)).some((one) => one.startsWith('bad.')));
});

test('a registry of ECR is told by its name, and shows its user but no secret', async () => {
  const { add, remove } = await bench();
  const arn = 'arn:aws:iam::123456789012:role/reader';
  const roleLogin = { registry_user: '_iam_role', registry_pass: `${arn};ext-1` };
  const added = await add({ registry: ecrHost, ...roleLogin, registry_type: '' }, '?validate=false');
  assert.equal(fits(registries, added.json)[0]?.registry_type, 'awsecr');
  assert.ok(!added.text.includes('ext-1') && !added.text.includes(arn));
  await remove(ecrHost);
});

test('an image is pulled with the login of its own account, and of no other', async () => {
  const { ask, add, remove, names, until } = await bench();
  const body = { tag: `${locked}/team/app:v1` };
  const denied = async (sender: Sender) => {
    const answer = await ask('POST', '/v1/images', { sender, body });
    assert.equal(answer.status, 400, answer.text);
    assert.deepEqual(fits(errorAnswer, answer.json).detail.error_codes, ['REGISTRY_PERMISSION_DENIED']);
  };
  await denied(ann);
  await add({ registry: locked, registry_user: 'nobody', registry_pass: 'wrong' }, '?validate=false');
  await denied(ann);
  assert.equal((await add({ registry: `${locked}/team/*`, ...login })).status, 200);
  assert.equal((await ask('POST', '/v1/images', { sender: ann, body })).status, 200, 'the more specific one counts');
  const path = `/v1/images/${alpineApp.digest}`;
  const state = async () =>
    (await ask<{ analysis_status: string }[]>('GET', path, { sender: ann })).json[0]?.analysis_status;
  assert.equal(await until(state, (found) => found === 'analyzed' || found === 'analysis_failed'), 'analyzed');
  await denied(admin);
  assert.ok(!(await names(admin)).includes(locked));
  assert.equal((await ask('GET', pathOf(locked))).status, 404);
  assert.equal((await ask('PUT', `${pathOf(locked)}?validate=false`, { body: login })).status, 404);
  assert.deepEqual((await remove(locked, admin)).json, true);
  assert.ok((await names(ann)).includes(locked), 'it was not the other account’s to remove');
  const asTeam = await ask('GET', '/v1/registries', { sender: { ...admin, account: 'team' } });
  assert.equal(fits(registries, asTeam.json).length, 2);
  for (const name of await names(ann)) await remove(name);
});
