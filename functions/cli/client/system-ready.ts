import { Fault } from '#core/fault.ts';
import type { Call } from './leaf.ts';
import { type Item, itemsOf, listAt, textAt } from './shown.ts';
import { valueAt } from './value-at.ts';
import { type Look, waitFor } from './wait-for.ts';

const usualServices = 'catalog,apiext,policy_engine,simplequeue,analyzer';

/**
 * Waits for a server as the original's client does: until it answers; until one of each service is up, and one of each that
 * it names beside them; until all groups of the feeds that are switched on were loaded once. Answers the last document read.
 */
export async function systemReady(call: Call): Promise<unknown> {
  const { given, clock } = call;
  const began = clock.now();
  await waitFor(call, 'the server', () => reached(call), began);
  const services = names(given.text('servicesready') ?? usualServices);
  const system = await waitFor(call, 'the services', () => servicesUp(call, services), began);
  const feeds = names(given.text('feedsready') ?? 'vulnerabilities');
  return feeds.length === 0 ? system : await waitFor(call, 'the feeds', () => feedsLoaded(call, feeds), began);
}

function names(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

async function reached({ api }: Call): Promise<Look<unknown>> {
  return await trying(async () => ({ kind: 'done', value: await api.ask('GET', [], { attempts: 1 }) }));
}

async function servicesUp({ api }: Call, wanted: readonly string[]): Promise<Look<unknown>> {
  return await trying(async () => {
    const value = await api.ask('GET', ['system'], { attempts: 1 });
    const up = new Map(wanted.map((name) => [name, false]));
    for (const service of itemsOf(value).flatMap((answer) => listAt(answer, 'service_states'))) {
      const name = textAt(service, 'servicename');
      if (name !== '') up.set(name, up.get(name) === true || valueAt(service, 'service_detail.up') === true);
    }
    const down = [...up].filter(([, isUp]) => !isUp).map(([name]) => name);
    return down.length === 0 ? { kind: 'done', value } : { kind: 'waiting', for: `not up: ${down.join(', ')}` };
  });
}

async function feedsLoaded({ api }: Call, wanted: readonly string[]): Promise<Look<unknown>> {
  return await trying(async () => {
    const value = await api.ask('GET', ['system', 'feeds'], { attempts: 1 });
    const feeds = itemsOf(value).filter((feed) => wanted.includes(textAt(feed, 'name')));
    const off = feeds.find((feed) => !feed['enabled']);
    if (off !== undefined)
      throw new Fault(
        'input/invalid',
        `the feed ${textAt(off, 'name')} is switched off, so it will not be loaded; leave it out of --feedsready`,
      );
    const missing = wanted.filter((name) => !feeds.some((feed) => textAt(feed, 'name') === name && isLoaded(feed)));
    return missing.length === 0
      ? { kind: 'done', value }
      : { kind: 'waiting', for: `not loaded: ${missing.join(', ')}` };
  });
}

function isLoaded(feed: Item): boolean {
  const groups = listAt(feed, 'groups');
  const loaded = groups.every((group) => textAt(group, 'last_sync') !== '' || !group['enabled']);
  return textAt(feed, 'last_full_sync') !== '' && groups.length > 0 && loaded;
}

/** A server that fails, or is not there yet, is waited for; one that does not know who asks will not learn it. */
async function trying<T>(look: () => Promise<Look<T>>): Promise<Look<T>> {
  try {
    return await look();
  } catch (thrown) {
    const fault = Fault.from(thrown);
    const status = fault.detail['httpcode'];
    const passing =
      fault.code === 'network/unreachable' || (typeof status === 'number' && status !== 401 && status !== 403);
    if (!passing) throw fault;
    return { kind: 'waiting', for: fault.message };
  }
}
