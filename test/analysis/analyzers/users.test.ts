import assert from 'node:assert/strict';
import { test } from 'node:test';
import { users } from '#analysis/analyzers/users.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { defaultLimits } from '#core/limits.ts';
import { type DescribedFiles, describeFiles } from '#test/support/describe-files.ts';

const told = async (files: DescribedFiles) => {
  const { details, notes } = await describeFiles(users, files);
  return { users: details.users.map(({ name, uid, password }) => `${name} ${uid} ${password}`), notes };
};

const line = (name: string, password: string, uid = '1') => `${name}:${password}:${uid}:1:Name:/home:/bin/sh\n`;

test('passwords are where passwd says: in shadow for x, else in passwd itself', async () => {
  const passwd = ['x', '', '*', '!', '$6$salt$hash'].map((password, at) => line(`u${at}`, password)).join('');
  assert.deepEqual((await told({ 'etc/passwd': passwd, 'etc/shadow': 'u0:$y$j9T$hash:1::::::\nu1:!::\n' })).users, [
    ...['u0 1 set', 'u1 1 empty', 'u2 1 locked', 'u3 1 locked', 'u4 1 set'],
  ]);
});

test('no hash is kept anywhere', async () => {
  const files = { 'etc/passwd': line('a', 'HASHONE'), 'etc/shadow': 'a:HASHTWO:1::::::\n' };
  const run = await describeFiles(users, files);
  assert.doesNotMatch(JSON.stringify(run), /HASH/);
  const facts = [
    ...users.read({
      path: 'etc/shadow',
      size: 9,
      mode: 0o600,
      content: memoryAccess(Buffer.from(files['etc/shadow'])),
      limits: defaultLimits,
    }),
  ];
  assert.deepEqual(facts, [{ key: 'passwords', data: [['a', 'set']] }]);
});

test('without shadow, or without a line in it, an account has no password', async () => {
  assert.deepEqual((await told({ 'etc/passwd': line('a', 'x') })).users, ['a 1 none']);
  assert.deepEqual((await told({ 'etc/passwd': line('a', 'x'), 'etc/shadow': 'b::1::::::\n' })).users, ['a 1 none']);
  assert.deepEqual((await told({ 'etc/shadow': 'b::1::::::\n' })).users, []);
});

test('of two lines in shadow the first counts, of two in passwd both are shown', async () => {
  const passwd = line('a', 'x', '5') + line('a', 'x', '0');
  assert.deepEqual((await told({ 'etc/passwd': passwd, 'etc/shadow': 'a:!:\na::\n' })).users, [
    'a 0 locked',
    'a 5 locked',
  ]);
});

test('lines that are no accounts are counted in a note, and hide no others', async () => {
  const passwd = `# comment\n+::::::\n\nbroken\n${line('a', 'x')}b:x:-1:0:::/bin/sh\nc:x:4294967296:0::/:/bin/sh\nd:x:0:0:::\n`;
  const { users: found, notes } = await told({ 'etc/passwd': passwd });
  assert.deepEqual(found, ['a 1 none', 'd 0 none']);
  assert.deepEqual(notes, ['/etc/passwd: 3 of its lines are no accounts']);
});

test('binary rubbish and endless lines do no harm', async () => {
  const rubbish = Buffer.concat([
    Buffer.alloc(100_000, 0x3a),
    Buffer.from([0x0a, 0xff, 0x00, 0x0a]),
    Buffer.from(line('a', 'x')),
  ]);
  assert.deepEqual((await told({ 'etc/passwd': rubbish })).users, ['a 1 none']);
});

test('too many accounts are a note', async () => {
  const passwd = Array.from({ length: 10_001 }, (_, at) => line(`u${at}`, 'x')).join('');
  const { users: found, notes } = await told({ 'etc/passwd': passwd });
  assert.deepEqual([found, notes], [[], ['/etc/passwd: has more than 10000 accounts; they are not listed']]);
});

test('files of other folders count where a link leads to them only', async () => {
  const passwd = line('a', 'x');
  assert.deepEqual((await told({ 'opt/root/etc/passwd': passwd })).users, []);
  assert.deepEqual((await told({ etc: { link: 'usr/etc' }, 'usr/etc/passwd': passwd })).users, ['a 1 none']);
  assert.deepEqual(
    (await told({ 'etc/passwd': { link: '../usr/lib/myetc/passwd' }, 'usr/lib/myetc/passwd': passwd })).users,
    ['a 1 none'],
  );
});
