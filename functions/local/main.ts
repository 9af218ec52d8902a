import { hostname } from 'node:os';
import { authenticator } from '#access/authenticate.ts';
import { ensureAdmin } from '#access/ensure-admin.ts';
import { applyRules } from '#archive/apply-rules.ts';
import { finishArchives } from '#archive/finish-archives.ts';
import type { AnalysisSettings } from '#analysis/analysis-settings.ts';
import { openLayerPool } from '#analysis/layer-pool.ts';
import { removeDeleted } from '#catalog/remove-deleted.ts';
import type { Limits } from '#core/limits.ts';
import { Fault } from '#core/fault.ts';
import type { Log } from '#core/log.ts';
import { apiKeys } from '#feeds/api-keys.ts';
import { mirrored } from '#feeds/mirror.ts';
import { politeFetch } from '#feeds/polite-fetch.ts';
import type { ChannelWorld } from '#notices/channel.ts';
import { ecrChain } from '#platform/aws/ecr-chain.ts';
import { sendEvents } from '#platform/bus.ts';
import { openTopic } from '#platform/aws/open-topic.ts';
import { type LocalPlatform, openLocalPlatform } from '#platform/local/local-platform.ts';
import { malwareScanner } from '#platform/local/malware-scanner.ts';
import { smtpMail } from '#platform/local/smtp-mail.ts';
import type { SendMail } from '#platform/mail.ts';
import { ensureDefaultBundle } from '#policy/bundle-store.ts';
import { dockerCredentials, firstCredentials } from '#registry/client/credentials.ts';
import { dockerFolder } from '#registry/client/docker-folder.ts';
import { type RegistryEndpoint, throughEndpoints } from '#registry/client/registry-endpoints.ts';
import type { WantedPlatforms } from '#registry/image/image-platform.ts';
import { type RegistryAccess, registryAccess } from '#registry/logins/registry-access.ts';
import { createApp } from '../api/app.ts';
import { requestRate } from '../api/request-rate.ts';
import { routes } from '../api/routes.ts';
import { proxiesOf } from './client-address.ts';
import { listen } from './http-server.ts';
import { loadGroups } from './load-groups.ts';
import { clearImports } from '../clear-imports.ts';
import { refreshFeeds, type RefreshWorld } from '../refresh-feeds.ts';
import { pruneEvents } from '../prune-events.ts';
import { removeAccounts } from '../remove-accounts.ts';
import { renewWatched } from '../renew-watched.ts';
import { processFigures } from './process-figures.ts';
import { repeat } from './repeat.ts';
import { type SweepSettings, sweepUnfinished } from '../sweep-unfinished.ts';
import { wakeNotices } from '../wake-notices.ts';
import { runWatches } from '../run-watches.ts';
import { startWorkers } from './worker.ts';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly feedsMirror?: string;
  readonly offline: boolean;
  /** Registries that are reached elsewhere. */
  readonly endpoints: readonly RegistryEndpoint[];
  /** Null: a new administrator gets a new password. */
  readonly adminPassword: string | null;
  readonly databaseUrl?: string;
  /** Channels may lead to private addresses and to this machine. */
  readonly allowPrivateChannels?: boolean;
  /** Hours after which a notice that nobody takes is given up; 24 when left out. */
  readonly noticeHours?: number;
  /** Days for which events are kept; 90 when left out. */
  readonly eventDays?: number;
  /** Where docker's credentials are found. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly limits: Limits;
  /** Which images of an index are analyzed; `defaultPlatforms` when left out. */
  readonly platforms?: WantedPlatforms;
  readonly analysisSettings: AnalysisSettings;
  /** How often registries are asked about watched tags and repositories, 10 when left out; 0: only when one is switched on. */
  readonly watchMinutes?: number;
  /** What one user may ask for, ten times as much at once; 0 or left out: as much as there is. */
  readonly requestsPerSecond?: number;
  /** Addresses and networks of proxies whose word on where requests came from is taken; none when left out. */
  readonly trustedProxies?: readonly string[];
  /** How often rules put analyses away, 12 when left out; 0: never. */
  readonly archiveHours?: number;
  /** What those rules would do is said in the log and not done. */
  readonly archiveDryRun?: boolean;
}

/** A server that answers; disposing of it stops the workers and closes the data folder. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly data: string;
  /** The administrator's password when it was made just now. */
  readonly newPassword: string | null;
}

/** Feeds in use are asked for news this often. */
const feedMaxAgeMs = 6 * 3_600_000;
const sweepMs = 30_000;
const hourMs = 3_600_000;
/** Watches have times of their own; so often somebody looks whose has come. */
const watchMs = 20_000;

/** Queues of this machine count exactly: what is in none of them is lost. */
const sweep: SweepSettings = { quietMs: 5000, busyQuietMs: null, upTo: 1000 };

