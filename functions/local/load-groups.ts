import { Fault } from '#core/fault.ts';
import type { AskForGroup } from '#feeds/ask-for-groups.ts';
import type { FeedGroup } from '#feeds/feed-group.ts';
import { refreshGroups, type RefreshWorld } from '../refresh-feeds.ts';

/** Loads groups while everything else goes on. */
export interface GroupLoader extends AsyncDisposable {
  /** Puts a group at the end of those to be loaded, where it is not among them. */
  readonly ask: AskForGroup;
}

/** How long the end waits for a load, in milliseconds. What is left then is loaded after the next start. */
const patienceMs = 5000;

/** Groups are loaded one after the other, and the images judged without them are judged anew. One that fails is a log line. */
export function loadGroups(world: RefreshWorld): GroupLoader {
  const asked = new Set<string>();
  let running = Promise.resolve();
  let over = false;
  const load = async (name: string, one: FeedGroup) => {
    try {
      if (!over) await refreshGroups(world, [one]);
    } catch (thrown) {
      world.log.error('feed group not loaded', { group: one.group, message: Fault.from(thrown).message });
    } finally {
      asked.delete(name);
    }
  };
  return {
    async ask(one) {
      const name = `${one.feed.name} ${one.group}`;
      if (over || asked.has(name)) return;
      asked.add(name);
      running = running.then(() => load(name, one));
    },
    async [Symbol.asyncDispose]() {
      over = true;
      const ended = new AbortController();
      await Promise.race([running, world.clock.sleep(patienceMs, ended.signal)]);
      ended.abort();
    },
  };
}
