import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import { parseBundle } from '#policy/bundle.ts';
import { bundleProblem } from '#policy/bundle-problem.ts';
import { activateBundle, type BundleRecord, getBundle, putBundle, type StoredBundle } from '#policy/bundle-store.ts';
import { changingVerdicts } from '#policy/changing-verdicts.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { policyRecord } from './policy-record.ts';
import type { ApiWorld } from './route.ts';

/** A bundle from outside, which is not known to be one. */
type GivenBundle = Readonly<Record<string, unknown>>;

/**
 * Stores a bundle under its id, in place of one that is there; a new one is not active. Without an id it gets one made from account and
 * name. Throws `input/invalid` with `validation_details` for what is no bundle.
 */
export async function addPolicy(world: ApiWorld, account: string, given: GivenBundle): Promise<object> {
  const bundle = parsed(given['id'] ? given : { ...given, id: idOf(account, given['name']) });
  const known = await getBundle(world, account, bundle.id);
  return policyRecord(await stored(world, account, bundle, known), bundle);
}

/** What may be changed of a stored bundle; undefined leaves it as it is. */
export interface PolicyChange {
  readonly policyId?: string | undefined;
  readonly active?: boolean | undefined;
  readonly policybundle?: GivenBundle | undefined;
}

/**
 * Changes the bundle of an id, makes it the active one, or both. Throws `state/not-found`, `input/invalid` as {@link addPolicy} and where
 * the change names another id, and `state/conflict` for making the active one inactive: another is made active in its place.
 */
export async function updatePolicy(
  world: ApiWorld,
  account: string,
  policyId: string,
  { policyId: named = policyId, active, policybundle: given = {} }: PolicyChange,
): Promise<object> {
  if (named !== policyId)
    throw new Fault('input/invalid', `the path names policy '${policyId}', the record in the body another: '${named}'`);
  const known = await getBundle(world, account, policyId);
  if (known === null) throw new Fault('state/not-found', `policy ${policyId} not found`);
  if (active === false && known.active)
    throw new Fault(
      'state/conflict',
      `policy ${policyId} is the active one and cannot be made inactive; activate another in its place`,
    );
  const bundle = Object.keys(given).length === 0 ? known.bundle : parsed({ ...given, id: given['id'] || policyId });
  if (bundle.id !== policyId)
    throw new Fault('input/invalid', `the path names policy '${policyId}', its bundle another: '${bundle.id}'`);
  let record: BundleRecord = await stored(world, account, bundle, known);
  if (active === true && !record.active)
    record = await judgedBy(world, account, () => activateBundle(world, account, policyId));
  return policyRecord(record, bundle);
}

/** As the original makes ids, so that a bundle that is added again replaces itself. */
function idOf(account: string, name: unknown): string {
  return createHash('md5')
    .update(`${account}:${typeof name === 'string' ? name : ''}`)
    .digest('hex');
}

/** Characters of an id: policies and verdicts are found by it, and an index of PostgreSQL holds no more than 2,704 bytes. */
const longestId = 256;

function parsed(given: GivenBundle): PolicyBundle {
  const read = parseBundle(given);
  if (read.kind === 'bundle' && read.bundle.id.length <= longestId) return read.bundle;
  const problems =
    read.kind === 'invalid'
      ? read.problems
      : [bundleProblem('ValidationError', `id: it has more than ${longestId} characters`)];
  throw new Fault('input/invalid', 'Bundle failed validation', { detail: { validation_details: problems } });
}

async function stored(world: ApiWorld, account: string, bundle: PolicyBundle, known: StoredBundle | null) {
  const put = () => putBundle(world, account, bundle);
  const same = known !== null && JSON.stringify(known.bundle) === JSON.stringify(bundle);
  return known?.active === true && !same ? judgedBy(world, account, put) : put();
}

/** A change of what the account's images are judged by. */
async function judgedBy<T>(world: ApiWorld, account: string, change: () => Promise<T>): Promise<T> {
  const made = await changingVerdicts(world, account, 'evaluating', change);
  await sendEvents(world.queues, [{ kind: 'notice.raised', account }]);
  return made;
}
