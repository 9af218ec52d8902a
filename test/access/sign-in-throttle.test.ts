import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticator } from '#access/authenticate.ts';
import { beginTry, networkOf } from '#access/sign-in-throttle.ts';
import { Fault } from '#core/fault.ts';
import { type AccessWorld, basic, from, withAccounts } from './access-world.ts';

/** Fails to sign in; the seconds to wait when it was not even tried. */
async function fail(world: AccessWorld, user: string, address: string): Promise<number> {
  try {
    await (await beginTry(world, user, address)).failed();
    return 0;
  } catch (thrown) {
    assert.ok(thrown instanceof Fault && thrown.code === 'auth/throttled');
    return Number(thrown.detail['retry_after']);
  }
}

test('after five failures of a user at an address the wait doubles, to a quarter of an hour', async () => {
  await withAccounts(async (world) => {
    const waits: number[] = [];
    for (let tries = 0; tries < 16; ) {
      const seconds = await fail(world, 'ann', '192.0.2.1');
      if (seconds === 0) tries++;
      else {
        waits.push(seconds);
        await world.clock.advance(seconds * 1000);
      }
    }
    // One failure is forgotten in ten minutes, so the last wait is not longer than the one before.
    assert.deepEqual(waits.slice(0, 9), [1, 2, 4, 8, 16, 32, 64, 128, 256]);
    for (let at = 0; at < 60; at++) {
      const seconds = await fail(world, 'ann', '192.0.2.1');
      assert.ok(seconds <= 900, `${seconds} s`);
      await world.clock.advance(seconds * 1000);
    }
  });
});

test('who guesses from one address keeps nobody out at another, and the right password forgets what failed', async () => {
  await withAccounts(async (world) => {
    const { authenticate } = authenticator(world);
    const wrong = (address: string) => authenticate(from(basic('admin', `not it ${address}`), address), null);
    for (let at = 0; at < 5; at++) await assert.rejects(wrong('192.0.2.1'), { code: 'auth/required' });
    await assert.rejects(wrong('192.0.2.1'), { code: 'auth/required' });
    const right = (address: string) => authenticate(from(basic('admin', 'sesame-admin'), address), null);
    await assert.rejects(right('192.0.2.1'), { code: 'auth/throttled', detail: { retry_after: 1 } });
    assert.equal((await right('192.0.2.2')).user, 'admin');
    // The process knows the password by now, and a known one is no guess.
    assert.equal((await right('192.0.2.1')).user, 'admin');
    const other = authenticator(world);
    await world.clock.advance(1000);
    assert.equal((await other.authenticate(from(basic('admin', 'sesame-admin'), '192.0.2.1'), null)).user, 'admin');
    for (let at = 0; at < 5; at++) assert.equal(await fail(world, 'admin', '192.0.2.1'), 0);
  });
});

test('an address that tries many names waits, whether or not there are such users', async () => {
  await withAccounts(async (world) => {
    for (let at = 0; at < 50; at++) assert.equal(await fail(world, `user-${at}`, '192.0.2.1'), 0);
    assert.equal(await fail(world, 'next', '192.0.2.1'), 0, 'the first that waits is let in');
    assert.equal(await fail(world, 'another', '192.0.2.1'), 1);
    assert.equal(await fail(world, 'another', '192.0.2.2'), 0);
    await world.clock.advance(60_000 * 60);
    assert.equal(await fail(world, 'another', '192.0.2.1'), 0);
    assert.equal(await fail(world, 'another', '192.0.2.1'), 0, 'after an hour it is as new');
  });
});

test('when guesses come at once, only one gets through where too many have failed', async () => {
  await withAccounts(async (world) => {
    for (let at = 0; at < 5; at++) await fail(world, 'ann', '192.0.2.1');
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => fail(world, 'ann', '192.0.2.1')));
    assert.equal(outcomes.filter((seconds) => seconds === 0).length, 1);
  });
});

test('failures take no more rows than there are slots, and a new key takes the slot of an old one', async () => {
  await withAccounts(async (world) => {
    await fail(world, 'ann', '192.0.2.1');
    await world.sql.query(`update sign_in_try set key = 'of another', tries = 25, next_at = :far::bigint`, {
      far: world.clock.now() + 900_000,
    });
    for (let at = 0; at < 5; at++) assert.equal(await fail(world, 'ann', '192.0.2.1'), 0);
    const rows = await world.sql.query('select slot, tries from sign_in_try order by slot');
    assert.deepEqual(
      rows.map(({ slot, tries }) => [Number(slot) < 65_536, tries]),
      [
        [true, 5],
        [false, 5],
      ],
    );
  });
});

test('an IPv6 address counts as its network of 64 bits', () => {
  const networks: readonly [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:02::6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['', 'unknown'],
    ['a.b', 'unknown'],
  ];
  for (const [address, network] of networks) assert.equal(networkOf(address), network, address);
});
