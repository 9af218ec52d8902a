import type { Node } from 'constructs';
import { isRole, type ReaderRole, readRoles, writeRoles } from '../schema/deployment.ts';
import { readAnalysisChoices, readLimits } from '../schema/analysis-choices.ts';
import { readContext } from './read-context.ts';

/** When a group of advisories is asked for news, and where: a function has 15 minutes, a task as long as it takes. */
export interface FeedSchedule {
  /** A group of `plimsoll feeds list`, or `in-use`: all that were ever needed. */
  readonly group: string;
  /** `rate(6 hours)` or `cron(0 3 * * ? *)`, of EventBridge Scheduler. */
  readonly every: string;
  readonly on: 'function' | 'task';
}

/** Everything about a deployment that is a matter of choice. */
export type Settings = ReturnType<typeof readSettings>;

/**
 * The settings in the CDK context, each under `plimsoll:<name>`: in cdk.json as JSON, or `-c plimsoll:network=nat`. What is
 * left out has the value below. Throws one error that lists every setting that is unknown or wrong.
 */
export function readSettings(node: Node) {
  const { done, text, number, flag, oneOf, list, record, json } = readContext(node, 'plimsoll:');
  const settings = {
    /** How analyzer tasks reach registries: a public address each, interface endpoints (ECR of this region only), or NAT gateways. */
    network: oneOf('network', ['public', 'endpoints', 'nat'], 'public'),
    database: {
      /** The major version that tests run on. Changed only by a planned upgrade. */
      major: oneOf('databaseMajor', ['17', '18'], '18'),
      /** Aurora capacity units; with 0 the database pauses when nobody asks, and the first call waits about 15 seconds. */
      minAcu: number('databaseMinAcu', 0, { from: 0, to: 256, step: 0.5 }),
      maxAcu: number('databaseMaxAcu', 8, { from: 1, to: 256, step: 0.5 }),
      pauseMinutes: number('databasePauseMinutes', 5, { from: 5, to: 1440 }),
      backupDays: number('backupDays', 14, { from: 1, to: 35 }),
      deletionProtection: flag('deletionProtection', true),
    },
    analyzer: {
      /** 1024 is a vCPU. */
      cpu: number('analyzerCpu', 1024, { from: 256, to: 16384, step: 256 }),
      memory: number('analyzerMemory', 4096, { from: 512, to: 122880, step: 512 }),
      /** GiB for the container image and temporary files; up to 20 cost nothing. */
      disk: number('analyzerDisk', 20, { from: 20, to: 200 }),
      /** Tasks at once; each takes a few images at a time. */
      maxTasks: number('analyzerMaxTasks', 10, { from: 1, to: 1000 }),
      capacity: oneOf('analyzerCapacity', ['spot', 'on-demand'], 'spot'),
      /** A whole image reference; empty: tag `analyzerTag` of the repository that the stack makes. */
      image: text('analyzerImage', '', /^$|^[a-z0-9.-]+(:\d+)?\/[\w./-]+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/),
      tag: text('analyzerTag', 'current', /^[\w][\w.-]{0,127}$/),
      /** What is looked for in images, as schema/analysis-choices.ts has it; null: as it comes. */
      analysis: json('analysis', (value) => void readAnalysisChoices(value, 'plimsoll:analysis')),
    },
    /** Bounds that are not as they come (layers/core/limits.ts); null: all are. */
    limits: json('limits', (value) => void readLimits(value, 'plimsoll:limits')),
    feeds: {
      schedules: list('feeds', [{ group: 'in-use', every: 'rate(6 hours)', on: 'function' }], feedSchedule),
      mirror: text('feedsMirror', '', /^$|^https:\/\/\S+$/),
      /** Names of feeds whose terms are accepted. */
      accepted: list('acceptedFeeds', [], matching(/^[a-z][a-z0-9-]{0,39}$/)),
    },
    registry: {
      /** Plimsoll's account to which images of ECR events belong. */
      account: text('account', 'admin', /^[\w.@-]{1,128}$/),
      /** ARNs of ECR repositories that may be read; empty: all of this account and region, and of `sourceAccounts`. */
      repositories: list('repositories', [], matching(/^arn:aws[\w-]*:ecr:[\w*-]+:\d{12}:repository\/[a-z\d._/*?-]+$/)),
      /** Roles of other accounts, one each, that are taken on to read their registries: an ARN, or `{"role":ARN,"externalId":...}`. */
      assumeRoles: list('assumeRoles', [], readerRole),
      /** AWS accounts, or one organisation, that send their ECR events here. */
      sourceAccounts: list('sourceAccounts', [], matching(/^\d{12}$/)),
      organization: text('organization', '', /^$|^o-[a-z0-9]{10,32}$/),
      /** Which images of an index are analyzed: platforms separated by commas, or all; empty: linux/amd64,linux/arm64. */
      platforms: text('platforms', '', /^$|^all$|^[\w.-]+(\/[\w.-]+){0,2}(,[\w.-]+(\/[\w.-]+){0,2})*$/),
      reconcile: text('reconcile', 'rate(1 day)', schedule),
      /** How often registries are asked about watched tags and repositories; 0: only when one is switched on. */
      watchMinutes: number('watchMinutes', 60, { from: 0, to: 1440, step: 1 }),
    },
    archive: {
      /** How often rules put analyses away. */
      every: text('archiveRules', 'rate(12 hours)', schedule),
      /** Rules are only told in the log of `catalog-archive-rules`. */
      dryRun: flag('archiveDryRun', false),
    },
    api: {
      /** Requests a second for all callers together, and how many at once. */
      rate: number('apiRate', 50, { from: 1, to: 10000 }),
      burst: number('apiBurst', 100, { from: 1, to: 5000 }),
      waf: flag('apiWaf', false),
      /** Requests of one address in 5 minutes, with the WAF. */
      wafRate: number('apiWafRate', 2000, { from: 100, to: 2_000_000_000 }),
      domain: text('apiDomain', '', /^$|^([a-z0-9-]+\.)+[a-z]{2,}$/),
      certificate: text('apiCertificate', '', /^$|^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/),
    },
    notices: {
      /** Hours after which a notice that nobody takes is given up. */
      hours: number('noticeHours', 24, { from: 1, to: 168 }),
      /** Webhooks and mail servers may have addresses that are not of the public internet. */
      allowPrivate: flag('allowPrivateWebhooks', false),
      /** ARNs of SNS topics, beside the stack's own, that channels may lead to. */
      topics: list('noticeTopics', [], matching(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}$/)),
    },
    /** Findings go to AWS Security Hub, which the account must have switched on. */
    securityHub: flag('securityHub', false),
    /** For how many days events of the API's log are kept. */
    eventDays: number('eventDays', 90, { from: 1, to: 3650 }),
    logDays: oneOf('logDays', ['7', '14', '30', '60', '90', '180', '365', '731'], '30'),
    alarms: {
      /** ARN of an SNS topic that is there; empty: the stack makes one. */
      topic: text('alarmTopic', '', /^$|^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/),
      email: text('alarmEmail', '', /^$|^\S+@\S+$/),
      /** Where alarms say that the operator guide is. */
      guide: text('guide', 'docs/operator-guide.md', /^\S+$/),
    },
    tags: record('tags'),
  };
  if (settings.database.minAcu > settings.database.maxAcu) done.problem('databaseMinAcu is more than databaseMaxAcu');
  if ((settings.api.domain === '') !== (settings.api.certificate === ''))
    done.problem('apiDomain and apiCertificate go together');
  const { assumeRoles, repositories } = settings.registry;
  if (readRoles(writeRoles(assumeRoles)).size < assumeRoles.length)
    done.problem('assumeRoles has two roles of one account: give one each');
  if (Math.max(writeRoles(assumeRoles).length, repositories.join(',').length) > longestVariable)
    done.problem(
      `assumeRoles and repositories may have ${longestVariable} characters each: give shorter names, or * in ARNs`,
    );
  done.check();
  return settings;
}

/** Where the template is written: the folder that the CDK CLI names, or `cdk.out`. */
export function outputFolder(): string {
  return process.env['CDK_OUTDIR'] ?? 'cdk.out';
}

/** All variables of a function together may have 4 KB; the others need less than half of it. */
const longestVariable = 2000;

const schedule = /^(rate\([1-9]\d* (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\))$/;

/** Text of this form, or null. */
function matching(form: RegExp): (value: unknown) => string | null {
  return (value) => (typeof value === 'string' && form.test(value) ? value : null);
}

/** A role, alone or with the external id that its owner asks for. */
function readerRole(value: unknown): ReaderRole | null {
  const { role, externalId = null } = (typeof value === 'string' ? { role: value } : (value ?? {})) as {
    readonly role?: unknown;
    readonly externalId?: unknown;
  };
  if (typeof role !== 'string' || !(externalId === null || typeof externalId === 'string')) return null;
  const written = { arn: role, externalId };
  return isRole(written) ? written : null;
}

function feedSchedule(value: unknown): FeedSchedule | null {
  const { group, every, on = 'function' } = (value ?? {}) as Partial<Record<keyof FeedSchedule, unknown>>;
  const good = typeof group === 'string' && /^[\w.:-]{1,100}$/.test(group);
  if (!good || typeof every !== 'string' || !schedule.test(every)) return null;
  return on === 'function' || on === 'task' ? { group, every, on } : null;
}
