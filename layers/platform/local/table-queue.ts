import { randomUUID } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import type { Clock } from '../clock.ts';
import type { DeadLetter, Delivery, Queue, Queues } from '../queue.ts';
import type { Sql, SqlRow } from '../sql.ts';

/** The queues of one database and what only an embedded server may do with them. */
export interface TableQueues {
  readonly queues: Queues;
  /**
   * Makes every message in hand visible at once, attempts counted; how many. For a server that has just started and
   * knows that no other consumer of this database lives: they were in the hands of one that was killed.
   */
  recoverOwned(): Promise<number>;
}

/** Bytes of a body: what SQS took for most of its life, and takes of EventBridge. */
const largestBody = 256 * 1024;

/** Bytes of the bodies of one insert, well under a request of the sql port. */
const insertBytes = 1024 * 1024;

/** Characters of a body in one row of an answer: 4 bytes each stay under 64 KiB. Longer bodies are fetched in pieces. */
const pieceLength = 8_000;

/** Queues in the table `job`; a message that was delivered `maxAttempts` times without being acknowledged is dead. */
export function tableQueues(sql: Sql, clock: Clock, options: { readonly maxAttempts?: number } = {}): TableQueues {
  const maxAttempts = options.maxAttempts ?? 5;
  return {
    queues: (name) => tableQueue(sql, clock, name, maxAttempts),
    async recoverOwned() {
      const [row] = await sql.query<CountRow>(
        `with freed as (
           update job set visible_at = :now::bigint, receipt = null where receipt is not null and not dead returning 1)
         select count(*) as n from freed`,
        { now: clock.now() },
      );
      return row?.n ?? 0;
    },
  };
}

/**
 * A message's round comes after the last one of its group, and is not before the one that is served now: that of the first message that
 * waits, else of the last in hand. (Start-time fair queueing: https://ieeexplore.ieee.org/document/649569)
 */
const insertion = `with served as (
    select coalesce((
        select round from job where queue = :queue::text and not dead and receipt is null and visible_at <= :now::bigint
        order by round, job_id limit 1
      ), (select max(round) from job where queue = :queue::text and not dead and receipt is not null), 0) as round
  ), last as (
    select coalesce((
        select round from job where queue = :queue::text and group_name = :group::text and not dead order by round desc limit 1
      ), 0) as round
  )
  insert into job (queue, body, visible_at, created_at, group_name, round)
  select :queue::text, b.body, :visible::bigint, :now::bigint, :group::text, greatest(s.round - 1, l.round) + b.n
  from jsonb_array_elements_text(:bodies::jsonb) with ordinality as b (body, n), served s, last l order by b.n`;

interface CountRow extends SqlRow {
  readonly n: number;
}

interface BodyRow extends SqlRow {
  readonly id: number;
  readonly length: number;
  readonly piece: string;
  readonly attempts: number;
}

