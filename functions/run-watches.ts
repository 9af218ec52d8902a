import { lookAtRepository } from '#catalog/look-at-repository.ts';
import { lookAtTag } from '#catalog/look-at-tag.ts';
import { endRest, forgetRests, restRegistry } from '#catalog/registry-rest-store.ts';
import { type Seen, type Watch, watchName } from '#catalog/watch.ts';
import { openWatches, putOffResting, settleWatch, takeWatches } from '#catalog/watch-store.ts';
import { Fault } from '#core/fault.ts';
import { repositorySettings, repositoryValue } from '#notices/repository-value.ts';
import { replaceValue } from '#notices/subscription-store.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { RegistryClient } from '#registry/client/registry-client.ts';
import type { RegistryAccess } from '#registry/logins/registry-access.ts';
import type { Event } from '#schema/events.ts';

/** How watched tags and repositories are looked at. */
export interface WatchSettings {
  /** Milliseconds from one look to the next; null: only one look, when a watch is switched on. */
  readonly everyMs: number | null;
  /** Registries that tell of pushes and deletions by events: a tag there is looked at once, a repository once a day. */
  readonly telling: readonly string[];
}

export type WatchWorld = Pick<Platform, 'sql' | 'queues' | 'clock' | 'log'> & {
  readonly registries: Pick<RegistryAccess, 'clientOf'>;
  readonly watching: WatchSettings;
};

/** Milliseconds: nothing more is begun in a run; what a look may take before somebody else may have it. */
const [runMs, takenMs] = [6 * 60_000, 20 * 60_000];

/** Looks under way at once, whatever registries they ask. */
const lanes = 4;

/** Watches that a lane takes together. */
const takenAtOnce = 10;

/** Milliseconds: repositories of telling registries; the longest pause of a watch that fails, and the first where there is no other. */
const [tellingMs, longestPauseMs, retryMs] = [20 * 3_600_000, 6 * 3_600_000, 10 * 60_000];

/**
 * Looks at every watched tag and repository whose turn it is, for six minutes at most; the events that follow, among them `watch.due` where
 * some are left. Several may run at once and share the work; one that dies gives back what it had. A watch that fails has
 * its next turn later each time, a registry that cannot be reached or wants to rest is left alone with all that is watched there, and
 * either is told as an event when it begins. Throws what the database throws.
 */
