import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addChannel, changeChannel, type GivenChannel } from '#notices/account-channels.ts';
import type { ChannelWorld } from '#notices/channel.ts';
import { type DeliverWorld, deliverNotices } from '#notices/deliver-notices.ts';
import { listDeliveries, sendAgain } from '#notices/delivery-store.ts';
import { addSubscription } from '#notices/subscription-store.ts';
import { silentLog } from '#core/log.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { tableQueues } from '#platform/local/table-queue.ts';
import { takeLease } from '#platform/lease.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { Sql } from '#platform/sql.ts';
import type { LogEvent } from '#schema/event-log.ts';
import { event as eventShape } from '#schema/events.ts';
import { inRollback } from '#test/support/database.ts';
import { httpServer } from '#test/support/http-server.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

const tag = 'quay.test/crew/app:v1';
const account = 'crew';
const minute = 60_000;

/** What a receiver was sent, and how it answers. */
interface Receiver {
  readonly url: string;
  readonly got: {
    readonly key: string;
    readonly n: number;
    readonly tries: number;
    readonly headers: Record<string, unknown>;
  }[];
  /** The answer to a request: status, and headers if any. */
  answer: (n: number, key: string) => readonly [number, Record<string, string>?];
}

interface Bench {
  readonly world: DeliverWorld & { readonly clock: TestClock };
  readonly sql: Sql;
  readonly receiver: Receiver;
  /** Raises the verdict of a tag as the n-th. */
  raise(n: number, more?: Partial<LogEvent>): Promise<void>;
  webhook(name: string, given?: GivenChannel): Promise<string>;
  /** Runs the step as messages on the queue ask for it, until none may be asked for any more at this time. */
  run(): Promise<number>;
  /** As time goes on, a minute at a time or more, with whatever messages come. */
  pass(minutes: number, step?: number): Promise<void>;
  states(): Promise<Record<string, number>>;
}

async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const got: Receiver['got'] = [];
  const receiver: { answer: Receiver['answer'] } = { answer: () => [200] };
  await using server = await httpServer((request, response) => {
    let text = '';
    request.on('data', (piece) => (text += piece));
    request.on('end', () => {
      const body = JSON.parse(text);
      const payload = body.data.notification_payload;
      const key = payload.subscription_key ?? payload.event.resource.id;
      const n = payload.n ?? payload.event.details.n;
      got.push({ key, n, tries: body.tries, headers: request.headers });
      const [status, headers = {}] = receiver.answer(n, key);
      response.writeHead(status, headers).end();
    });
  });
  await inRollback(async (sql) => {
    await sql.query(
      "insert into account (account, type, state, created_at, updated_at) values ('crew', 'user', 'enabled', 0, 0)",
    );
    const clock = testClock();
    const secrets = new Map<string, string>();
    const { queues } = tableQueues(sql, clock);
    const channels: ChannelWorld = {
      ...{ fetch: systemFetch(), clock, allowPrivate: true },
      mail: async () => ({ kind: 'sent' }),
      openTopic: () => assert.fail(),
    };
    const world = {
      ...{ sql, clock, queues, channels, log: silentLog, giveUpAfterMs: 24 * 60 * minute },
      secrets: {
        get: async (name: string) => secrets.get(name) ?? null,
        put: async (name: string, value: string) => void secrets.set(name, value),
        delete: async (name: string) => void secrets.delete(name),
        list: async () => [...secrets.keys()],
      },
    };
    const queue = queues('notice.raised');
    const run = async () => {
      for (let ran = 0; ; ran++) {
        const [message] = await queue.receive(1, 60);
        if (message === undefined) return ran;
        assert.ok(ran < 100, 'the step asks for itself again and again');
        const next = await deliverNotices(world, eventShape.parse(JSON.parse(message.body)) as never);
        await queue.send(next.map((one) => JSON.stringify(one)));
        await message.acknowledge();
      }
    };
    await work({
      ...{ world, sql, run },
      receiver: Object.assign(receiver, { url: server.url, got }),
      async raise(n, more = {}) {
        const subscription = { type: 'policy_eval', key: tag } as const;
        const of = { account, type: 'user.checks.tag.policy_evaluation.update', resource: tag } as const;
        await raiseEvents(sql, 'policy_engine', [
          { ...of, id: `e${n}`, details: { n }, subscription, at: clock.now(), ...more },
        ]);
        await queue.send([JSON.stringify({ kind: 'notice.raised', account })]);
      },
      async webhook(name, given = {}) {
        const settings = { url: server.url, ...given.settings };
        return (await addChannel(world, account, false, name, 'webhook', { ...given, settings })).channel.id;
      },
      async pass(minutes, step = 1) {
        for (let at = 0; at < minutes; at += step) {
          await clock.advance(step * minute);
          await run();
        }
      },
      async states() {
        const counts: Record<string, number> = {};
        const page = { state: null, channelId: null, before: null, limit: 500 };
        for (const { state } of await listDeliveries({ sql }, account, page)) counts[state] = (counts[state] ?? 0) + 1;
        return counts;
      },
    });
  });
}

