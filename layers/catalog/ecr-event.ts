import { Fault } from '#core/fault.ts';
import type { EventOf } from '#schema/events.ts';
import { ecrEvent } from '#schema/ecr-event.ts';
import { isCompanionTag } from './companion-tag.ts';

/** A push to admit, a deletion to note, or why the event is none of ours. */
export type EcrOutcome =
  | { readonly kind: 'pushed'; readonly event: EventOf<'image.pushed'> }
  | { readonly kind: 'removed'; readonly event: EventOf<'image.removed'> }
  | { readonly kind: 'ignored'; readonly reason: string };

/**
 * What an EventBridge event of ECR (`source` aws.ecr, detail-type `ECR Image Action`) asks for. Throws `input/invalid` when
 * it is not an EventBridge event at all. (https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html)
 */
export function fromEcrEvent(json: unknown, account: string): EcrOutcome {
  const parsed = ecrEvent.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Fault(
      'input/invalid',
      `not an EventBridge event: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    );
  }
  const { source, 'detail-type': type, detail, region, account: owner, time } = parsed.data;
  if (source !== 'aws.ecr' || type !== 'ECR Image Action')
    return ignored(`${source} '${type}' is not an image action of ECR`);
  const action = detail['action-type'];
  if (action !== 'PUSH' && action !== 'DELETE') return ignored(`action ${action} is neither a push nor a deletion`);
  if (detail.result !== 'SUCCESS') return ignored(`the ${action} ended with ${detail.result}`);
  const tag = detail['image-tag'] || null;
  if (tag !== null && isCompanionTag(tag)) return ignored(`${tag} is a signature or attestation, not an image`);
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const host = `${owner}.dkr.ecr.${region}.${suffix}`;
  const reference = `${host}/${detail['repository-name']}${tag === null ? '' : `:${tag}`}@${detail['image-digest']}`;
  const at = Date.parse(time);
  if (action === 'DELETE') return { kind: 'removed', event: { kind: 'image.removed', account, reference, at } };
  return { kind: 'pushed', event: { kind: 'image.pushed', account, reference, at } };
}

function ignored(reason: string): EcrOutcome {
  return { kind: 'ignored', reason };
}
