import { once } from 'node:events';
import type { ParseArgsConfig } from 'node:util';
import { Fault } from '#core/fault.ts';
import { jsonLog } from '#core/log.ts';
import { checkMirror } from '#feeds/check-mirror.ts';
import { defaultDataFolder } from '#platform/local/local-platform.ts';
import { parsePlatforms } from '#registry/image/image-platform.ts';
import { analysisOptions, analysisOptionsHelp, readAnalysisOptions } from '../analysis-options.ts';
import { type ServerSettings, startServer } from './main.ts';

const help = `
Starts the REST API and the whole pipeline in one process. The first start makes the user admin with the password in
PLIMSOLL_ADMIN_PASSWORD, or with a new one that is printed once. Ends on SIGINT and SIGTERM; what was in hand goes on at
the next start.

  --host ADDRESS       where to listen (default 127.0.0.1)
  --port N             0 takes a free one (default 8228)
  --data DIR           data folder (default: $PLIMSOLL_DATA or the XDG data folder)
  --feeds-mirror M     folder or URL that holds the upstreams' files as M/HOST/PATH
  --watch-minutes N    how often registries are asked about watched tags and repositories (default 10; 0: only when one is
                       switched on)
  --archive-hours N    how often rules put analyses into the archive (default 12; 0: never)
  --archive-dry-run    only say in the log what those rules would do
  --offline            no network: no registry, no feed that is not in a mirror folder
  --registry-endpoint HOST=URL
                       pull images of HOST from URL (a pull-through cache, a test registry); repeatable
  --allow-private-webhooks
                       let channels of notices (webhooks, mail) lead to private addresses and to this machine
  --notice-hours N     give up a notice that nobody takes after so many hours (1 to 168, default 24)
  --event-days N       for how many days events are kept (1 to 3650, default 90)
  --platform LIST      which images of an index are analyzed: platforms separated by commas, or 'all'
                       (default linux/amd64,linux/arm64)
  --requests-per-second N
                       of one user, ten times as many at once (default 50; 0: no limit)
  --trusted-proxy NET  address or network of a proxy before the server, whose X-Forwarded-For is believed; repeatable
${analysisOptionsHelp}`;

/** The verb that starts the server; runs until a signal ends it. */
export const serve = {
  usage: 'serve [options]',
  help,
  options: {
    ...analysisOptions,
    host: { type: 'string' },
    port: { type: 'string' },
    data: { type: 'string' },
    'feeds-mirror': { type: 'string' },
    'watch-minutes': { type: 'string' },
    'archive-hours': { type: 'string' },
    'archive-dry-run': { type: 'boolean' },
    offline: { type: 'boolean' },
    'registry-endpoint': { type: 'string', multiple: true },
    'allow-private-webhooks': { type: 'boolean' },
    'notice-hours': { type: 'string' },
    'event-days': { type: 'string' },
    platform: { type: 'string' },
    'requests-per-second': { type: 'string' },
    'trusted-proxy': { type: 'string', multiple: true },
  } satisfies ParseArgsConfig['options'],
  run,
};

interface Io {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

async function run(io: Io, values: Values, positionals: readonly string[]): Promise<number> {
  if (positionals.length > 0)
    throw new Fault('input/invalid', `serve: '${positionals[0]}' is one word too many; see plimsoll serve --help`);
  const settings = settingsOf(io, values);
  if (settings.feedsMirror !== undefined) await checkMirror(settings.feedsMirror);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  await using server = await startServer(settings);
  if (server.newPassword !== null)
    io.err.write(`plimsoll: user admin, password ${server.newPassword} (shown this once)\n`);
  io.err.write(`plimsoll: serving on ${server.url}, data in ${server.data}\n`);
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  io.err.write('plimsoll: stopping\n');
  return 0;
}

function settingsOf(io: Io, values: Values): ServerSettings {
  const text = (name: string) => {
    const value = values[name];
    if (value === '') throw new Fault('input/invalid', `--${name} is empty`);
    return typeof value === 'string' ? value : undefined;
  };
  const asked = text('port') ?? '8228';
  const port = Number(asked);
  if (!/^\d+$/.test(asked) || port > 65535) throw new Fault('input/invalid', `--port ${asked}: give 0 to 65535`);
  const watch = text('watch-minutes') ?? '10';
  const watchMinutes = Number(watch);
  if (!/^\d+$/.test(watch) || watchMinutes > 10_080)
    throw new Fault('input/invalid', `--watch-minutes ${watch}: give 0 to 10080`);
  const archive = text('archive-hours') ?? '12';
  const archiveHours = Number(archive);
  if (!/^\d+$/.test(archive) || archiveHours > 720)
    throw new Fault('input/invalid', `--archive-hours ${archive}: give 0 to 720`);
  const rate = text('requests-per-second') ?? '50';
  const requestsPerSecond = Number(rate);
  if (!/^\d+$/.test(rate) || requestsPerSecond > 100_000)
    throw new Fault('input/invalid', `--requests-per-second ${rate}: give 0 to 100000`);
  const mirror = text('feeds-mirror');
  const platforms = text('platform');
  const password = io.env['PLIMSOLL_ADMIN_PASSWORD'] || null;
  if (password !== null && (password.length < 6 || password.length > 128))
    throw new Fault('input/invalid', 'PLIMSOLL_ADMIN_PASSWORD: a password has 6 to 128 characters; give another one');
  return {
    host: text('host') ?? '127.0.0.1',
    port,
    requestsPerSecond,
    trustedProxies: (values['trusted-proxy'] ?? []) as readonly string[],
    watchMinutes,
    archiveHours,
    archiveDryRun: values['archive-dry-run'] === true,
    data: text('data') ?? (io.env['PLIMSOLL_DATA'] || defaultDataFolder(io.env)),
    ...(mirror === undefined ? {} : { feedsMirror: mirror }),
    ...(platforms === undefined ? {} : { platforms: parsePlatforms(platforms) }),
    offline: values['offline'] === true,
    endpoints: ((values['registry-endpoint'] ?? []) as readonly string[]).map(endpointOf),
    allowPrivateChannels: values['allow-private-webhooks'] === true,
    noticeHours: hoursOf(text('notice-hours') ?? '24'),
    eventDays: daysOf(text('event-days') ?? '90'),
    adminPassword: password,
    ...(io.env['DATABASE_URL'] ? { databaseUrl: io.env['DATABASE_URL'] } : {}),
    environment: io.env,
    ...readAnalysisOptions(values),
    log: jsonLog((line) => io.err.write(line), Date.now),
  };
}

function hoursOf(text: string): number {
  const hours = Number(text);
  if (/^\d+$/.test(text) && hours >= 1 && hours <= 168) return hours;
  throw new Fault('input/invalid', `--notice-hours ${text}: give 1 to 168`);
}

function daysOf(text: string): number {
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= 3650) return days;
  throw new Fault('input/invalid', `--event-days ${text}: give 1 to 3650`);
}

function endpointOf(text: string): { readonly host: string; readonly url: string } {
  const at = text.indexOf('=');
  const url = text.slice(at + 1).replace(/\/+$/, '');
  if (at < 1 || !/^https?:\/\/[^/]+$/.test(url))
    throw new Fault('input/invalid', `--registry-endpoint ${text}: give HOST=http://ADDRESS:PORT or HOST=https://...`);
  return { host: text.slice(0, at), url };
}