const subscribe = (sql: Sql, active = true, key = tag) =>
  addSubscription({ sql }, account, { key, type: 'policy_eval', active }, 0);

test('a notice goes to every channel that takes its type, once, where the subscription of the tag is active', () =>
  withBench(async ({ sql, receiver, raise, webhook, run, states }) => {
    await webhook('all');
    await webhook('verdicts', { noticeTypes: ['policy_eval'] });
    await webhook('vulnerabilities', { noticeTypes: ['vuln_update'] });
    await webhook('off', { enabled: false });
    await raise(1);
    await run();
    assert.deepEqual(receiver.got, []);
    await subscribe(sql);
    await raise(2);
    await raise(2);
    await run();
    assert.deepEqual(
      receiver.got.map(({ n }) => n),
      [2, 2],
    );
    assert.deepEqual(await states(), { delivered: 2 });
    await run();
    assert.equal(receiver.got.length, 2);
  }));

test('an event that nobody has a subscription for is told where its level is wanted, errors alone unless it is said', () =>
  withBench(async ({ receiver, raise, webhook, run }) => {
    await webhook('errors');
    await webhook('all', { levels: ['info', 'error'] });
    await webhook('verdicts', { noticeTypes: ['policy_eval'], levels: ['info', 'error'] });
    const of = { type: 'system.feeds.sync.completed', resource: 'feeds', subscription: undefined } as never;
    await raise(1, of);
    await run();
    assert.deepEqual(
      receiver.got.map(({ n }) => n),
      [1],
    );
    await raise(2, { ...(of as object), type: 'system.feeds.sync.failed' } as never);
    await run();
    assert.deepEqual(
      receiver.got.map(({ n }) => n),
      [1, 2, 2],
    );
  }));

test('a webhook that is down for an hour gets everything afterwards, each subscription in its order', () =>
  withBench(async ({ sql, receiver, raise, webhook, run, pass, states }) => {
    await subscribe(sql);
    const other = 'quay.test/crew/other:v1';
    await subscribe(sql, true, other);
    await webhook('hook');
    receiver.answer = () => [503];
    const inOther = { resource: other, subscription: { type: 'policy_eval', key: other } } as const;
    for (let n = 1; n <= 30; n++) {
      await raise(n, n % 3 === 0 ? inOther : {});
      await run();
      await pass(2);
    }
    assert.deepEqual(await states(), { pending: 30 });
    const tried = receiver.got.length;
    assert.ok(tried < 60, `${tried} tries while it was down`);
    receiver.answer = () => [204];
    receiver.got.length = 0;
    await pass(80);
    const told = (key: string) => receiver.got.filter((one) => one.key === key).map(({ n }) => n);
    const all = Array.from({ length: 30 }, (_, at) => at + 1);
    assert.deepEqual(
      told(tag),
      all.filter((n) => n % 3 !== 0),
    );
    assert.deepEqual(
      told(other),
      all.filter((n) => n % 3 === 0),
    );
    assert.deepEqual(await states(), { delivered: 30 });
  }));

