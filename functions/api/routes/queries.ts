import { tagSummaries, type TagSummary } from '#catalog/tag-summary-store.ts';
import { publicState } from '#catalog/lifecycle.ts';
import { ecosystems } from '#core/ecosystem.ts';
import { Fault } from '#core/fault.ts';
import { type NamedPackage, purlPackage } from '#core/purl-package.ts';
import type { Severity } from '#core/severity.ts';
import { namespaceOfShown, shownGroup } from '#feeds/shown-feed.ts';
import { packagesNamed } from '#matching/images-holding.ts';
import { type VulnerablePackage, vulnerablePackages } from '#matching/vulnerable-packages.ts';
import {
  describedVulnerabilities,
  imagesByPackage,
  imagesByPackageQuery,
  imagesByVulnerability,
  imagesByVulnerabilityQuery,
  imageTags,
  imageTagsQuery,
  vulnerabilitiesQuery,
} from '#schema/api/queries.ts';
import { type ImagePage, imagePages } from '../image-pages.ts';
import { jsonList } from '../json-list.ts';
import { type Call, type Route, route } from '../route.ts';
import { vulnerabilityPages } from '../vulnerability-pages.ts';

export const queryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/query/images/by_package',
    summary: 'Images that hold a package',
    access: 'listImages',
    query: imagesByPackageQuery,
    answer: imagesByPackage,
    handle: byPackage,
  }),
  route({
    method: 'GET',
    path: '/query/images/by_vulnerability',
    summary:
      'Images with a package that has a vulnerability, by what the feeds say now; what decides by the whole image is not asked',
    access: 'listImages',
    query: imagesByVulnerabilityQuery,
    answer: imagesByVulnerability,
    handle: byVulnerability,
  }),
  route({
    method: 'GET',
    path: '/query/vulnerabilities',
    summary: 'What the feeds say of vulnerabilities now',
    access: 'user',
    query: vulnerabilitiesQuery,
    answer: describedVulnerabilities,
    async handle({ world, query }) {
      const { affected_package: name, affected_package_version: version = null } = query;
      if (name === undefined && version !== null)
        throw new Fault('input/invalid', 'affected_package_version needs affected_package: the name of the package');
      return vulnerabilityPages(world.sql, query, {
        ids: query.id,
        namespaces: (query.namespace ?? []).map(namespaceOfShown),
        package: name === undefined ? null : { name, version },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/summaries/imagetags',
    summary: 'Every image under each of its tags',
    access: 'listImages',
    query: imageTagsQuery,
    answer: imageTags,
    handle: async ({ world, principal, query }) =>
      jsonList('[', summaries(tagSummaries(world, principal.account), query.image_status ?? ['active']), ']'),
  }),
];

interface ByPackage extends ImagePage {
  readonly name: string;
  readonly version?: string | undefined;
  readonly package_type?: string | undefined;
}

async function byPackage({ world, principal, query }: Call<ByPackage>) {
  const type = query.package_type?.toLowerCase();
  const shown = new Map<number, object>();
  for (const { packageId, purl } of await packagesNamed(world.sql, query.name, query.version ?? null)) {
    const found = purlPackage(purl);
    if (found !== null && (type === undefined || isOfType(found, type))) shown.set(packageId, packageReference(found));
  }
  const packagesOf = (ids: readonly number[]) => ({ packages: distinct(ids.map((id) => shown.get(id)!)) });
  return imagePages(world, principal.account, [...shown.keys()], query, packagesOf);
}

/** The words of the v1 API and those of package URLs. */
function isOfType({ type }: NamedPackage, wanted: string): boolean {
  return [type, ecosystems[type].anchore, ecosystems[type].purl].some((word) => word.toLowerCase() === wanted);
}

interface ByVulnerability extends ImagePage {
  readonly vulnerability_id: string;
  readonly namespace?: string | undefined;
  readonly affected_package?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly vendor_only: boolean;
}

async function byVulnerability({ world, principal, query }: Call<ByVulnerability>) {
  const found = (await vulnerablePackages(world.sql, query.vulnerability_id)).filter((one) => isWanted(one, query));
  const shown = new Map(found.map(({ packageId, finding }) => [packageId, vulnerableReference(finding)]));
  const packagesOf = (ids: readonly number[]) => ({ vulnerable_packages: distinct(ids.map((id) => shown.get(id)!)) });
  return imagePages(world, principal.account, [...shown.keys()], query, packagesOf);
}

function isWanted({ finding }: VulnerablePackage, query: ByVulnerability): boolean {
  if (query.vendor_only && finding.state === 'wont-fix') return false;
  if (query.severity !== undefined && finding.severity !== query.severity) return false;
  if (query.namespace !== undefined && finding.namespace !== namespaceOfShown(query.namespace)) return false;
  return query.affected_package === undefined || finding.package.name === query.affected_package;
}

function vulnerableReference({ package: found, severity, namespace }: VulnerablePackage['finding']) {
  return { ...packageReference(found), severity, namespace: shownGroup(namespace) };
}

function packageReference({ type, name, version }: NamedPackage) {
  return { name, version, type: ecosystems[type].anchore };
}

/** A package that is judged under two names is stored twice. */
function distinct(shown: readonly object[]): readonly object[] {
  return [...new Map(shown.map((one) => [JSON.stringify(one), one])).values()];
}

async function* summaries(found: AsyncIterable<TagSummary>, statuses: readonly string[]) {
  for await (const { tag, pointedTo, image } of found) {
    if (!statuses.includes(image.status) && !statuses.includes('all')) continue;
    yield {
      imageDigest: tag.digest,
      parentDigest: pointedTo,
      imageId: image.imageId,
      fulltag: `${tag.registry}/${tag.repository}:${tag.tag}`,
      analysis_status: publicState(image.state),
      image_status: image.status,
      created_at: seconds(image.createdAt),
      analyzed_at: image.analyzedAt === null ? null : seconds(image.analyzedAt),
      tag_detected_at: seconds(tag.detectedAt),
    };
  }
}

const seconds = (time: number) => Math.floor(time / 1000);
