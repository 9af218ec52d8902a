import assert from 'node:assert/strict';
import { test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { readSettings } from '../../infra/settings.ts';

const read = (context: Readonly<Record<string, unknown>>) => readSettings(new App({ context }).node);

test('a deployment without settings is small, private and safe', () => {
  const settings = read({});
  assert.equal(settings.network, 'public');
  assert.equal(settings.database.minAcu, 0);
  assert.equal(settings.database.deletionProtection, true);
  assert.deepEqual(settings.feeds.schedules, [{ group: 'in-use', every: 'rate(6 hours)', on: 'function' }]);
  assert.deepEqual(settings.registry.sourceAccounts, []);
});

test('the text of the command line and the JSON of cdk.json mean the same', () => {
  const text = read({
    'plimsoll:databaseMaxAcu': '4.5',
    'plimsoll:apiWaf': 'true',
    'plimsoll:logDays': '90',
    'plimsoll:sourceAccounts': '111122223333, 444455556666',
    'plimsoll:feeds': '[{"group":"debian","every":"rate(1 day)","on":"task"}]',
    'plimsoll:tags': '{"team":"security"}',
  });
  const json = read({
    'plimsoll:databaseMaxAcu': 4.5,
    'plimsoll:apiWaf': true,
    'plimsoll:logDays': 90,
    'plimsoll:sourceAccounts': ['111122223333', '444455556666'],
    'plimsoll:feeds': [{ group: 'debian', every: 'rate(1 day)', on: 'task' }],
    'plimsoll:tags': { team: 'security' },
  });
  assert.deepEqual(text, json);
  assert.equal(json.database.maxAcu, 4.5);
});

test('everything that is wrong is said at once, with what would be right', () => {
  assert.throws(
    () =>
      read({
        'plimsoll:network': 'private',
        'plimsoll:databaseMinAcu': 0.3,
        'plimsoll:logDays': 31,
        'plimsoll:feeds': [{ group: 'debian', every: 'daily' }],
        'plimsoll:sourceAccounts': ['1234'],
        'plimsoll:netwrok': 'nat',
        'plimsoll:apiDomain': 'scan.example.com',
        'plimsoll:tags': '{"team":1}',
      }),
    ({ message }: Error) => {
      assert.match(message, /plimsoll:network is "private": give one of public, endpoints, nat/);
      assert.match(message, /plimsoll:databaseMinAcu is 0.3: give 0 to 256 in steps of 0.5/);
      assert.match(message, /plimsoll:logDays is 31: give one of 7, 14/);
      assert.match(message, /plimsoll:feeds is \[/);
      assert.match(message, /plimsoll:sourceAccounts is \["1234"\]/);
      assert.match(message, /plimsoll:netwrok is no setting; there are network, databaseMajor/);
      assert.match(message, /apiDomain and apiCertificate go together/);
      assert.match(message, /plimsoll:tags is "\{\\"team\\":1\}": give an object of text/);
      return true;
    },
  );
});

test('a role of another account is taken on with the external id that its owner asks for', () => {
  const [plain, guarded] = ['arn:aws:iam::111122223333:role/reader', 'arn:aws-cn:iam::444455556666:role/team/reader'];
  const roles = (assumeRoles: unknown) => read({ 'plimsoll:assumeRoles': assumeRoles }).registry.assumeRoles;
  const wanted = [
    { arn: plain, externalId: null },
    { arn: guarded, externalId: 'a,b' },
  ];
  assert.deepEqual(roles([plain, { role: guarded, externalId: 'a,b' }]), wanted);
  assert.deepEqual(roles(`["${plain}",{"role":"${guarded}","externalId":"a,b"}]`), wanted);
  assert.deepEqual(roles(`${plain},${guarded}`), [wanted[0], { arn: guarded, externalId: null }]);
  assert.throws(() => roles([{ role: plain, externalId: 'a b' }]), /assumeRoles is \[/);
  assert.throws(() => roles([{ externalId: 'ab' }]), /assumeRoles is \[/);
  assert.throws(() => roles([plain, `${plain}-2`]), /two roles of one account/);
});

test('lists that a function could not be handed are refused before anything is deployed', () => {
  const many = Array.from({ length: 40 }, (_, i) => `arn:aws:ecr:eu-west-1:111122223333:repository/shop/service-${i}`);
  assert.throws(() => read({ 'plimsoll:repositories': many }), /may have 2000 characters each/);
  assert.throws(
    () => read({ 'plimsoll:repositories': 'arn:aws:ecr:eu-west-1:111122223333:repository/A,b' }),
    /repositories is/,
  );
});

test('a database that would be larger at rest than at work is refused', () => {
  assert.throws(
    () => read({ 'plimsoll:databaseMinAcu': 16, 'plimsoll:databaseMaxAcu': 8 }),
    /databaseMinAcu is more than databaseMaxAcu/,
  );
});

test('a context of other programs is not ours to judge', () => {
  assert.equal(read({ 'other:network': 'nat', network: 'nat' }).network, 'public');
});
