/**
 * Every type of event that users see, by the original's names (category.subcategory.event); what no client of the original knows
 * stands at the end. Whoever raises one says the resource and the details.
 */
export const logEventTypes = {
  'user.checks.tag.policy_evaluation.update': {
    level: 'info',
    resource: 'image_tag',
    message: 'The verdict on a tag changed',
  },
  'user.checks.tag.vulnerabilities.update': {
    level: 'info',
    resource: 'image_tag',
    message: 'The vulnerabilities of a tag changed',
  },
  'user.image.analysis.completed': { level: 'info', resource: 'image_tag', message: 'An image was analyzed' },
  'user.image.analysis.failed': { level: 'error', resource: 'image_tag', message: 'An image could not be analyzed' },
  'user.policy.active.updated': { level: 'info', resource: 'policy_bundle', message: 'Another policy is active' },
  'user.policy.active.content_change': {
    level: 'info',
    resource: 'policy_bundle',
    message: 'The active policy was changed',
  },
  'system.image_analysis.registry_lookup_failed': {
    level: 'error',
    resource: 'image_reference',
    message: 'The registry did not give an image',
  },
  'system.image_analysis.failed': {
    level: 'error',
    resource: 'image_digest',
    message: 'The analysis of an image failed',
  },
  'system.image_analysis.completed': { level: 'info', resource: 'image_tag', message: 'An image was analyzed' },
  'system.image_analysis.catalog_save_failed': {
    level: 'error',
    resource: 'image_tag',
    message: 'What was found in an image could not be stored',
  },
  'system.image_analysis.policy_engine_load_failed': {
    level: 'error',
    resource: 'image_tag',
    message: 'An image could not be judged',
  },
  'system.image_analysis.manifest_parse_fail': {
    level: 'error',
    resource: 'image_tag',
    message: 'The manifest of an image is not of a known form',
  },
  'system.image_analysis.restored_from_archive': {
    level: 'info',
    resource: 'image_digest',
    message: 'An image was restored from the archive',
  },
  'system.image_analysis.restore_from_archive_failed': {
    level: 'error',
    resource: 'image_digest',
    message: 'An image could not be restored from the archive',
  },
  'system.analysis_archive.image_archived': {
    level: 'info',
    resource: 'image_digest',
    message: 'The analysis of an image was archived',
  },
  'system.analysis_archive.image_archive_failed': {
    level: 'error',
    resource: 'image_digest',
    message: 'The analysis of an image could not be archived',
  },
  'system.analysis_archive.archived_image_deleted': {
    level: 'info',
    resource: 'image_digest',
    message: 'An archived analysis was deleted',
  },
  'system.analysis_archive.archived_image_delete_failed': {
    level: 'error',
    resource: 'image_digest',
    message: 'An archived analysis could not be deleted',
  },
  'system.repository.list_tags_fail': {
    level: 'error',
    resource: 'repository',
    message: 'The tags of a repository could not be listed',
  },
  'system.feeds.sync.started': { level: 'info', resource: 'feeds', message: 'A sync of feeds began' },
  'system.feeds.sync.completed': { level: 'info', resource: 'feeds', message: 'A sync of feeds ended' },
  'system.feeds.sync.failed': { level: 'error', resource: 'feeds', message: 'A sync of feeds failed' },
  'system.feeds.sync.feed_started': { level: 'info', resource: 'feed', message: 'The sync of a feed began' },
  'system.feeds.sync.feed_completed': { level: 'info', resource: 'feed', message: 'The sync of a feed ended' },
  'system.feeds.sync.feed_failed': { level: 'error', resource: 'feed', message: 'The sync of a feed failed' },
  'system.feeds.sync.group_started': { level: 'info', resource: 'feed_group', message: 'The sync of a group began' },
  'system.feeds.sync.group_completed': { level: 'info', resource: 'feed_group', message: 'The sync of a group ended' },
  'system.feeds.sync.group_failed': { level: 'error', resource: 'feed_group', message: 'The sync of a group failed' },
  'system.service.state_transition.orphaned': { level: 'error', resource: 'service', message: 'A service is given up' },
  'system.service.state_transition.down': { level: 'error', resource: 'service', message: 'A service is down' },
  'system.service.removed': { level: 'error', resource: 'service', message: 'A service was removed' },
  'system.service.authz_plugin_healthcheck_failed': {
    level: 'error',
    resource: 'service',
    message: 'The authorization plugin is not healthy',
  },
  'system.test.random_wisdom': { level: 'info', resource: 'test', message: 'A test' },
  /** The original tells the subscription only, and no event. */
  'user.image.tag.updated': { level: 'info', resource: 'image_tag', message: 'A tag points to another image' },
} as const satisfies Readonly<Record<string, LogEventMeaning>>;

interface LogEventMeaning {
  readonly level: 'info' | 'error';
  /** The type of the resource that it is about. */
  readonly resource: string;
  /** What is said when whoever raises it says nothing of its own. */
  readonly message: string;
}

export type LogEventType = keyof typeof logEventTypes;

export const subscriptionTypes = [
  'policy_eval',
  'tag_update',
  'vuln_update',
  'analysis_update',
  'repo_update',
] as const;

export type SubscriptionType = (typeof subscriptionTypes)[number];

/** Something that happened, for {@link raiseEvents} of platform/raise-events.ts. */
export interface LogEvent {
  /** Of what happened, so that saying it again adds nothing: a step that runs twice must give the same. */
  readonly id: string;
  readonly account: string;
  readonly type: LogEventType;
  /** `registry/repository:tag`, a digest, the id of a policy, ...: of the kind that the type names. */
  readonly resource: string;
  readonly message?: string;
  /** As the original's notifications carry it (`curr_eval`, `last_eval`, `diff_vulnerability_result`, `annotations`, ...); JSON, at most 48 KiB. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Who hears of it: active subscriptions of this type on this key (`registry/repository:tag`). Left out: channels for all events only. */
  readonly subscription?: { readonly type: SubscriptionType; readonly key: string };
  /** Milliseconds since the epoch. */
  readonly at: number;
}
