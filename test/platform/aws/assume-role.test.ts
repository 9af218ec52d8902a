import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assumeRoles } from '#platform/aws/assume-role.ts';
import { ecrCredentials } from '#platform/aws/ecr-auth.ts';
import { ecrClients } from '#platform/aws/ecr-clients.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { startEcr } from '#test/fakes/ecr.ts';
import { startSts } from '#test/fakes/sts.ts';
import { isFault } from '#test/support/is-fault.ts';
import { testClock } from '#test/support/test-clock.ts';

const [own, other] = ['111122223333', '444455556666'];
const role = { arn: `arn:aws:iam::${other}:role/plimsoll-reader`, externalId: 'ext:1/a+b' };
const asked = `${role.arn} plimsoll plimsoll ext:1/a+b`;
const minute = 60_000;
const busy = new AwsError('ServiceUnavailable', 'Try again', 503);

test('a role is taken on once for all who want it at once, under our name and with its external id', async () => {
  await using world = await open();
  const credentials = world.assume(role);
  const sessions = await Promise.all([credentials(), credentials(), world.assume({ ...role })()]);
  assert.equal(new Set(sessions).size, 1);
  assert.equal(sessions[0]!.expiration.getTime(), world.clock.now() + 60 * minute);
  assert.deepEqual(world.sts.calls, [asked]);
});

test('a session is renewed ten minutes before it ends, and not before', async () => {
  await using world = await open();
  const credentials = world.assume(role);
  const first = await credentials();
  await world.clock.advance(50 * minute - 1);
  assert.equal(await credentials(), first);
  await world.clock.advance(1);
  const [second, same] = await Promise.all([credentials(), credentials()]);
  assert.notEqual(second.accessKeyId, first.accessKeyId);
  assert.equal(second, same);
  assert.equal(world.sts.calls.length, 2);
});

test('while STS is out of order a session serves to its end, and STS is asked once a minute', async () => {
  await using world = await open();
  const credentials = world.assume(role);
  const first = await credentials();
  await world.clock.advance(55 * minute);
  world.sts.failNext(busy);
  assert.equal(await credentials(), first);
  assert.equal(await credentials(), first, 'not asked again within the minute');
  await world.clock.advance(minute);
  world.sts.failNext('break');
  assert.equal(await credentials(), first);
  await world.clock.advance(4 * minute);
  world.sts.failNext(busy);
  await assert.rejects(credentials(), { name: 'ServiceUnavailable' });
  assert.notEqual((await credentials()).accessKeyId, first.accessKeyId);
});

test('a role that is no longer ours is not used on', async () => {
  await using world = await open();
  const credentials = world.assume(role);
  await credentials();
  await world.clock.advance(55 * minute);
  world.user.denied.add('sts:AssumeRole');
  await assert.rejects(credentials(), { name: 'AccessDenied' });
});

test('a registry of another account is logged in to through its role, hour after hour', async () => {
  await using world = await open();
  const first = await world.find(world.ecr.host(other), 'team/app');
  assert.equal(first?.username, 'AWS');
  await world.clock.advance(11 * 60 * minute);
  const second = await world.find(world.ecr.host(other), 'team/app');
  assert.notEqual(second?.password, first?.password);
  assert.deepEqual(world.sts.calls, [asked, asked]);
  assert.deepEqual(world.ecr.calls, Array(2).fill(`GetAuthorizationToken ${role.arn}`));
});

test('throttling by STS is waited out before a login is given up', async () => {
  await using world = await open();
  world.sts.failNext(new AwsError('Throttling', 'Rate exceeded', 400), 3);
  assert.equal((await world.find(world.ecr.host(other), 'team/app'))?.username, 'AWS');
});

test('a role whose trust or external id is another is told by its name, without what STS said of us', async () => {
  for (const externalId of ['wrong', null]) {
    await using world = await open({ ...role, externalId });
    const refused = isFault(
      'registry/denied',
      /role\/plimsoll-reader could not be taken on; check that its trust policy/,
    );
    await assert.rejects(world.find(world.ecr.host(other), 'team/app'), (thrown) => {
      assert.doesNotMatch(String(thrown), /not authorized to perform/);
      return refused(thrown);
    });
  }
});

async function open(used: { readonly arn: string; readonly externalId: string | null } = role) {
  await using opened = new AsyncDisposableStack();
  const clock = testClock(undefined, { selfWinding: true });
  const ecr = opened.use(await startEcr({ clock, accounts: [own, other] }));
  const sts = opened.use(await startSts({ people: ecr, clock }));
  const user = ecr.addUser(own, 'plimsoll');
  ecr.addRole({ ...role, account: other });
  const from = { clock, region: 'us-east-1', sessionName: 'plimsoll', credentials: user };
  const assume = opened.use(assumeRoles({ ...from, endpoint: sts.endpoint }));
  const { clientFor } = opened.use(ecrClients({ endpoint: ecr.endpoint, credentials: user, assumeRole: assume }));
  const find = ecrCredentials({ clientFor, clock, roles: new Map([[other, used]]) });
  const all = opened.move();
  return { clock, ecr, sts, user, assume, find, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
