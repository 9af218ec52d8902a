import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import { fetchParts, type Part, readPart } from '../conditional.ts';
import type { FeedWorld } from '../feed.ts';
import { array, object, text } from '../json-fields.ts';
import { type XmlElement, xmlElements } from '../xml-elements.ts';

/** A repository of Amazon Linux that tells of updates. */
export interface AmazonRepository {
  /** As yum calls it: `amzn2-core`, `amzn2extra-nginx1`, `kernel-livepatch`. */
  readonly name: string;
  /** The topic of Amazon Linux 2's extras; null for the repositories that everybody has. */
  readonly topic: string | null;
  /** The file with the updates. */
  readonly url: string;
  /** `sha256 3fe1...`: of that file; it changes with it. */
  readonly checksum: string;
}

/** Where a release says which repositories it has; a mirror list is a text with a base URL in each line. */
interface Release {
  readonly lists: readonly { readonly name: string; readonly url: string }[];
  /** The catalogue of extras, whose topics have a mirror list each. */
  readonly extras?: string;
}

const cdn = 'https://cdn.amazonlinux.com';

/** Lists for x86_64: updates name the packages of all architectures. Amazon Linux 1 is served without encryption only. */
const releases: Readonly<Record<string, Release>> = {
  '1': {
    lists: [{ name: 'amzn-updates', url: 'http://repo.us-west-2.amazonaws.com/2018.03/updates/x86_64/mirror.list' }],
  },
  '2': {
    lists: [{ name: 'amzn2-core', url: `${cdn}/2/core/latest/x86_64/mirror.list` }],
    extras: `${cdn}/2/extras-catalog.json`,
  },
  '2023': {
    lists: ['core', 'kernel-livepatch', 'nvidia'].map((name) => ({
      name: name === 'core' ? 'amazonlinux' : name,
      url: `${cdn}/al2023/${name}/mirrors/latest/x86_64/mirror.list`,
    })),
  },
};

export const amazonReleases: readonly string[] = Object.keys(releases);

const smallBytes = 16 * 1024 * 1024;
const maxTopics = 500;

/** The repositories of a release, and what of it upstream does not have. One that tells of no updates is not named. */
export async function amazonRepositories(
  world: FeedWorld,
  release: string,
): Promise<{ readonly repositories: readonly AmazonRepository[]; readonly missing: readonly string[] }> {
  const { lists, extras } = releases[release]!;
  const missing: string[] = [];
  const repositories: AmazonRepository[] = [];
  const topics = extras === undefined ? [] : await topicsOf(world, extras);
  if (topics === null) missing.push('extras-catalog.json');
  const all = [
    ...lists.map((list) => ({ ...list, topic: null })),
    ...(topics ?? []).map((topic) => ({
      ...{ topic, name: `amzn2extra-${topic}` },
      url: `${cdn}/2/extras/${topic}/latest/x86_64/mirror.list`,
    })),
  ];
  for (const { name, topic, url } of all) {
    const base = await baseOf(world, url);
    const updates = base === null ? null : await updatesOf(world, base);
    if (updates === null) missing.push(name);
    else if (updates !== 'none') repositories.push({ name, topic, ...updates });
  }
  return { repositories, missing };
}

/** The bytes of a repository's updates; reading them throws `feed/failed` where they are not those that it promised. */
export async function updatesPart(world: FeedWorld, { url, checksum }: AmazonRepository): Promise<Part> {
  const part = await smallPart(world, url);
  if (part === null) throw new Fault('feed/failed', `fetching ${url}: it is not there; try again later`);
  const [algorithm = '', promised] = checksum.split(' ');
  return {
    ...part,
    async *stream(limit) {
      const hash = createHash(algorithm);
      for await (const bytes of part.stream(limit)) {
        hash.update(bytes);
        yield bytes;
      }
      if (hash.digest('hex') !== promised) {
        throw new Fault('feed/failed', `reading ${url}: its checksum is not the promised one; try again later`);
      }
    },
  };
}

async function topicsOf(world: FeedWorld, url: string): Promise<readonly string[] | null> {
  const part = await smallPart(world, url);
  if (part === null) return null;
  let json: unknown;
  try {
    json = JSON.parse((await readPart(part, smallBytes)).toString('utf8'));
  } catch (cause) {
    throw cause instanceof Fault ? cause : new Fault('feed/failed', `reading ${url}: it is not JSON`, { cause });
  }
  const topics = array(object(json)?.['topics']).flatMap((topic) => text(object(topic)?.['n'], 100) ?? []);
  return [...new Set(topics)].filter((topic) => /^[\w+-][\w.+-]*$/.test(topic)).slice(0, maxTopics);
}

/** The first base URL of a mirror list; Amazon's hosts only, since a list may say anything. */
async function baseOf(world: FeedWorld, url: string): Promise<string | null> {
  const part = await smallPart(world, url);
  if (part === null) return null;
  const lines = (await readPart(part, smallBytes)).toString('utf8').split('\n');
  const bases = lines.map((line) => line.trim().replaceAll('$basearch', 'x86_64').replace(/\/+$/, ''));
  const found = bases.find((base) => URL.canParse(base) && isAmazon(new URL(base)));
  if (found === undefined) throw new Fault('feed/failed', `reading ${url}: it names no repository of Amazon`);
  return found;
}

function isAmazon({ protocol, hostname }: URL): boolean {
  return /^https?:$/.test(protocol) && /(?:^|\.)(?:amazonlinux|amazonaws)\.com$/.test(hostname);
}

/** The file with the updates by repomd.xml; `none` where the repository has no such file, null where it is not there itself. */
async function updatesOf(
  world: FeedWorld,
  base: string,
): Promise<Pick<AmazonRepository, 'url' | 'checksum'> | 'none' | null> {
  const url = `${base}/repodata/repomd.xml`;
  const part = await smallPart(world, url);
  if (part === null) return null;
  let updates: XmlElement | null = null;
  for await (const element of xmlElements(part.stream(smallBytes), url, { root: 'repomd', level: 1 })) {
    if (element.name === 'data' && element.attributes['type'] === 'updateinfo') updates = element;
  }
  if (updates === null) return 'none';
  const checksum = updates.children.find(({ name }) => name === 'checksum');
  const location = updates.children.find(({ name }) => name === 'location')?.attributes['href'] ?? '';
  const algorithm = algorithms[checksum?.attributes['type'] ?? ''];
  const hex = checksum?.text.toLowerCase() ?? '';
  if (
    algorithm === undefined ||
    !/^[0-9a-f]{40,128}$/.test(hex) ||
    !/^[\w][\w./+-]*$/.test(location) ||
    /\.\./.test(location)
  ) {
    throw new Fault('feed/failed', `reading ${url}: it names its updates without a checksum or place that is known`);
  }
  return { url: `${base}/${location}`, checksum: `${algorithm} ${hex}` };
}

const algorithms: Readonly<Record<string, string>> = { sha: 'sha1', sha1: 'sha1', sha256: 'sha256', sha512: 'sha512' };

async function smallPart(world: FeedWorld, url: string): Promise<Part | null> {
  const answer = await fetchParts(world, [url], null);
  return answer.kind === 'changed' ? (answer.parts.get(url) ?? null) : null;
}