function tableQueue(sql: Sql, clock: Clock, name: string, maxAttempts: number): Queue {
  return {
    name,
    async send(bodies, delaySeconds = 0, group = '') {
      const now = clock.now();
      const batches = inBatches(name, bodies);
      const insert = (to: Sql, batch: readonly string[]) =>
        to.query(insertion, {
          ...{ queue: name, group, bodies: JSON.stringify(batch) },
          ...{ visible: now + delaySeconds * 1000, now },
        });
      if (batches.length === 1) await insert(sql, batches[0]!);
      else if (batches.length > 1) {
        await sql.transaction(async (tx) => {
          for (const batch of batches) await insert(tx, batch);
        });
      }
    },
    async receive(max, visibilitySeconds) {
      if (!Number.isInteger(max) || max < 1 || max > 10) {
        throw new Fault('input/invalid', `Queue ${name}: ${max} messages were asked for, 1 to 10 can be given at once`);
      }
      const now = clock.now();
      const receipt = randomUUID();
      const rows = await sql.query<BodyRow>(
        `with buried as (
           update job set dead = true, receipt = null where job_id in (
             select job_id from job
             where queue = :queue::text and not dead and visible_at <= :now::bigint and attempts >= :maxAttempts::int
               and attempts > 0
             for update skip locked)),
         ready as (
           select job_id from job
           where queue = :queue::text and not dead and visible_at <= :now::bigint and attempts < :maxAttempts::int
           order by round, job_id limit :max::int for update skip locked)
         update job set attempts = attempts + 1, receipt = :receipt::text, reason = null, visible_at = :until::bigint
         from ready where job.job_id = ready.job_id
         returning job.job_id as id, length(body) as length, left(body, :piece::int) as piece, attempts`,
        { queue: name, now, maxAttempts, max, receipt, until: now + visibilitySeconds * 1000, piece: pieceLength },
      );
      const deliveries: Delivery[] = [];
      for (const row of rows)
        deliveries.push(delivery(sql, clock, row, await wholeBody(sql, row), receipt, maxAttempts));
      return deliveries;
    },
    async dead() {
      const letters: DeadLetter[] = [];
      for (let after = 0; letters.length < 100; ) {
        const rows = await sql.query<BodyRow & { readonly reason: string | null }>(
          `select job_id as id, length(body) as length, left(body, :piece::int) as piece, attempts, reason from job
           where queue = :queue::text and dead and job_id > :after::bigint order by job_id limit 10`,
          { queue: name, after, piece: pieceLength },
        );
        for (const row of rows) {
          letters.push({
            id: String(row.id),
            body: await wholeBody(sql, row),
            attempts: row.attempts,
            reason: row.reason,
          });
        }
        if (rows.length < 10) break;
        after = rows.at(-1)!.id;
      }
      return letters;
    },
    async redrive() {
      const [row] = await sql.query<CountRow>(
        `with back as (
           update job set dead = false, attempts = 0, reason = null, receipt = null, visible_at = :now::bigint
           where queue = :queue::text and dead returning 1)
         select count(*) as n from back`,
        { queue: name, now: clock.now() },
      );
      return row?.n ?? 0;
    },
    async depth() {
      const [row] = await sql.query<SqlRow & { waiting: number; in_hand: number; dead: number }>(
        `select count(*) filter (where not dead and (receipt is null or visible_at <= :now::bigint)) as waiting,
           count(*) filter (where not dead and receipt is not null and visible_at > :now::bigint) as in_hand,
           count(*) filter (where dead) as dead
         from job where queue = :queue::text`,
        { queue: name, now: clock.now() },
      );
      return { waiting: row?.waiting ?? 0, inHand: row?.in_hand ?? 0, dead: row?.dead ?? 0 };
    },
  };
}

/** Every change asks for the receipt: a receiver that is late finds that its message is somebody else's, and changes nothing. */
function delivery(sql: Sql, clock: Clock, row: BodyRow, body: string, receipt: string, maxAttempts: number): Delivery {
  const { id } = row;
  return {
    id: String(id),
    body,
    attempt: row.attempts,
    async acknowledge() {
      await sql.query('delete from job where job_id = :id::bigint and receipt = :receipt::text', { id, receipt });
    },
    async release(delaySeconds, reason) {
      await sql.query(
        `update job set receipt = null, visible_at = :visible::bigint, reason = left(:reason::text, 1000),
           dead = attempts >= :maxAttempts::int
         where job_id = :id::bigint and receipt = :receipt::text`,
        { id, receipt, reason: reason.replaceAll('\0', ''), maxAttempts, visible: clock.now() + delaySeconds * 1000 },
      );
    },
    async extend(seconds) {
      await sql.query(
        'update job set visible_at = :visible::bigint where job_id = :id::bigint and receipt = :receipt::text',
        { id, receipt, visible: clock.now() + seconds * 1000 },
      );
    },
  };
}

async function wholeBody(sql: Sql, row: BodyRow): Promise<string> {
  let body = row.piece;
  for (let from = pieceLength; from < row.length; from += pieceLength) {
    const [next] = await sql.query<SqlRow & { piece: string }>(
      'select substr(body, :from::int, :piece::int) as piece from job where job_id = :id::bigint',
      { id: row.id, from: from + 1, piece: pieceLength },
    );
    body += next?.piece ?? '';
  }
  return body;
}

function inBatches(queue: string, bodies: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    if (size > largestBody) {
      throw new Fault(
        'input/too-large',
        `Queue ${queue}: a message has ${size} bytes, 256 KiB are allowed; put the document into a blob`,
      );
    }
    if (body.includes('\0'))
      throw new Fault('input/invalid', `Queue ${queue}: a message holds a NUL character, which JSON does not`);
    if (bytes + size > insertBytes) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)!.push(body);
    bytes += size;
  }
  return batches;
}
