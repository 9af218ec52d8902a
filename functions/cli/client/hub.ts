import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { discard, readText, send } from '#platform/send.ts';
import { type Item, itemsOf, listAt, textAt } from './shown.ts';

/** Policy bundles that somebody publishes: an index and a file each. Nobody signs in to it. */
export interface Hub {
  index(): Promise<Item>;
  /** The bundle of a name in the index. Throws `state/not-found` when there is none. */
  bundle(name: string): Promise<Item>;
}

const largest = 16 * 2 ** 20;

/** The hub at an address. */
export function hubAt(world: Pick<Platform, 'fetch' | 'clock'>, address: string): Hub {
  const base = address.replace(/\/+$/, '');
  const read = async (url: string): Promise<Item> => {
    const response = await send(world, url, {}, { attempts: 3 });
    if (response.status !== 200) {
      await discard(response);
      throw new Fault('network/unreachable', `${url} was answered with status ${response.status}`);
    }
    const [item] = itemsOf(parsed(await readText(response, largest), url));
    if (item === undefined) throw new Fault('input/invalid', `${url} is no JSON object`);
    return item;
  };
  const index = () => read(`${base}/index.json`);
  return {
    index,
    async bundle(name) {
      const found = listAt(await index(), 'content').find((one) => one['type'] === 'bundle' && one['name'] === name);
      const location = textAt(found, 'location');
      if (location === '') throw new Fault('state/not-found', `the hub ${base} has no bundle '${name.slice(0, 100)}'`);
      return await read(`${base}/${location.replace(/^\/+/, '')}`);
    },
  };
}

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('input/invalid', `${url} is no JSON`, { cause });
  }
}