export async function runWatches(world: WatchWorld): Promise<readonly Event[]> {
  const { clock } = world;
  const begun = clock.now();
  await openWatches(world, begun);
  await forgetRests(world, begun);
  await putOffResting(world, begun);
  const run: Run = {
    isOver: () => clock.now() - begun > runMs,
    clients: new Map(),
    resting: new Map(),
    raised: new Set(),
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, () => lane(world, run)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const left: readonly Event[] = run.isOver() ? [{ kind: 'watch.due' }] : [];
  return [...[...run.raised].map((account): Event => ({ kind: 'notice.raised', account })), ...left];
}

/** What the lanes of a run share. */
interface Run {
  readonly isOver: () => boolean;
  /** By account and repository, so that one login serves all its tags. */
  readonly clients: Map<string, Promise<RegistryClient>>;
  /** Until when, by account and registry. */
  readonly resting: Map<string, number>;
  /** Accounts in which something was raised. */
  readonly raised: Set<string>;
}

async function lane(world: WatchWorld, run: Run): Promise<void> {
  while (!run.isOver()) {
    const now = world.clock.now();
    const taken = await takeWatches(world, now, now + takenMs, takenAtOnce);
    if (taken.length === 0) return;
    for (const watch of taken) await lookAt(world, run, watch);
  }
}

async function lookAt(world: WatchWorld, run: Run, watch: Watch): Promise<void> {
  const { account, registry } = watch;
  const now = world.clock.now();
  const rest = run.resting.get(`${account} ${registry}`) ?? 0;
  // It comes again as it went: nothing was asked.
  if (rest > now || run.isOver()) {
    await settleWatch(world, watch, { ...watch, dueAt: Math.max(rest, now) });
    return;
  }
  const looked = await look(world, ask(world, run, watch));
  if (looked instanceof Fault) {
    if (looked.code.startsWith('sql/')) throw looked;
    return await settleFailed(world, run, watch, looked);
  }
  const { value, ...seen } = looked;
  const settled = { ...seen, dueAt: nextTurn(world, watch), failure: null, failures: 0 };
  await world.sql.transaction(async (sql) => {
    if (!(await settleWatch({ sql }, watch, settled))) return;
    if (value !== null && value !== watch.value) await replaceValue({ sql }, watch.id, watch.value, value, now);
    if (watch.failure !== null) await endRest({ sql }, account, registry, now);
  });
}

/** What a look found; `value` is what the subscription then says, null for what it says already. */
type Looked = Seen & { readonly value: string | null };

/** Sends what is found as it is found. A fault of the look is given, one of the queues is thrown: it says nothing of the registry. */
async function look(world: WatchWorld, steps: AsyncGenerator<readonly Event[], Looked>): Promise<Looked | Fault> {
  for (;;) {
    const step = await steps.next().catch((thrown: unknown) => Fault.from(thrown));
    if (step instanceof Fault) return step;
    if (step.done === true) return step.value;
    await sendEvents(world.queues, step.value);
  }
}

/** Asks the registry. */
async function* ask(world: WatchWorld, run: Run, watch: Watch): AsyncGenerator<readonly Event[], Looked> {
  const client = await clientOf(world, run, watch);
  const { tag } = watch;
  if (tag !== null) return { ...(yield* lookAtTag(world, client, { ...watch, tag })), value: null };
  const settings = repositorySettings(watch.value);
  const { tags, ...seen } = yield* lookAtRepository(world, client, watch, settings.autosubscribe);
  return { ...seen, value: tags === null ? null : repositoryValue(settings, tags) };
}

/** Asked once, and not again and again while a registry is busy: the watch has another turn. */
const manners = { attempts: 1, patienceMs: 15_000 } as const;

/** Clients that are kept: a run may see many repositories. */
const mostClients = 200;

function clientOf(world: WatchWorld, { clients }: Run, watch: Watch): Promise<RegistryClient> {
  const { account, registry, repository } = watch;
  const key = `${account} ${registry}/${repository}`;
  const known = clients.get(key);
  if (known !== undefined) return known;
  if (clients.size === mostClients) clients.clear();
  const made = world.registries.clientOf(account, registry, repository, manners);
  clients.set(key, made);
  return made;
}

/** A little early and each at another moment, so that whoever comes by the clock finds all of them due, and registries not all at once. */
function nextTurn({ clock, watching: { everyMs, telling } }: WatchWorld, watch: Watch): number | null {
  if (telling.includes(watch.registry)) return watch.tag === null ? clock.now() + tellingMs : null;
  return everyMs === null ? null : clock.now() + Math.round(everyMs * spread(clock.now(), watch));
}

/** From 0.75 to 0.9: schedules of EventBridge come up to five minutes early. */
function spread(now: number, { id }: Watch): number {
  return 0.75 + (((Number.parseInt(id.slice(0, 8), 16) || 0) + now) % 1000) * 0.000_15;
}

/**
 * Puts a watch that failed back, and tells the fault where it is new: to the watch, or to the registry where it is the registry that cannot
 * be asked, which then rests. All of it or nothing.
 */
async function settleFailed(world: WatchWorld, run: Run, watch: Watch, fault: Fault): Promise<void> {
  const { id, account, registry, seen, comparedAt } = watch;
  const { code, message, detail } = fault;
  const now = world.clock.now();
  world.log.info('watch failed', { account, watch: watchName(watch), code, message });
  // Nothing can be said of a registry that was not asked.
  if (code === 'network/offline') return void (await settleWatch(world, watch, { ...watch, dueAt: now + retryMs }));
  const state = { seen, comparedAt, failure: code, failures: watch.failures + 1 };
  await world.sql.transaction(async (sql) => {
    const rest = isRegistrys(fault) ? await restRegistry({ sql }, account, registry, now, restAsked(detail)) : null;
    if (rest !== null) run.resting.set(`${account} ${registry}`, rest.until);
    const dueAt = rest?.until ?? now + pause(world, watch, state.failures);
    const isOurs = await settleWatch({ sql }, watch, { ...state, dueAt });
    if (rest !== null) await putOffResting({ sql }, now);
    if (!isOurs || !(rest?.began ?? watch.failure !== code)) return;
    const type =
      watch.tag === null ? 'system.repository.list_tags_fail' : 'system.image_analysis.registry_lookup_failed';
    const about = { account, type, resource: watchName(watch), message, details: { msg: message, code } } as const;
    await raiseEvents(sql, 'catalog', [{ ...about, id: `${id} ${watch.takenUntil}`, at: now }]);
    run.raised.add(account);
  });
}

/** Whether it is the registry that cannot be asked now, whatever the question. */
function isRegistrys({ code, detail }: Fault): boolean {
  const status = Number(detail['status']);
  return code === 'network/unreachable' || (code === 'registry/failed' && (status === 429 || status >= 500));
}

function restAsked({ restMs }: Fault['detail']): number | null {
  return typeof restMs === 'number' ? restMs : null;
}

/** Milliseconds, twice as many with each failure. */
function pause({ clock, watching }: WatchWorld, watch: Watch, failures: number): number {
  const usual = (watching.everyMs ?? retryMs) * 2 ** Math.min(failures, 20);
  return Math.round(Math.min(usual, longestPauseMs) * spread(clock.now(), watch));
}
