import type { Gate, Trigger } from '../gate.ts';
import { boolean, csv, integer } from '../parameter-types.ts';
import { pythonList } from '../python-text.ts';
import { vulnerablePackage } from '../vulnerable-package.ts';

const day = 86_400_000;

const staleFeedData: Trigger = {
  name: 'stale_feed_data',
  description: "Fires when the vulnerability data for the image's distribution is older than so many days.",
  parameters: {
    max_days_since_sync: {
      type: integer,
      description: 'Days since the data was last known to be the newest.',
      example: '10',
      required: true,
    },
  },
  // The oldest of the feeds counts, and one that was never fetched: the original looked at the last one it found.
  *fires(facts, parameters) {
    const { max_days_since_sync: days } = parameters as { max_days_since_sync: number };
    const limit = facts.now - days * day;
    const fresh = facts.distroFeeds.every(({ syncedAt }) => syncedAt !== null && syncedAt >= limit);
    if (fresh && facts.distroFeeds.length > 0) return;
    yield { id: null, message: `The vulnerability feed for this image distro is older than MAXAGE (${days}) days` };
  },
};

const dataUnavailable: Trigger = {
  name: 'vulnerability_data_unavailable',
  description:
    "Fires when there is no vulnerability data for the packages of the image's distribution; packages of languages do not matter here.",
  parameters: {},
  *fires(facts) {
    if (facts.distroFeeds.some(({ syncedAt, records }) => syncedAt !== null && records > 0)) return;
    const { distro } = facts.image;
    yield {
      id: null,
      message: `Distro-specific feed data not found for distro namespace: ${distro?.id ?? 'Unknown'}:${distro?.versionId ?? '0'}. Cannot perform CVE scan OS/distro packages`,
    };
  },
};

const blacklist: Trigger = {
  name: 'blacklist',
  description: 'Fires when one of these vulnerabilities is in the image, under any of its ids.',
  parameters: {
    vulnerability_ids: {
      type: csv,
      description: 'Ids of vulnerabilities.',
      example: 'CVE-2019-1234',
      required: true,
    },
    vendor_only: {
      type: boolean,
      description: 'Leaves out what the vendor says it will not fix.',
      example: 'true',
      default: true,
    },
  },
  *fires(facts, parameters) {
    const { vulnerability_ids, vendor_only } = parameters as {
      vulnerability_ids: readonly string[];
      vendor_only: boolean;
    };
    const present = new Set(
      facts.findings
        .filter(({ state }) => !(vendor_only && state === 'wont-fix'))
        .flatMap(({ id, aliases, related }) => [id, ...aliases, ...related]),
    );
    const found = vulnerability_ids.filter((id) => present.has(id));
    if (found.length > 0) yield { id: null, message: `Blacklisted vulnerabilities detected: ${pythonList(found)}` };
  },
};

/** Judges the vulnerabilities that are known of the image's packages, and the data they are known from. */
export const vulnerabilities: Gate = {
  name: 'vulnerabilities',
  description: "Checks the known vulnerabilities of the image's packages and the data behind them.",
  triggers: [vulnerablePackage, staleFeedData, dataUnavailable, blacklist],
};
