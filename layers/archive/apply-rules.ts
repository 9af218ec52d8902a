import { deleteArchivedSource } from '#catalog/archived-source-store.ts';
import { sendEvents } from '#platform/bus.ts';
import { takeLease } from '#platform/lease.ts';
import type { Platform } from '#platform/platform.ts';
import { archiveImage, type ArchiveWorld } from './archive-image.ts';
import type { ArchiveRule } from './archive-rule.ts';
import { beginArchiving, beginDeletion } from './archive-store.ts';
import { archiveCandidates, type Candidate, deletionCandidates } from './candidate-store.ts';
import { endDeleting } from './delete-archived.ts';
import { accountsWithRules, listRules } from './rule-store.ts';

export type RulesWorld = ArchiveWorld & Pick<Platform, 'queues'>;

export interface RuleOptions {
  /** Only says in the log what would be done. */
  readonly dryRun: boolean;
  /** Says that no more is to be begun. */
  late(): boolean;
}

/** What following the rules did, or would have done. */
export interface RulesApplied {
  readonly archived: number;
  readonly deleted: number;
}

/** Rules are followed by one process at a time; one that dies is waited for this long. Milliseconds. */
const leaseMs = 5 * 60_000;

const pageSize = { accounts: 100, candidates: 2000, begun: 40 } as const;

/** Images that are archived at once: each is in memory with its report. */
const atOnce = 2;

/**
 * Follows the rules of all accounts: what they archive leaves the working set, rules for every account before those of one, and what they
 * delete is gone. Everything is in rows, so that it goes on with what is left whenever it was broken off. Null when another
 * process is at it.
 */
export async function applyRules(world: RulesWorld, options: RuleOptions): Promise<RulesApplied | null> {
  await using lease = await takeLease(world.sql, world.clock, 'archive rules', 'archive', leaseMs);
  if (lease === null) return null;
  const late = () => options.late();
  const done = { archived: 0, deleted: 0 };
  for (let after = '', full = true; full && !late(); ) {
    const accounts = await accountsWithRules(world, after, pageSize.accounts);
    for (const account of accounts) {
      if (late() || !(await lease.renew())) return done;
      const rules = await listRules(world, account, true);
      const archiving = rules.filter(({ transition }) => transition === 'archive');
      const renewed = async () => !late() && (await lease.renew());
      for (const global of [true, false])
        done.archived += await archiveBy(
          world,
          account,
          archiving.filter((rule) => rule.systemGlobal === global),
          { ...options, renewed },
        );
      const deleting = rules.filter((rule) => rule.transition === 'delete' && rule.account === account);
      done.deleted += await deleteBy(world, account, deleting, { ...options, renewed });
    }
    after = accounts.at(-1) ?? '';
    full = accounts.length === pageSize.accounts;
  }
  if (done.archived + done.deleted > 0)
    world.log.info(options.dryRun ? 'archive rules would have been followed' : 'archive rules followed', { ...done });
  return done;
}

type Turn = Pick<RuleOptions, 'dryRun'> & {
  /** False: stop. */
  renewed(): Promise<boolean>;
};

async function archiveBy(world: RulesWorld, account: string, rules: readonly ArchiveRule[], turn: Turn) {
  return eachCandidate(rules, archiveCandidates, world, account, turn, async (batch) => {
    const wanted = new Map(batch.map((candidate) => [candidate.digest, candidate]));
    const waiting = [...(await beginArchiving(world, account, [...wanted.keys()], true, world.clock.now()))];
    let archived = 0;
    const work = async () => {
      for (let begun = waiting.shift(); begun !== undefined; begun = waiting.shift()) {
        const { tags } = wanted.get(begun.digest)!;
        const { digest } = begun;
        const { kind } = await archiveImage(world, begun, async (tx) => {
          await deleteArchivedSource(tx, account, digest, tags, world.clock.now());
        });
        if (kind === 'archived') archived++;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return archived;
  });
}

async function deleteBy(world: RulesWorld, account: string, rules: readonly ArchiveRule[], turn: Turn) {
  return eachCandidate(rules, deletionCandidates, world, account, turn, async (batch) => {
    let deleted = 0;
    for (const { digest } of batch) {
      const deleting = await beginDeletion(world, account, digest, ['archived'], world.clock.now());
      if (deleting === null) continue;
      await endDeleting(world, deleting);
      deleted++;
    }
    return deleted;
  });
}

/** Candidates page by page, each once: one that cannot be dealt with is not met again before the next time. */
async function eachCandidate(
  rules: readonly ArchiveRule[],
  find: typeof archiveCandidates,
  world: RulesWorld,
  account: string,
  turn: Turn,
  work: (batch: readonly Candidate[]) => Promise<number>,
): Promise<number> {
  if (rules.length === 0) return 0;
  let done = 0;
  for (let after = 0, full = true; full; ) {
    const page = await find(world, account, rules, world.clock.now(), { after, limit: pageSize.candidates });
    for (let at = 0; at < page.length; at += pageSize.begun) {
      if (!(await turn.renewed())) return done;
      const batch = page.slice(at, at + pageSize.begun);
      if (turn.dryRun) done += batch.length;
      else done += await work(batch);
      if (turn.dryRun)
        world.log.info('an archive rule would have moved images', {
          account,
          digests: batch.map(({ digest }) => digest),
        });
      else await sendEvents(world.queues, [{ kind: 'notice.raised', account }]);
    }
    after = page.at(-1)?.no ?? 0;
    full = page.length === pageSize.candidates;
  }
  return done;
}