test('what is refused holds up its own subscription alone, is given up, seen, and sent again when somebody asks', () =>
  withBench(async ({ sql, world, receiver, raise, webhook, run, pass, states }) => {
    await subscribe(sql);
    const other = 'quay.test/crew/other:v1';
    await subscribe(sql, true, other);
    await webhook('hook');
    receiver.answer = (n) => [n === 1 ? 400 : 200];
    await raise(1);
    await raise(2);
    await raise(3, { resource: other, subscription: { type: 'policy_eval', key: other } });
    await run();
    assert.deepEqual(receiver.got.map(({ n }) => n).sort(), [1, 3]);
    await pass(180);
    assert.deepEqual(await states(), { dead: 1, delivered: 2 });
    assert.equal(receiver.got.filter(({ n }) => n === 1).length, 7);
    assert.equal(receiver.got.at(-1)!.n, 2);
    const [dead] = await listDeliveries({ sql }, account, { state: 'dead', channelId: null, before: null, limit: 9 });
    assert.match(dead!.lastError ?? '', /^127\.0\.0\.1:\d+ answered 400$/);
    receiver.answer = () => [200];
    assert.equal(await sendAgain({ sql }, account, dead!.id, world.clock.now()), true);
    await world.queues('notice.raised').send([JSON.stringify({ kind: 'notice.raised', account })]);
    await run();
    assert.deepEqual(await states(), { delivered: 3 });
  }));

test('what nobody takes for a day is given up', () =>
  withBench(async ({ sql, receiver, raise, webhook, run, pass, states }) => {
    await subscribe(sql);
    await webhook('hook');
    receiver.answer = () => [500];
    await raise(1);
    await raise(2);
    await run();
    await pass(24 * 60 - 120, 10);
    assert.deepEqual(await states(), { pending: 2 });
    await pass(240, 10);
    assert.deepEqual(await states(), { dead: 2 });
  }));

test('a receiver that asks to be left alone is', () =>
  withBench(async ({ sql, receiver, raise, webhook, run, pass }) => {
    await subscribe(sql);
    await webhook('hook');
    receiver.answer = () => [429, { 'retry-after': '3000' }];
    await raise(1);
    await run();
    receiver.answer = () => [200];
    await pass(49);
    assert.equal(receiver.got.length, 1);
    await pass(2);
    assert.equal(receiver.got.length, 2);
  }));

test('notices that nobody can take, four at a time, stand in the way of no others', () =>
  withBench(async ({ sql, receiver, raise, webhook, run, pass }) => {
    await webhook('hook');
    const of = (n: number) => {
      const key = `quay.test/crew/${n}:v1`;
      return { resource: key, subscription: { type: 'policy_eval', key } } as const;
    };
    receiver.answer = (n) => [n <= 6 ? 500 : 200];
    for (let n = 1; n <= 9; n++) {
      await subscribe(sql, true, of(n).resource);
      await raise(n, of(n));
    }
    await run();
    await pass(4);
    const arrived = () => new Set(receiver.got.map(({ n }) => n).filter((n) => n > 6)).size;
    assert.equal(arrived(), 3);
    await subscribe(sql, true, of(10).resource);
    await raise(10, of(10));
    await run();
    assert.equal(arrived(), 4);
  }));

test('a channel without its secrets waits for them, and has everything when they are given again', () =>
  withBench(async ({ sql, world, receiver, raise, webhook, run, states }) => {
    await subscribe(sql);
    const id = await webhook('hook');
    await world.secrets.delete(`channels/${id}`);
    await raise(1);
    await run();
    assert.deepEqual(await states(), { pending: 1 });
    await changeChannel(world, account, id, { settings: { url: receiver.url } });
    await world.queues('notice.raised').send([JSON.stringify({ kind: 'notice.raised', account })]);
    await run();
    assert.deepEqual(await states(), { delivered: 1 });
  }));

test('a message before its time asks nothing of the database, and waits a quarter of an hour at most', () =>
  withBench(async ({ world }) => {
    const sent: (readonly [readonly string[], number | undefined])[] = [];
    const asleep = { query: () => assert.fail('asked'), transaction: () => assert.fail('asked') };
    const queue = { ...world.queues('notice.raised'), send: async (...given: never) => void sent.push(given) };
    const notBefore = world.clock.now() + 3_600_000;
    const event = { kind: 'notice.raised', account, notBefore } as const;
    assert.deepEqual(await deliverNotices({ ...world, sql: asleep, queues: () => queue }, event), []);
    assert.deepEqual(sent, [[[JSON.stringify(event)], 900]]);
  }));

test('an account of which another process is telling is left to it, and looked at again', () =>
  withBench(async ({ sql, world, receiver, raise, webhook, run, pass }) => {
    await subscribe(sql);
    await webhook('hook');
    const lease = await takeLease(sql, world.clock, `notices/${account}`, 'another', 60 * minute);
    await raise(1);
    await run();
    assert.equal(receiver.got.length, 0);
    await lease!.release();
    await pass(5);
    assert.deepEqual(
      receiver.got.map(({ n }) => n),
      [1],
    );
  }));
