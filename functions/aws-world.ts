import { openLayerPool } from '#analysis/layer-pool.ts';
import { apiKeys } from '#feeds/api-keys.ts';
import { mirrored } from '#feeds/mirror.ts';
import { politeFetch } from '#feeds/polite-fetch.ts';
import { type AwsOptions, type AwsPlatform, openAwsPlatform } from '#platform/aws/aws-platform.ts';
import { smtpMail } from '#platform/local/smtp-mail.ts';
import { type RegistryEndpoint, throughEndpoints } from '#registry/client/registry-endpoints.ts';
import { parsePlatforms, type WantedPlatforms } from '#registry/image/image-platform.ts';
import { type RegistryAccess, registryAccess } from '#registry/logins/registry-access.ts';
import { readLimits } from '#schema/analysis-choices.ts';
import { environment, type Wake, wakeQueue } from '#schema/deployment.ts';
import type { PipelineWorld } from './pipeline.ts';
import { watchSettings } from './watch-settings.ts';

/** The world of functions and tasks on AWS. Nothing is asked of AWS before a step asks for it. */
export type AwsWorld = AwsPlatform & PipelineWorld & { readonly registries: RegistryAccess };

/** Feeds are asked for news by schedules; an image whose feeds are older than this has them asked when it is judged. */
const feedMaxAgeMs = 12 * 3_600_000;

/** Opens the platform and what the steps need beside it; once a process. */
export function openAwsWorld(options: AwsOptions): AwsWorld {
  const platform = openAwsPlatform(options);
  const mirror = platform.settings.optional('feedsMirror');
  const polite = politeFetch({
    fetch: platform.fetch,
    clock: platform.clock,
    // Functions that fetch small groups only are not given secrets.
    key: async (name) => (platform.settings.optional('secretPrefix') === null ? null : apiKeys(platform.secrets)(name)),
  });
  const limits = readLimits(platform.settings.optional('limits') ?? '{}', environment.limits);
  const endpoints = endpointsOf(platform.settings.optional('registryEndpoints'));
  const { findEcrLogin, temporaryFile } = platform;
  const registries = registryAccess(
    { ...platform, fetch: throughEndpoints(platform.fetch, endpoints) },
    { limits, temporaryFile, findEcrLogin, own: findEcrLogin, ...platformsOf(platform.settings.optional('platforms')) },
  );
  return {
    ...platform,
    limits,
    pool: openLayerPool(),
    // Rooms that see this world fetch feeds; images come through openRegistryImage alone.
    fetch: mirror === null ? polite : mirrored(polite, mirror),
    acceptedFeeds: (platform.settings.optional('acceptedFeeds') ?? '').split(','),
    offline: false,
    feedMaxAgeMs,
    channels: {
      ...{ fetch: platform.fetch, clock: platform.clock, mail: smtpMail, openTopic: platform.openTopic },
      allowPrivate: platform.settings.optional('allowPrivateChannels') !== null,
    },
    giveUpAfterMs: noticeHours(platform.settings.optional('noticeHours')) * 3_600_000,
    // The task is started by dispatch, which starts none while one runs.
    askForGroup: async ({ group }) => {
      const wake: Wake = { task: 'feeds', group };
      await platform.queues(wakeQueue).send([JSON.stringify(wake)]);
    },
    registries,
    watching: watchSettings(platform.settings),
    openRegistryImage: registries.openImage,
    openRegistryImages: registries.openImages,
  };
}

/** Hours after which a notice that nobody takes is given up. */
function noticeHours(text: string | null): number {
  return text === null ? 24 : Number(text);
}

function platformsOf(text: string | null): { readonly platforms?: WantedPlatforms } {
  return text === null ? {} : { platforms: parsePlatforms(text) };
}

function endpointsOf(text: string | null): readonly RegistryEndpoint[] {
  return (text ?? '')
    .split(',')
    .filter((one) => one.includes('='))
    .map((one) => ({ host: one.slice(0, one.indexOf('=')), url: one.slice(one.indexOf('=') + 1) }));
}
