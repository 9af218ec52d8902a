import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ECRClient } from '@aws-sdk/client-ecr';
import { jsonLog } from '#core/log.ts';
import { ecrCredentials } from '#platform/aws/ecr-auth.ts';
import { ecrClients } from '#platform/aws/ecr-clients.ts';
import type { AssumedRole, EcrIdentity } from '#platform/ecr-login.ts';
import { type Ecr, type EcrOptions, startEcr } from '#test/fakes/ecr.ts';
import type { Identity } from '#test/fakes/ecr-identities.ts';
import { isFault } from '#test/support/is-fault.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const [own, other] = ['111122223333', '444455556666'];
const hour = 3_600_000;
const minute = 60_000;

interface Bench {
  readonly ecr: Ecr;
  readonly clock: TestClock;
  readonly user: Identity;
  readonly lines: string[];
  /** The regions and roles that clients were asked for. */
  readonly wanted: string[];
  readonly find: ReturnType<typeof ecrCredentials>;
}

async function withEcr(
  work: (bench: Bench) => Promise<void>,
  options: Partial<EcrOptions> & { readonly roles?: ReadonlyMap<string, AssumedRole>; readonly secret?: string } = {},
): Promise<void> {
  const clock = testClock(undefined, { selfWinding: true });
  await using ecr = await startEcr({ clock, accounts: [own, other], ...options });
  const user = ecr.addUser(own, 'plimsoll');
  using clients = ecrClients({
    endpoint: ecr.endpoint,
    credentials: { ...user, secretAccessKey: options.secret ?? user.secretAccessKey },
    assumeRole: (role) => async () => {
      const session = ecr.assume(role.arn, role.externalId);
      // As STS words it: with names that are not ours to tell.
      const refusal =
        'User: arn:aws:sts::111122223333:assumed-role/secret-name is not authorized to perform: sts:AssumeRole';
      if (session === null) throw Object.assign(new Error(refusal), { name: 'AccessDenied' });
      return session;
    },
  });
  const lines: string[] = [];
  const wanted: string[] = [];
  const clientFor = (region: string, identity: EcrIdentity): ECRClient => {
    wanted.push(`${region} ${identity !== null && 'arn' in identity ? identity.arn : ''}`.trim());
    return clients.clientFor(region, identity);
  };
  const log = jsonLog((line) => lines.push(line), clock.now);
  const find = ecrCredentials({
    clientFor,
    clock,
    log,
    ...(options.roles === undefined ? {} : { roles: options.roles }),
  });
  await work({ ecr, clock, user, lines, wanted, find });
}

const tokens = (ecr: Ecr) => ecr.calls.filter((call) => call.startsWith('GetAuthorizationToken')).length;

test('a login is given for registries of ECR and for no other', async () => {
  await withEcr(async ({ ecr, find, clock }) => {
    const login = await find(ecr.host(own), 'team/app');
    assert.deepEqual([login?.kind, login?.username], ['basic', 'AWS']);
    assert.ok(login!.password.length > 100);
    assert.equal(login!.until, clock.now() + 11 * hour);
    for (const host of ['docker.io', 'quay.io', `${ecr.host(own)}.evil.example`, 'public.ecr.aws'])
      assert.equal(await find(host, 'team/app'), null);
    assert.equal(tokens(ecr), 1);
  });
});

test('a token is asked for once in eleven hours, for all registries of the region', async () => {
  await withEcr(async ({ ecr, find, clock }) => {
    const first = await find(ecr.host(own), 'team/app');
    await clock.advance(11 * hour - 1);
    assert.deepEqual((await find(ecr.host(other), 'lib'))?.password, first?.password);
    assert.equal(tokens(ecr), 1);
    await clock.advance(1);
    const second = await find(ecr.host(own), 'team/app');
    assert.notEqual(second?.password, first?.password);
    assert.equal(tokens(ecr), 2);
  });
});

test('fifty who want the first token at once share one call', async () => {
  await withEcr(async ({ ecr, find }) => {
    const logins = await Promise.all(Array.from({ length: 50 }, (_, i) => find(ecr.host(own), `team/app-${i}`)));
    assert.equal(new Set(logins.map((login) => login?.password)).size, 1);
    assert.equal(tokens(ecr), 1);
  });
});

test('regions and roles have tokens of their own; a role is taken on with its external id', async () => {
  const arn = `arn:aws:iam::${other}:role/scan`;
  const roles = new Map([[other, { arn, externalId: 'e-1' }]]);
  await withEcr(
    async ({ ecr, find, wanted }) => {
      ecr.addRole({ arn, account: other, externalId: 'e-1' });
      const mine = await find(ecr.host(own), 'a');
      const theirs = await find(ecr.host(other), 'a');
      const far = await find(`${own}.dkr.ecr.eu-west-1.amazonaws.com`, 'a');
      assert.equal(new Set([mine, theirs, far].map((login) => login?.password)).size, 3);
      assert.deepEqual(wanted, ['us-east-1', `us-east-1 ${arn}`, 'eu-west-1']);
      assert.deepEqual(ecr.calls, [
        'GetAuthorizationToken plimsoll',
        `GetAuthorizationToken ${arn}`,
        'GetAuthorizationToken plimsoll',
      ]);
      assert.match(theirs!.advice, new RegExp(`${arn} has ecr:BatchGetImage`));
    },
    { roles },
  );
});

test('a role that its owner does not let us take on is told, and asked for again by the next pull', async () => {
  const arn = `arn:aws:iam::${other}:role/scan`;
  await withEcr(
    async ({ ecr, find }) => {
      ecr.addRole({ arn, account: other, externalId: 'e-1' });
      const expected = isFault('registry/denied', /role\/scan could not be taken on; check .* external id/, [
        'secret-name',
      ]);
      for (let i = 0; i < 2; i++) await assert.rejects(find(ecr.host(other), 'a'), expected);
      assert.equal(tokens(ecr), 0);
    },
    { roles: new Map([[other, { arn, externalId: 'wrong' }]]) },
  );
});

