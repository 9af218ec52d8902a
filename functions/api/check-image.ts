import type { Image } from '#catalog/image.ts';
import { Fault } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import { checkResult } from '#policy/check-result.ts';
import { type Evaluation, evaluateTag } from '#policy/evaluate-image.ts';
import { findGrounds } from '#policy/grounds-store.ts';
import { readVerdict, verdictHistory, type VerdictRecord } from '#policy/verdict-store.ts';
import { formatReference, parseReference } from '#registry/reference.ts';
import { requireAnalyzed, requireStored } from './find-stored.ts';
import { isoSeconds } from './image-record.ts';
import { jsonList } from './json-list.ts';
import type { ApiWorld, Call } from './route.ts';

interface CheckQuery {
  readonly tag: string;
  readonly policyId?: string | undefined;
  readonly detail: boolean;
  readonly history: boolean;
  readonly interactive: boolean;
}

/** Verdicts of a history; each is a change of what was said. */
const maxHistory = 100;

/**
 * Evaluates the image that the path names under a tag now and stores the verdict, unless `interactive`. With `history`, every stored
 * verdict of the image, tag and bundle follows, newest first. Throws `state/not-found` when there is no such image, when it is
 * not analysed, and when there is no bundle to judge by.
 */
export async function checkImage({ world, principal, params, query }: Call<CheckQuery>): Promise<unknown> {
  const tag = fullTag(query.tag);
  const policyId = query.policyId ?? null;
  const { digest, imageId = null } = params;
  const question = { digest: digest ?? imageId ?? '', imageId, tag, policyId };
  const grounds = requireStored(await findGrounds(world, principal.account, question));
  const image = requireAnalyzed(grounds.image);
  const now = await evaluateTag(world, grounds, { policyId, store: !query.interactive });
  if (now.telling === 'told') await sendEvents(world.queues, [{ kind: 'notice.raised', account: image.account }]);
  if (!query.history) return [{ [image.digest]: { [tag]: [evaluationRecord(image, now, query.detail)] } }];
  const place = { account: image.account, digest: image.digest, tag, policyId: now.verdict.policyId };
  const stored = await verdictHistory(world, place, { limit: maxHistory });
  const head = `[{${JSON.stringify(image.digest)}:{${JSON.stringify(tag)}:[`;
  return jsonList(head, history(world, image, query, now, stored), ']}}]');
}

function fullTag(text: string): string {
  const reference = parseReference(text);
  if (reference.tag === null)
    throw new Fault('input/invalid', `'${text}': give the tag to evaluate the image under, registry/repository:tag`);
  return formatReference({ ...reference, digest: null });
}

/** The verdict of now stands in the store already, unless it was asked for without storing. */
async function* history(
  world: ApiWorld,
  image: Image,
  query: CheckQuery,
  now: Evaluation,
  stored: readonly VerdictRecord[],
) {
  if (query.interactive) yield evaluationRecord(image, now, query.detail);
  for (const record of stored) {
    const { verdict, bundle } = await readVerdict(world, record);
    const evaluation = { verdict, bundle, evaluatedAt: record.evaluatedAt };
    yield evaluationRecord(image, evaluation, query.detail, record.createdAt);
  }
}

function evaluationRecord(
  image: Image,
  { verdict, bundle, evaluatedAt }: Evaluation,
  detail: boolean,
  since: number = evaluatedAt,
) {
  return {
    policyId: verdict.policyId,
    status: verdict.status,
    last_evaluation: isoSeconds(evaluatedAt),
    detail: detail
      ? { policy: bundle, result: checkResult(verdict, bundle, { account: image.account, at: evaluatedAt, since }) }
      : {},
  };
}
