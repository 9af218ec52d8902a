import { Fault } from '#core/fault.ts';
import { parseReference } from '../reference.ts';

/** What the name of an account's registry stands for. */
export interface RegistryName {
  /** As references have it: `docker.io`, `localhost:5000`, in lower case. */
  readonly host: string;
  /** A repository or, with `wildcard`, what repositories begin with; empty without wildcard: all of the host. */
  readonly path: string;
  readonly wildcard: boolean;
}

/**
 * Reads `host`, `host/repository` or `host/prefix*`. The asterisk stands at the end and behind the host: a host that another only begins
 * with belongs to somebody else. Throws `state/conflict` for a scheme or a slash at the end, as the original answers them, else
 * `input/invalid`.
 */
export function parseRegistryName(name: string): RegistryName {
  if (/^https?:\/\//i.test(name) || name.endsWith('/'))
    throw new Fault(
      'state/conflict',
      'input registry name cannot end with / or contain http(s)://: give HOST[:PORT][/PATH]',
    );
  const slash = name.indexOf('/');
  const host = slash < 0 ? name : name.slice(0, slash);
  const rest = slash < 0 ? '' : name.slice(slash + 1);
  const wildcard = rest.endsWith('*');
  const path = wildcard ? rest.slice(0, -1) : rest;
  if (name.length > longestName || !/^[a-z0-9._/-]*$/.test(path) || path.startsWith('/')) throw invalid();
  const known = hostOf(host);
  // As in references: Docker's own images have no name before the slash.
  const own = known === 'docker.io' && !wildcard && path !== '' && !path.includes('/');
  return { host: known, path: own ? `library/${path}` : path, wildcard };
}

const longestName = 500;

/** The host of references to `host/x`, which has to be taken for one there. */
function hostOf(host: string): string {
  try {
    const { registry, repository } = parseReference(`${host}/x`);
    // A word without a dot is a repository of Docker Hub.
    if (repository === 'x' || host.includes('.')) return registry.toLowerCase();
  } catch {
    // Told without the name: it may hold a password in a place of its own making.
  }
  throw invalid();
}

function invalid(): Fault {
  return new Fault(
    'input/invalid',
    `this is not the name of a registry: give HOST[:PORT], HOST/REPOSITORY or HOST/PREFIX*, at most ${longestName} characters`,
  );
}
