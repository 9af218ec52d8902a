import type { ImageRegistry } from '#platform/image-registry.ts';
import { parseEcrHost } from '#platform/aws/ecr-host.ts';

/**
 * The repositories of a registry of ECR that this program may see: all of them, or those that an ARN of the list (with * and ?, as IAM reads
 * them; separated by commas) names in this account and region. The registry is asked for its names only when one is not
 * written out: rights on single repositories do not allow it.
 */
export async function* ownRepositories(
  images: Pick<ImageRegistry, 'listRepositories'>,
  registry: string,
  arns: string | null,
): AsyncGenerator<string> {
  if (arns === null) return yield* images.listRepositories();
  const names = namesIn(arns, registry);
  if (names.every((name) => !wildcard.test(name))) return yield* new Set(names);
  const forms = names.map(patternOf);
  for await (const repository of images.listRepositories())
    if (forms.some((form) => form.test(repository))) yield repository;
}

const wildcard = /[*?]/;

/** What the ARNs say of this registry: names, some with wildcards. */
function namesIn(arns: string, registry: string): readonly string[] {
  const host = parseEcrHost(registry);
  return arns.split(',').flatMap((arn) => {
    const [, region = '', account, name = ''] = /^arn:[\w-]+:ecr:([\w*-]+):(\d{12}):repository\/(.+)$/.exec(arn) ?? [];
    return host !== null && account === host.account && patternOf(region).test(host.region) ? [name] : [];
  });
}

function patternOf(text: string): RegExp {
  const written = text.replace(/[^*?]/g, (sign) => (/\w/.test(sign) ? sign : `\\${sign}`));
  return new RegExp(`^${written.replace(/\*+/g, '.*').replaceAll('?', '.')}$`);
}
