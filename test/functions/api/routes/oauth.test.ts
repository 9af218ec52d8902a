import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenAnswer } from '#schema/api/access.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { freshName, anyCrew, newCrew } from '#test/support/api-accounts.ts';
import { fits } from '#test/support/fits.ts';

const path = '/oauth/token';
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

test('a token comes for a form or for HTTP Basic, signs in by Bearer and jwt, and ends with the password', async () => {
  const { ask, captain } = await newCrew();
  const { user: username, password } = captain;
  const fields = form({ grant_type: 'password', username, password, client_id: 'anonymous' });
  const asked = [
    await ask('POST', `/v1${path}`, { sender: null, body: fields }),
    await ask('POST', path, { sender: captain }),
  ];
  for (const { status, json, headers, text } of asked) {
    assert.equal(status, 200, text);
    assert.equal(headers.get('cache-control'), 'no-store');
    const { access_token, token_type, expires_in } = fits(tokenAnswer, json);
    assert.deepEqual([token_type, expires_in], ['Bearer', 3600]);
    for (const scheme of ['Bearer', 'jwt']) {
      const user = await ask<{ username: string }>('GET', '/v1/user', {
        sender: null,
        headers: { authorization: `${scheme} ${access_token}` },
      });
      assert.equal(user.json.username, username);
    }
  }
  const { access_token } = fits(tokenAnswer, asked[0]!.json);
  const headers = { authorization: `Bearer ${access_token}` };
  const body = { type: 'password', value: 'sesame-new' };
  assert.equal((await ask('POST', '/v1/user/credentials', { sender: null, headers, body })).status, 200);
  assert.equal((await ask('GET', '/v1/user', { sender: null, headers })).status, 401);
});

test('there is no token for a wrong password, a nobody, another grant or half a form', async () => {
  const { ask, captain } = await anyCrew();
  const { user: username, password } = captain;
  const strangers = [
    { grant_type: 'password', username, password: 'wrong' },
    { grant_type: 'password', username: freshName('nobody'), password },
    { grant_type: 'password', username: 'a\0b', password },
  ];
  for (const fields of strangers) {
    const answer = await ask('POST', path, { sender: null, body: form(fields) });
    assert.deepEqual([answer.status, answer.text], [401, 'Unauthorized'], JSON.stringify(fields));
  }
  assert.equal((await ask('POST', path, { sender: null })).status, 401);
  const half = await ask('POST', path, { sender: null, body: form({ grant_type: 'password', username }) });
  assert.equal(half.status, 400);
  assert.equal(fits(errorAnswer, half.json).detail['error'], 'invalid_request');
  const grant = await ask('POST', path, {
    sender: null,
    body: form({ grant_type: 'refresh_token', username, password }),
  });
  assert.equal(grant.status, 400);
  assert.match(fits(problemAnswer, grant.json).detail, /grant_type/);
});

test('guessing is answered by 429 and the time to wait, the same for users that are not there', async () => {
  const { ask } = await anyCrew();
  const username = freshName('nobody');
  const guess = (password: string) => ask('POST', path, { sender: null, body: form({ username, password }) });
  const statuses: number[] = [];
  for (let at = 0; at < 6; at++) statuses.push((await guess(`guess-${at}`)).status);
  assert.deepEqual(statuses, Array(6).fill(401));
  const answer = await guess('guess-7');
  assert.equal(answer.status, 429);
  assert.equal(answer.headers.get('retry-after'), '1');
  assert.equal(fits(errorAnswer, answer.json).httpcode, 429);
});
