import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endLeases, takeLease } from '#platform/lease.ts';
import { testDatabases } from '#test/support/platform-databases.ts';
import { testClock } from '#test/support/test-clock.ts';

for (const { name, skip, open } of testDatabases) {
  describe(`leases on ${name}`, { skip }, () => {
    test('a lease is with one holder until it is given back or its time is over', async () => {
      await using sql = await open();
      const clock = testClock();
      const take = (holder = 'me') => takeLease(sql, clock, 'feed x', holder, 60_000);
      {
        await using lease = (await take())!;
        assert.equal(lease.name, 'feed x');
        assert.equal(await take('other'), null);
        assert.equal(await take(), null, 'the same holder asking twice does not share it');
        assert.notEqual(await takeLease(sql, clock, 'feed y', 'me', 1000), null);
      }
      const second = (await take('other'))!;
      await clock.advance(59_999);
      assert.equal(await take(), null);
      assert.equal(await second.renew(), true);
      await clock.advance(59_999);
      assert.equal(await take(), null);
      await clock.advance(1);
      const third = (await take())!;
      assert.equal(await second.renew(), false);
      await second.release();
      assert.equal(await take(), null, 'who lost it cannot give it back');
      await third.release();
      await endLeases(sql);
    });

    test('of many that ask at once exactly one gets it', async () => {
      await using sql = await open();
      const clock = testClock();
      const ask = () => Promise.all(Array.from({ length: 10 }, (_, i) => takeLease(sql, clock, 'a', `${i}`, 1000)));
      assert.equal((await ask()).filter((lease) => lease !== null).length, 1);
      await clock.advance(1000);
      assert.equal((await ask()).filter((lease) => lease !== null).length, 1);
      await endLeases(sql);
      assert.notEqual(await takeLease(sql, clock, 'a', 'x', 1000), null);
      await endLeases(sql);
    });
  });
}
