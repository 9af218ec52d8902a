import { createHash } from 'node:crypto';
import { leadsTo } from '#catalog/current-tags-store.ts';
import type { Image } from '#catalog/image.ts';
import { Fault } from '#core/fault.ts';
import { fitEvent, toldAnnotations } from '#platform/event-details.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { LogEvent } from '#schema/event-log.ts';
import type { Verdict } from '#schema/verdict.ts';
import { changedRows } from './changed-rows.ts';
import { replaceStanding, type StandingVerdict } from './standing-verdict-store.ts';
import { readVerdict, type VerdictRecord, type VerdictWorld } from './verdict-store.ts';

/** A verdict of the active policy that is stored, and what stood when its evaluation began. */
export interface NewVerdict {
  readonly record: VerdictRecord;
  readonly verdict: Verdict;
  /** Key of the bundle's document. */
  readonly bundle: string;
  readonly standing: StandingVerdict | null;
}

/** `overtaken`: another verdict has come to stand since, or another bundle; evaluate again. */
export type Telling = 'told' | 'nothing' | 'overtaken';

/**
 * Tells when the active policy says another action of an image under a tag than it did, by whichever bundle; the first time nothing.
 * An image that the tag does not lead to any more is told of only if it is watched by its digest. That a verdict stands and that it is told are one
 * transaction: where a process dies before it, the next evaluation does it.
 */
export async function tellVerdict(
  world: VerdictWorld,
  image: Image,
  { record, verdict, bundle, standing }: NewVerdict,
  byDigest: boolean,
): Promise<Telling> {
  if (standing?.record.verdictNo === record.verdictNo) return 'nothing';
  const event =
    standing === null || standing.record.action === record.action
      ? null
      : await verdictEvent(world, image, { record, verdict }, standing);
  return world.sql.transaction(async (tx) => {
    if (!(await replaceStanding(tx, record, bundle, standing))) return 'overtaken';
    if (event === null) return 'nothing';
    if (!byDigest && !(await leadsTo({ sql: tx }, record.account, record.tag, record.digest))) return 'nothing';
    await raiseEvents(tx, 'policy_engine', [event]);
    return 'told';
  });
}

async function verdictEvent(
  world: VerdictWorld,
  { annotations }: Image,
  { record, verdict }: Pick<NewVerdict, 'record' | 'verdict'>,
  { record: last, moves }: StandingVerdict,
): Promise<LogEvent> {
  const { account, digest, tag } = record;
  const before = await rowsOf(world, last);
  const event: LogEvent = {
    id: `${digest} ${moves + 1}`,
    account,
    type: 'user.checks.tag.policy_evaluation.update',
    resource: tag,
    details: {
      subscription_type: 'policy_eval',
      curr_eval: evaluationRecord(record),
      last_eval: evaluationRecord(last),
      annotations: toldAnnotations(annotations),
      changes: before === null ? { added: [], removed: [] } : changedRows(before, verdict.rows),
    },
    subscription: { type: 'policy_eval', key: tag },
    at: world.clock.now(),
  };
  return fitEvent(world.blobs, event, 'changes');
}

/** Null where the document is gone: that another action holds is told all the same. */
async function rowsOf(world: VerdictWorld, record: VerdictRecord): Promise<Verdict['rows'] | null> {
  try {
    return (await readVerdict(world, record)).verdict.rows;
  } catch (thrown) {
    if (Fault.from(thrown).code !== 'data/corrupt') throw thrown;
    return null;
  }
}

/** As the original keeps evaluations; its notices add `image_digest` and `status`. */
function evaluationRecord(record: VerdictRecord) {
  const { account, digest, tag, policyId, action, reason } = record;
  const finalAction = action.toUpperCase();
  return {
    policyeval_id: createHash('md5').update([policyId, account, digest, tag, finalAction].join(':')).digest('hex'),
    ...{ policyId, userId: account, imageDigest: digest, image_digest: digest, tag, final_action: finalAction },
    ...{ final_action_reason: reason, status: action === 'stop' ? 'fail' : 'pass' },
    created_at: new Date(record.createdAt).toISOString(),
    last_updated: new Date(record.evaluatedAt).toISOString(),
  };
}
