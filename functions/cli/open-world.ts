import { Fault } from '#core/fault.ts';
import { silentLog } from '#core/log.ts';
import { apiKeys } from '#feeds/api-keys.ts';
import { checkMirror } from '#feeds/check-mirror.ts';
import { mirrored } from '#feeds/mirror.ts';
import { politeFetch } from '#feeds/polite-fetch.ts';
import type { SyncWorld } from '#feeds/sync-feed.ts';
import { defaultDataFolder, openLocalPlatform } from '#platform/local/local-platform.ts';
import type { Platform } from '#platform/platform.ts';
import type { Options, Values } from './parse-options.ts';
import type { Io } from './io.ts';
import { endOnSignals } from './end-on-signals.ts';

/** Options of every command that opens the data folder. */
export const worldOptions = {
  data: { type: 'string' },
  'feeds-mirror': { type: 'string' },
  offline: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
} as const satisfies Options;

export const worldOptionsHelp = `  --data DIR           data folder (default: $PLIMSOLL_DATA or the XDG data folder)
  --feeds-mirror M     folder or URL that holds the upstreams' files as M/HOST/PATH
  --offline            no network at all; a mirror folder is read all the same
  -q, --quiet          no progress`;

/** An opened data folder. `fetch` reaches registries, `feeds` is the world of the advisory feeds: they may have a mirror. */
export interface OpenWorld extends Platform, AsyncDisposable {
  readonly feeds: SyncWorld;
  readonly temporaryFile: (name: string) => string;
  readonly offline: boolean;
}

/** Opens the data folder for one command; waits for another short command that has it, and says so. */
export async function openWorld(io: Io, values: Values, purpose: 'scan' | 'feeds'): Promise<OpenWorld> {
  const offline = values['offline'] === true;
  const mirror = text(values, 'feeds-mirror');
  if (mirror !== undefined) await checkMirror(mirror);
  // An empty variable is one that is not set.
  const databaseUrl = io.env['DATABASE_URL'] || undefined;
  await using opened = new AsyncDisposableStack();
  opened.use(endOnSignals(io));
  const platform = await openLocalPlatform({
    data: text(values, 'data') ?? (io.env['PLIMSOLL_DATA'] || defaultDataFolder(io.env)),
    purpose,
    offline,
    log: silentLog,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    onWait: ({ pid }) =>
      void (
        values['quiet'] === true || io.err.write(`plimsoll: waiting for process ${pid}, which has the data folder\n`)
      ),
  });
  opened.use(platform);
  const temporaryFile = (name: string) => platform.temporaryFile(name);
  const { sql, clock, log, staging } = platform;
  const polite = politeFetch({ fetch: platform.fetch, clock, key: apiKeys(platform.secrets, io.env) });
  const feeds = {
    sql,
    clock,
    log,
    staging,
    temporaryFile,
    fetch: mirror === undefined ? polite : mirrored(polite, mirror),
  };
  const resources = opened.move();
  return {
    ...platform,
    feeds,
    temporaryFile,
    // A mirror that is a folder needs no network; a missing group is then asked for in the folder.
    offline: offline && (mirror === undefined || /^https?:/i.test(mirror)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** The text of an option, undefined when it was not given; an empty one is refused. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  if (value === undefined || typeof value === 'boolean') return undefined;
  const last = typeof value === 'string' ? value : value.at(-1);
  if (last === '') throw new Fault('input/invalid', `--${name} is empty`);
  return typeof last === 'string' ? last : undefined;
}