test('a token that was refused is replaced once, whoever hears of it', async () => {
  await withEcr(async ({ ecr, find, clock }) => {
    const old = (await find(ecr.host(own), 'a'))!;
    await clock.advance(2 * minute);
    const renewed = await Promise.all(Array.from({ length: 20 }, () => find(ecr.host(own), 'a', old)));
    assert.equal(new Set(renewed.map((login) => login?.password)).size, 1);
    assert.notEqual(renewed[0]?.password, old.password);
    assert.equal(tokens(ecr), 2);
    assert.equal((await find(ecr.host(own), 'a', old))?.password, renewed[0]?.password, 'there is a newer one already');
    assert.equal(tokens(ecr), 2);
  });
});

test('a token that is refused when it is new is not asked for again and again', async () => {
  await withEcr(async ({ ecr, find, clock }) => {
    const login = (await find(ecr.host(own), 'a'))!;
    for (let i = 0; i < 100; i++) assert.equal((await find(ecr.host(own), 'a', login))?.password, login.password);
    assert.equal(tokens(ecr), 1);
    await clock.advance(minute);
    assert.notEqual((await find(ecr.host(own), 'a', login))?.password, login.password);
  });
});

test('a token that had ended when it came is used once and does not make a loop', async () => {
  await withEcr(
    async ({ ecr, find, lines }) => {
      const login = (await find(ecr.host(own), 'a'))!;
      assert.equal(login.until, undefined);
      assert.notEqual((await find(ecr.host(own), 'a'))?.password, login.password);
      assert.equal(tokens(ecr), 2);
      assert.match(lines.join(''), /had expired when it came: check the clock/);
    },
    { statedExpiry: 1_420_070_400 },
  );
});

test('throttling is waited out; when it does not end the pull may be tried again later', async () => {
  await withEcr(async ({ ecr, find, clock }) => {
    ecr.failNext('GetAuthorizationToken', 4);
    const from = clock.now();
    assert.ok(await find(ecr.host(own), 'a'));
    assert.equal(tokens(ecr), 5);
    assert.ok(clock.now() - from > 1000, 'there are pauses between the calls');
    await clock.advance(12 * hour);
    ecr.failNext('GetAuthorizationToken', 100);
    await assert.rejects(find(ecr.host(own), 'a'), isFault('registry/failed', /ThrottlingException again and again/));
    assert.equal(tokens(ecr), 12);
    ecr.failNext('GetAuthorizationToken', 0);
    assert.ok(await find(ecr.host(own), 'a'), 'a failure is not kept');
  });
});

test('while ECR gives no new token the last one serves to its end', async () => {
  await withEcr(async ({ ecr, find, clock, lines }) => {
    const first = (await find(ecr.host(own), 'a'))!;
    await clock.advance(11 * hour);
    ecr.failNext('GetAuthorizationToken', 1000, 'ServerException');
    assert.equal((await find(ecr.host(own), 'a'))?.password, first.password);
    const asked = tokens(ecr);
    assert.equal((await find(ecr.host(own), 'a'))?.password, first.password);
    assert.equal(tokens(ecr), asked, 'not asked again within the minute');
    assert.match(lines.join(''), /not renewed/);
    await clock.advance(hour);
    await assert.rejects(find(ecr.host(own), 'a'), isFault('registry/failed', /ServerException/));
  });
});

test('a refusal says which permission is missing', async () => {
  await withEcr(async ({ ecr, find, user }) => {
    user.denied.add('ecr:GetAuthorizationToken');
    const expected = /ECR of us-east-1: .*give the role that runs this ecr:GetAuthorizationToken on '\*'/;
    await assert.rejects(find(ecr.host(own), 'a'), isFault('registry/denied', expected));
    assert.equal(tokens(ecr), 1, 'what is not allowed is not tried again');
  });
});

test('credentials that AWS does not take are told, without the credentials', async () => {
  await withEcr(
    async ({ ecr, find, user }) => {
      const secrets = [user.secretAccessKey, user.accessKeyId, 'wrong-secret'];
      const expected = isFault(
        'registry/denied',
        /does not take the credentials \(InvalidSignatureException\)/,
        secrets,
      );
      await assert.rejects(find(ecr.host(own), 'a'), expected);
    },
    { secret: 'wrong-secret' },
  );
});

test('an API that cannot be reached is told as that', async () => {
  const clock = testClock(undefined, { selfWinding: true });
  using clients = ecrClients({
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const find = ecrCredentials({ clientFor: (region, role) => clients.clientFor(region, role), clock });
  const expected = isFault('network/unreachable', /cannot be reached; check the network, or the VPC endpoint ecr.api/);
  await assert.rejects(find(`${own}.dkr.ecr.us-east-1.amazonaws.com`, 'a'), expected);
});

test('no token and no key is ever in the log', async () => {
  for (const options of [{}, { statedExpiry: 1 }])
    await withEcr(async ({ ecr, find, clock, lines, user }) => {
      const seen: string[] = [user.secretAccessKey];
      for (let i = 0; i < 5; i++) {
        if (i === 2) ecr.failNext('GetAuthorizationToken', 8);
        const login = await find(ecr.host(own), 'a').catch(() => null);
        if (login !== null) seen.push(login.password);
        await clock.advance(11.5 * hour);
      }
      for (const secret of seen) assert.ok(!lines.join('').includes(secret));
    }, options);
});
