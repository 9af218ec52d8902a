import { randomUUID } from 'node:crypto';
import { requireAccount } from '#access/account-store.ts';
import type { ArchiveRule, TagPattern } from '#archive/archive-rule.ts';
import { addRule as insertRule, findRule, listRules, mostRules, removeRule } from '#archive/rule-store.ts';
import { Fault } from '#core/fault.ts';
import type { ArchiveRuleRequest } from '#schema/api/archives.ts';
import { ruleRecord } from './archive-records.ts';
import type { Call } from './route.ts';

/** The rules of an account and, with `system_global`, those for every account. */
export async function showRules({ world, principal, query }: Call<{ readonly system_global: boolean }>) {
  return (await listRules(world, principal.account, query.system_global)).map(ruleRecord);
}

/** One rule; throws `state/not-found`. */
export async function showRule({ world, principal, params }: Call) {
  const rule = await findRule(world, principal.account, params['ruleId'] ?? '');
  if (rule === null) throw notFound();
  return ruleRecord(rule);
}

/**
 * Adds a rule. Throws `auth/forbidden` when somebody who is no administrator adds one for every account, and `input/invalid` for what does not
 * fit together.
 */
export async function addRule({ world, principal, body }: Call<unknown, ArchiveRuleRequest>) {
  const global = body.system_global ?? false;
  const max = body.max_images_per_account ?? null;
  if (global && !principal.admin)
    throw new Fault(
      'auth/forbidden',
      'Not authorized. Requires permissions: domain=system action=createArchiveTransitionRule target=*',
    );
  if (max !== null) requireAlone(body, global);
  await requireAccount(world, principal.account);
  const now = world.clock.now();
  const exclude = body.exclude?.selector ?? {};
  const rule: ArchiveRule = {
    ruleId: randomUUID().replaceAll('-', ''),
    account: principal.account,
    transition: body.transition,
    systemGlobal: global,
    selector: selectorOf(body),
    exclude: { registry: exclude.registry ?? '', repository: exclude.repository ?? '', tag: exclude.tag ?? '' },
    excludeDays: body.exclude?.expiration_days ?? -1,
    ageDays: body.analysis_age_days ?? -1,
    versionsNewer: body.tag_versions_newer ?? -1,
    maxImages: max,
    createdAt: now,
    updatedAt: now,
  };
  switch (await insertRule(world, rule)) {
    case 'added':
      return ruleRecord(rule);
    case 'too-many':
      throw new Fault('input/invalid', `Error adding rule: an account has at most ${mostRules} of them`);
    case 'second-maximum':
      throw new Fault(
        'input/invalid',
        'Error adding rule: A system_global Archive Transition Rule already exists with max_images_per_account set',
      );
  }
}

/** Removes a rule. Throws `state/not-found`, and `auth/forbidden` for one that an administrator made for every account. */
export async function deleteRule({ world, principal, params }: Call): Promise<undefined> {
  const id = params['ruleId'] ?? '';
  if (await removeRule(world, principal.account, id)) return undefined;
  const rule = await findRule(world, principal.account, id);
  if (rule === null) throw notFound();
  if (!principal.admin) throw new Fault('auth/forbidden', 'Non-admins cannot modify/delete system global rules');
  await removeRule(world, rule.account, id);
  return undefined;
}

function notFound(): Fault {
  return new Fault('state/not-found', 'Rule not found');
}

/** A number of images decides by itself. */
function requireAlone({ selector, exclude, transition }: ArchiveRuleRequest, global: boolean): void {
  if (!global) throw new Fault('input/invalid', "Cannot set max_images_per_account on a rule that isn't system_global");
  if (Object.keys(selector ?? {}).length > 0 || Object.keys(exclude ?? {}).length > 0)
    throw new Fault(
      'input/invalid',
      'Error adding rule: Cannot set a selector or exclude on a rule with max_images_per_account',
    );
  if (transition !== 'archive')
    throw new Fault('input/invalid', 'Error adding rule: max_images_per_account is for rules that archive');
}

/** A selector that is left out stands for everything; an empty field is a mistake of whoever wrote it. */
function selectorOf({ selector }: ArchiveRuleRequest): TagPattern {
  const { registry = '*', repository = '*', tag = '*' } = selector ?? {};
  if (registry === '' || repository === '' || tag === '')
    throw new Fault('input/invalid', 'Error adding rule: Selector fields cannot be empty');
  return { registry, repository, tag };
}
