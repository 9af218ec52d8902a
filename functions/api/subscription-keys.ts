import { Fault } from '#core/fault.ts';
import { formatReference, parseReference } from '#registry/reference.ts';
import type { SubscriptionType } from '#schema/event-log.ts';

/**
 * The key of a subscription, nothing left out: `alpine:latest` is `docker.io/library/alpine:latest`. Of `repo_update` it is
 * `docker.io/alpine`, since clients of the original look for it by that. Throws `input/invalid` for what no image is called.
 */
export function subscriptionKey(type: SubscriptionType, text: string): string {
  const { registry, repository, tag, digest } = parseReference(text);
  if (type === 'repo_update') {
    if (digest !== null || hasTag(text)) throw notAsked(text, 'REGISTRY/REPOSITORY, without a tag');
    return `${registry}/${registry === 'docker.io' ? repository.replace(/^library\/(?=[^/]+$)/, '') : repository}`;
  }
  if (tag === null || digest !== null) throw notAsked(text, 'REGISTRY/REPOSITORY:TAG, without a digest');
  return formatReference({ registry, repository, tag, digest: null });
}

/** The keys that a question may mean; none for what no image is called. */
export function askedKeys(type: SubscriptionType | undefined, text: string): readonly string[] {
  try {
    if (type !== undefined) return [subscriptionKey(type, text)];
    const tagged = subscriptionKey('tag_update', text);
    return hasTag(text) ? [tagged] : [tagged, subscriptionKey('repo_update', text)];
  } catch (thrown) {
    if (Fault.from(thrown).code !== 'input/invalid') throw thrown;
    return [];
  }
}

function hasTag(text: string): boolean {
  return text.lastIndexOf(':') > text.lastIndexOf('/');
}

function notAsked(text: string, form: string): Fault {
  return new Fault('input/invalid', `subscription_key '${text.slice(0, 300)}': give ${form}`);
}
