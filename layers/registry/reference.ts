import { type Digest, isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';

/** The name of an image in a registry. At least one of tag and digest is there; with both, the digest decides. */
export interface Reference {
  /** Host with port, as people write it: `docker.io`, `localhost:5000`. See {@link registryHost} for where it is reached. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: Digest | null;
}

/** The grammar of github.com/distribution/reference, with its limits. */
const host =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/;
const pathPart = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagForm = /^[\w][\w.-]{0,127}$/;
const longestName = 255;

/**
 * Reads an image reference the way docker does: `alpine` is `docker.io/library/alpine:latest`; a first part is a host when
 * it has a dot or a colon, an upper-case letter, or is `localhost`. Throws `input/invalid` that says what is wrong.
 */
export function parseReference(text: string): Reference {
  const invalid = (why: string) =>
    new Fault('input/invalid', `'${text.slice(0, 300)}' is not an image reference: ${why}`);
  if (text === '') throw invalid('it is empty');
  if (text.length > 1024) throw invalid('it is longer than 1024 characters');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw invalid('leave out the scheme, write HOST/REPOSITORY:TAG');

  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? null : text.slice(at + 1);
  if (digest !== null && !isDigest(digest)) {
    throw invalid(`'${digest.slice(0, 100)}' is not sha256: and 64 lower-case hex digits`);
  }
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/') && !named.startsWith('[', colon - 1);
  const tag = hasTag ? named.slice(colon + 1) : null;
  if (tag !== null && !tagForm.test(tag)) {
    throw invalid(`'${tag.slice(0, 130)}' is not a tag (letters, digits, '_', '.', '-', at most 128)`);
  }
  const { registry, repository } = splitName(hasTag ? named.slice(0, colon) : named);
  if (!host.test(registry)) throw invalid(`'${registry}' is not a host name`);
  const wrong = repository.split('/').find((part) => !pathPart.test(part));
  if (wrong !== undefined) {
    const upper = wrong !== wrong.toLowerCase() ? '; it must be lower case' : '';
    throw invalid(
      wrong === '' ? 'a part of the repository name is empty' : `'${wrong}' is not part of a repository name${upper}`,
    );
  }
  if (repository.length > longestName) throw invalid(`the repository name is longer than ${longestName} characters`);
  return { registry, repository, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** Whether this is the name of a tag. */
export function isTag(text: string): boolean {
  return tagForm.test(text);
}

function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const registry = isHost ? first : 'docker.io';
  const repository = isHost ? name.slice(slash + 1) : name;
  if (registry !== 'docker.io' && registry !== 'index.docker.io' && registry !== 'registry-1.docker.io') {
    return { registry, repository };
  }
  return { registry: 'docker.io', repository: repository.includes('/') ? repository : `library/${repository}` };
}

/** `registry/repository[:tag][@digest]`, nothing left out. */
export function formatReference(reference: Reference): string {
  const { registry, repository, tag, digest } = reference;
  return `${registry}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** As {@link formatReference}, without what docker lets people leave out: `docker.io` and `library/`. */
export function familiarReference(reference: Reference): string {
  return formatReference(reference).replace(/^docker\.io\/(library\/(?=[^/]*$))?/, '');
}

/** The host at which the registry API of this name answers: Docker Hub's is another than its name. */
export function registryHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}