/** Starts the whole of Plimsoll in this process: data folder, API, pipeline, feed refresh. Throws what its parts throw. */
export async function startServer(settings: ServerSettings): Promise<Server> {
  await using opened = new AsyncDisposableStack();
  const platform = opened.use(await openPlatform(settings));
  if (settings.databaseUrl === undefined) await platform.recover();
  const newPassword = await ensureAdmin(platform, settings.adminPassword);
  await ensureDefaultBundle(platform, 'admin');
  const world = worldOf(settings, platform, opened);
  const trusted = proxiesOf(settings.trustedProxies ?? []);
  const { requestsPerSecond = 0 } = settings;
  const admit = requestsPerSecond === 0 ? undefined : requestRate(requestsPerSecond, platform.clock);
  let url = '';
  const place = { host: hostname(), url: () => url, process: processFigures };
  const app = createApp({ ...world, place }, routes, authenticator(platform), admit);
  const http = opened.use(await listen(app, settings.host, settings.port, trusted));
  url = http.url;
  opened.use(startWorkers(world));
  opened.use(repeat(world, 'sweep', sweepMs, async () => void (await sweepUnfinished(world, sweep))));
  opened.use(repeat(world, 'deletions', sweepMs, async () => void (await removeDeleted(world, () => false))));
  opened.use(repeat(world, 'accounts', sweepMs, async () => void (await removeAccounts(world, () => false))));
  opened.use(repeat(world, 'imports', sweepMs, () => clearImports(world, () => false)));
  opened.use(repeat(world, 'notices', sweepMs, () => wakeNotices(world, () => false)));
  const pruned = () => pruneEvents(world, settings.eventDays ?? 90, () => false);
  opened.use(repeat(world, 'events', hourMs, pruned));
  opened.use(repeat(world, 'watched verdicts', hourMs, () => renewWatched(world, () => false)));
  opened.use(repeat(world, 'archives', sweepMs, async () => void (await finishArchives(world, () => false))));
  const { archiveHours = 12, archiveDryRun: dryRun = false } = settings;
  const followRules = async () => void (await applyRules(world, { dryRun, late: () => false }));
  if (archiveHours > 0) opened.use(repeat(world, 'archive rules', archiveHours * 3_600_000, followRules));
  if (!world.offline) opened.use(repeat(world, 'feeds', feedMaxAgeMs / 6, () => refreshFeeds(world, feedMaxAgeMs)));
  if (!settings.offline)
    opened.use(repeat(world, 'watches', watchMs, async () => sendEvents(world.queues, await runWatches(world))));
  const stack = opened.move();
  return { url: http.url, data: platform.data, newPassword, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function openPlatform(settings: ServerSettings): Promise<LocalPlatform> {
  return openLocalPlatform({
    data: settings.data,
    purpose: 'serve',
    // With port 0 the address is known only when the server listens.
    ...(settings.port === 0 ? {} : { url: `http://${settings.host}:${settings.port}` }),
    offline: settings.offline,
    log: settings.log,
    ...(settings.databaseUrl === undefined ? {} : { databaseUrl: settings.databaseUrl }),
  });
}

type LocalWorld = RefreshWorld & { readonly registries: RegistryAccess };

function worldOf(settings: ServerSettings, platform: LocalPlatform, opened: AsyncDisposableStack): LocalWorld {
  const { feedsMirror: mirror, offline, watchMinutes = 10 } = settings;
  const temporaryFile = (name: string) => platform.temporaryFile(name);
  const { clock, secrets } = platform;
  const polite = politeFetch({ fetch: platform.fetch, clock, key: apiKeys(secrets, settings.environment) });
  const registries = registriesOf(settings, platform);
  const world: LocalWorld = {
    ...platform,
    temporaryFile,
    limits: settings.limits,
    analysisSettings: settings.analysisSettings,
    malware: malwareScanner(settings.analysisSettings.malware),
    pool: opened.use(openLayerPool()),
    // Rooms that see this world fetch feeds; images come through openRegistryImage alone.
    fetch: mirror === undefined ? polite : mirrored(polite, mirror),
    offline: offline && (mirror === undefined || /^https?:/i.test(mirror)),
    feedMaxAgeMs,
    channels: channelWorldOf(settings, platform),
    giveUpAfterMs: (settings.noticeHours ?? 24) * 3_600_000,
    topic: null,
    hub: null,
    registries,
    watching: { everyMs: watchMinutes === 0 ? null : watchMinutes * 60_000, telling: [] },
    openRegistryImage: registries.openImage,
    openRegistryImages: registries.openImages,
  };
  return world.offline ? world : { ...world, askForGroup: opened.use(loadGroups(world)).ask };
}

function channelWorldOf(settings: ServerSettings, { fetch, clock }: LocalPlatform): ChannelWorld {
  const off: SendMail = async () => ({ kind: 'failed', why: 'no mail was sent, because the network is switched off' });
  const topic = (arn: string) => openTopic(arn, awsOf(settings));
  return {
    ...{ fetch, clock, mail: settings.offline ? off : smtpMail },
    openTopic: settings.offline ? noTopic : topic,
    allowPrivate: settings.allowPrivateChannels === true,
  };
}

function noTopic(): never {
  throw new Fault('network/offline', 'no topic was asked, because the network is switched off');
}

/** Accounts have registries of their own; else docker's logins count, then what the AWS SDK finds on this machine. */
function registriesOf(settings: ServerSettings, platform: LocalPlatform): RegistryAccess {
  const { clock, log } = platform;
  const own = awsOf(settings);
  const { findLogin } = ecrChain({ own, clock, log, roles: () => new Map() });
  return registryAccess(
    { ...platform, fetch: throughEndpoints(platform.fetch, settings.endpoints) },
    {
      limits: settings.limits,
      ...(settings.platforms === undefined ? {} : { platforms: settings.platforms }),
      temporaryFile: (name) => platform.temporaryFile(name),
      findEcrLogin: findLogin,
      own: firstCredentials(dockerCredentials(dockerFolder(settings.environment)), findLogin),
    },
  );
}

/** AWS as the SDK finds it on this machine. */
function awsOf({ environment: { AWS_REGION, AWS_DEFAULT_REGION } }: ServerSettings) {
  return () => ({ region: AWS_REGION || AWS_DEFAULT_REGION || 'us-east-1' });
}
