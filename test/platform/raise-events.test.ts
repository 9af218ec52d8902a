import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { fitEvent, readWholeDetails, toldAnnotations } from '#platform/event-details.ts';
import { detailsLimit, eventId, raiseEvents } from '#platform/raise-events.ts';
import type { Sql } from '#platform/sql.ts';
import type { LogEvent } from '#schema/event-log.ts';
import { memoryBlobs } from '#test/policy/memory-blobs.ts';
import { inRollback } from '#test/support/database.ts';
import { eventsOf } from '#test/support/event-log.ts';

const type = 'user.checks.tag.vulnerabilities.update';

function eventOf(resource: string, more: Partial<LogEvent> = {}): LogEvent {
  return { id: 'once', account: 'crew', type, resource, details: {}, at: 1, ...more };
}

function withCrew(work: (sql: Sql) => Promise<void>): Promise<void> {
  return inRollback(async (sql) => {
    await addAccount({ sql }, { name: 'crew', type: 'user', user: 'captain', password: 'x' }, 1);
    await work(sql);
  });
}

test('events are written in their order, and what was said before adds nothing', () =>
  withCrew(async (sql) => {
    const names = Array.from({ length: 120 }, (_, n) => `r/app:${n}`).reverse();
    for (const _ of [1, 2])
      await raiseEvents(
        sql,
        'catalog',
        names.map((name) => eventOf(name)),
      );
    await raiseEvents(sql, 'catalog', [eventOf(names[0]!, { id: 'again' })]);
    assert.deepEqual(
      (await eventsOf(sql, 'crew')).map(({ resource }) => resource),
      [...names, names[0]],
    );
  }));

test('an event of an account that is gone is not kept', () =>
  withCrew(async (sql) => {
    await raiseEvents(sql, 'catalog', [eventOf('a', { account: 'nobody' }), eventOf('b')]);
    assert.deepEqual(
      (await eventsOf(sql, 'crew')).map(({ resource }) => resource),
      ['b'],
    );
    assert.deepEqual(await eventsOf(sql, 'nobody'), []);
  }));

test('an event is not kept when the change that it tells of is not', () =>
  withCrew(async (sql) => {
    const changing = sql.transaction(async (tx) => {
      await raiseEvents(tx, 'catalog', [eventOf('a')]);
      throw new Error('the change failed');
    });
    await assert.rejects(changing, /the change failed/);
    assert.deepEqual(await eventsOf(sql, 'crew'), []);
  }));

test('details that no row holds are refused, or fitted: the first of each list stay, all of them lie beside', () =>
  withCrew(async (sql) => {
    const blobs = memoryBlobs();
    const items = (word: string, count: number) =>
      Array.from({ length: count }, (_, n) => `${word} ${n} ${'€'.repeat(50)}`);
    const lists = { added: items('added', 2000), updated: [], removed: items('removed', 3) };
    const large = eventOf('r/app:1', { details: { imageDigest: 'd', diff: lists } });
    await assert.rejects(raiseEvents(sql, 'catalog', [large]), { code: 'input/too-large' });
    const fit = await fitEvent(blobs, large, 'diff');
    assert.ok(Buffer.byteLength(JSON.stringify(fit.details)) <= detailsLimit);
    await raiseEvents(sql, 'catalog', [fit]);
    const { diff, ...details } = (await eventsOf(sql, 'crew'))[0]!.details;
    assert.deepEqual(details, {
      imageDigest: 'd',
      counts: { added: 2000, updated: 0, removed: 3 },
      details_complete: false,
    });
    assert.deepEqual(diff.added, lists.added.slice(0, diff.added.length));
    assert.ok(diff.added.length > 20);
    assert.deepEqual(diff.removed, lists.removed);
    const whole = (await readWholeDetails(blobs, eventId(large))) as { diff: typeof lists };
    assert.deepEqual(whole.diff, lists);
    const small = await fitEvent(blobs, eventOf('r/app:2', { details: { diff: { added: ['one'] } } }), 'diff');
    assert.deepEqual(small.details, { diff: { added: ['one'] }, counts: { added: 1 }, details_complete: true });
    assert.equal(await readWholeDetails(blobs, eventId(small)), null, 'nothing lies beside what fits');
  }));

test('annotations are told as far as they fit', () => {
  assert.deepEqual(toldAnnotations({ a: 'b' }), { a: 'b' });
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`key ${n}`, '€'.repeat(100)]));
  const told = toldAnnotations(many);
  assert.ok(Buffer.byteLength(JSON.stringify(told)) <= 9000);
  assert.deepEqual(told, Object.fromEntries(Object.entries(many).slice(0, Object.keys(told).length)));
  assert.deepEqual(toldAnnotations({ one: 'x'.repeat(16_000) }), {});
});
