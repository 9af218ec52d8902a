import { Fault } from '#core/fault.ts';
import { acceptFeed } from '#feeds/consent-store.ts';
import { feeds } from '#feeds/feeds.ts';
import type { Values } from '../parse-options.ts';
import type { Io } from '../io.ts';
import type { OpenWorld } from '../open-world.ts';

/** Notes that the terms of a feed are accepted. */
export async function acceptTerms(
  io: Io,
  world: OpenWorld,
  _values: Values,
  [name = '']: readonly string[],
): Promise<void> {
  const withTerms = feeds.filter(({ licence }) => licence !== undefined);
  const feed = withTerms.find((one) => one.name === name.toLowerCase());
  if (feed === undefined) {
    const known = withTerms.map((one) => one.name).join(', ') || 'none';
    throw new Fault(
      'input/invalid',
      `feeds accept: '${name.slice(0, 100)}' is no feed with terms of its own; those are: ${known}`,
    );
  }
  await acceptFeed(world.sql, feed, world.clock.now());
  io.out.write(`${feed.name}: accepted ${feed.licence?.name} (${feed.licence?.url})\n`);
}
