import type { TagName } from '#catalog/current-tags-store.ts';
import type { Image } from '#catalog/image.ts';
import type { Severity } from '#core/severity.ts';
import type { HubFinding } from '#platform/finding-hub.ts';
import type { Finding } from '#schema/finding.ts';

/** The findings of an image as a hub takes them, one a vulnerability, in the order of their ids. */
export function hubFindings(
  image: Image,
  tags: readonly TagName[],
  findings: readonly Finding[],
  now: number,
): readonly HubFinding[] {
  const byId = Map.groupBy(findings, ({ id }) => id);
  const about = imageOf(image, tags);
  return [...byId.keys()].sort().map((id) => hubFinding(image, about, byId.get(id)!, now));
}

function hubFinding(
  { account, digest, createdAt }: Image,
  image: HubFinding['image'],
  found: readonly Finding[],
  now: number,
): HubFinding {
  const [first] = found as [Finding, ...Finding[]];
  const vulnerability = cveOf(first);
  const names = [...new Set(found.map((one) => one.package.name))].sort().join(', ');
  const worst = found.map(({ severity }) => severities[severity]).reduce((a, b) => (rank(a) >= rank(b) ? a : b));
  return {
    id: `${account}/${digest}/${first.id}`.slice(0, 390),
    title: `${first.id} in ${image.repository}: ${names}`,
    description: first.title ?? `${first.id} affects ${names} of ${image.id}`,
    severity: worst,
    active: true,
    firstSeenAt: Math.min(...found.map(({ firstSeen }) => firstSeen ?? createdAt)),
    updatedAt: now,
    image,
    vulnerability,
    packages: found.map((one) => ({
      name: one.package.name,
      version: one.package.version,
      fixedIn: one.fixedIn[0] ?? null,
    })),
    urls: [...new Set(found.flatMap(({ urls }) => urls))],
  };
}

/** Findings of all tools are joined by CVE where there is one. */
function cveOf({ id, aliases }: Finding): string {
  return [id, ...aliases].find((one) => one.startsWith('CVE-')) ?? id;
}

function imageOf({ digest, pullReference, content }: Image, tags: readonly TagName[]): HubFinding['image'] {
  const [first] = tags;
  const named = pullReference.replace(/@.*$/, '');
  const registry = first?.registry ?? named.slice(0, named.indexOf('/'));
  const repository = first?.repository ?? named.slice(named.indexOf('/') + 1);
  const here = tags.filter((tag) => tag.registry === registry && tag.repository === repository);
  return {
    id: ecrArn(registry, repository, digest) ?? `${registry}/${repository}@${digest}`,
    ...{ digest, repository },
    tags: here.map(({ tag }) => tag),
    architecture: content?.arch ?? 'unknown',
  };
}

/** As ECR and Inspector name an image; null for one of another registry. */
function ecrArn(registry: string, repository: string, digest: string): string | null {
  const found = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(registry);
  if (found === null) return null;
  const [, account, region, china] = found;
  const partition = china !== undefined ? 'aws-cn' : region!.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:ecr:${region}:${account}:repository/${repository}/${digest}`;
}

/** Hubs know no unknown severity: what nobody rated is informational there, and says more in the finding itself. */
const severities: Readonly<Record<Severity, HubFinding['severity']>> = {
  Unknown: 'informational',
  Negligible: 'informational',
  Low: 'low',
  Medium: 'medium',
  High: 'high',
  Critical: 'critical',
};

const order: readonly HubFinding['severity'][] = ['informational', 'low', 'medium', 'high', 'critical'];

function rank(severity: HubFinding['severity']): number {
  return order.indexOf(severity);
}
