import { Fault } from '#core/fault.ts';
import type { EventOf } from '#schema/events.ts';
import { ecrEvent } from '#schema/ecr-event.ts';
import { isCompanionTag } from './companion-tag.ts';

/** A push to admit, or why the event is none of ours. */
export type EcrOutcome =
  | { readonly kind: 'pushed'; readonly event: EventOf<'image.pushed'> }
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
  if (detail['action-type'] !== 'PUSH') return ignored(`action ${detail['action-type']} asks for no analysis`);
  if (detail.result !== 'SUCCESS') return ignored(`the push ended with ${detail.result}`);
  const tag = detail['image-tag'] || null;
  if (tag !== null && isCompanionTag(tag)) return ignored(`${tag} is a signature or attestation, not an image`);
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const host = `${owner}.dkr.ecr.${region}.${suffix}`;
  const reference = `${host}/${detail['repository-name']}${tag === null ? '' : `:${tag}`}@${detail['image-digest']}`;
  return { kind: 'pushed', event: { kind: 'image.pushed', account, reference, at: Date.parse(time) } };
}

function ignored(reason: string): EcrOutcome {
  return { kind: 'ignored', reason };
}
