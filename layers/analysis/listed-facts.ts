import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import { identityText } from './texts/identity-text.ts';

/** A package as a document lists it: name and version not looked at yet, the rest small and checked. */
export interface Listed {
  readonly name: unknown;
  readonly version: unknown;
}

/** More packages of one document are not kept; the largest real ones list some thousands. */
const maxPackages = 50_000;

/**
 * A fact `NAME VERSION` for each package of a lock file or its kind, each once; the data is what is listed. Throws behind them
 * `input/too-large` when there are more than 50,000, and `image/corrupt` when some have no name or version that could be one.
 */
export function* listedFacts<T extends Listed>(listed: Iterable<T>): Iterable<Fact> {
  const seen = new Set<string>();
  let unread = 0;
  for (const one of listed) {
    const name = identityText(one.name);
    const version = identityText(one.version);
    const key = `${name} ${version}`;
    if (name === null || version === null) unread += 1;
    else if (!seen.has(key)) {
      if (seen.size === maxPackages)
        throw new Fault('input/too-large', `lists more than the ${maxPackages} packages kept`);
      seen.add(key);
      yield { key, data: { ...one, name, version } };
    }
  }
  if (unread > 0)
    throw new Fault('image/corrupt', `lists ${unread} packages without a name or version that can be read`);
}
