import type { Facts, Gate, Match, Trigger } from './gate.ts';
import { string } from './parameter-types.ts';
import { pythonList } from './python-text.ts';

/** What the gates of two registries have in their own words; names and messages are the original's. */
export interface PublishedWords {
  readonly gate: string;
  readonly type: 'npm' | 'gem';
  readonly triggers: {
    readonly newer: string;
    readonly unknown: string;
    readonly version: string;
    readonly blacklist: string;
  };
  /** `NPM`, `GEM`: stands before what is told, and for the registry. */
  readonly upper: string;
  /** Before `Package (x) version (y) installed but is not the latest version`. */
  readonly newerPrefix: string;
  /** `NPM`, `Gem`. */
  readonly word: string;
}

/** The gate of packages of a registry: whether they are published there, and in the newest version. */
export function publishedGate(words: PublishedWords): Gate {
  return {
    name: words.gate,
    description: `Checks packages of ${words.word} against what their registry has published, and against a list.`,
    triggers: [newer(words), unknown(words), version(words), blacklist(words), unavailable(words)],
  };
}

function newer({ type, word, triggers, newerPrefix }: PublishedWords): Trigger {
  return {
    name: triggers.newer,
    description: `Fires for each ${word} package that is not the latest version.`,
    parameters: {},
    *fires(facts) {
      for (const { name, versions, published } of knownPackages(facts, type))
        for (const installed of versions)
          if (installed !== published.latest)
            yield reason(
              `${newerPrefix}Package (${name}) version (${installed}) installed but is not the latest version (${published.latest})`,
            );
    },
  };
}

/** As the original: when none of the names is known there is no data, rather than nothing but strangers. */
function unknown({ type, word, triggers, upper }: PublishedWords): Trigger {
  return {
    name: triggers.unknown,
    description: `Fires for each ${word} package whose name the registry does not know.`,
    parameters: {},
    *fires(facts) {
      const known = new Set([...knownPackages(facts, type)].map(({ name }) => name));
      if (known.size === 0) return;
      for (const name of installedOf(facts, type).keys())
        if (!known.has(name))
          yield reason(`${upper}NOTOFFICIAL Package (${name}) in container but not in official ${upper} feed.`);
    },
  };
}

function version({ type, word, triggers, upper }: PublishedWords): Trigger {
  return {
    name: triggers.version,
    description: `Fires for each ${word} package in a version that the registry does not have.`,
    parameters: {},
    *fires(facts) {
      for (const { name, versions, published } of knownPackages(facts, type))
        for (const installed of new Set(versions))
          if (!published.versions.includes(installed))
            yield reason(
              `${upper}BADVERSION Package (${name}) version (${installed}) installed but version is not in the official feed for this package (${pythonList(published.versions)})`,
            );
    },
  };
}

function blacklist({ type, word, triggers }: PublishedWords): Trigger {
  return {
    name: triggers.blacklist,
    description: `Fires when a ${word} package of this name, or of this name and version, is in the image.`,
    parameters: {
      name: { type: string, description: 'Name of the package.', example: 'time_diff', required: true },
      version: { type: string, description: 'Only this version of it.', example: '0.2.9' },
    },
    *fires(facts, parameters) {
      const { name, version: wanted } = parameters as { name: string; version: string | null };
      const versions = installedOf(facts, type).get(name);
      if (versions === undefined || (wanted !== null && !versions.includes(wanted))) return;
      yield reason(`${word} Package is blacklisted: ${name}${wanted === null ? '' : `-${wanted}`}`);
    },
  };
}

function unavailable({ type, word }: PublishedWords): Trigger {
  return {
    name: 'feed_data_unavailable',
    description: `Fires when it is not known what versions of ${word} packages are published.`,
    parameters: {},
    *fires({ published }) {
      if (published[type] === null)
        yield reason(
          `${word} packages are present but the anchore ${type} feed is not available - will be unable to perform checks that require feed data`,
        );
    },
  };
}

function installedOf({ image }: Facts, type: 'npm' | 'gem'): ReadonlyMap<string, readonly string[]> {
  const found = image.packages.filter((one) => one.type === type && one.version !== '');
  return new Map(
    [...Map.groupBy(found, ({ name }) => name)].map(([name, all]) => [name, all.map((one) => one.version)]),
  );
}

function* knownPackages(facts: Facts, type: 'npm' | 'gem') {
  for (const [name, versions] of installedOf(facts, type)) {
    const published = facts.published[type]?.get(name);
    if (published !== undefined) yield { name, versions, published };
  }
}

function reason(message: string): Match {
  return { id: null, message };
}
