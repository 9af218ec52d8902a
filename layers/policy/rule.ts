import type { PolicyRule } from '#schema/policy-bundle.ts';
import { type BundleProblem, bundleProblem } from './bundle-problem.ts';
import { endedGates } from './ended-gates.ts';
import type { Gate, Parameter, Trigger } from './gate.ts';
import { gates } from './gates.ts';

/** A rule of a bundle with the trigger it names and its parameters' values. */
export type ResolvedRule =
  | {
      readonly kind: 'rule';
      readonly gate: Gate;
      readonly trigger: Trigger;
      readonly values: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'invalid'; readonly problems: readonly BundleProblem[] };

/** One bundle judges many images: each of its rules is read once. */
const known = new WeakMap<PolicyRule, ResolvedRule>();

/** Finds gate and trigger, in any case, and reads the parameters; all that is wrong with the rule is told at once. */
export function resolveRule(rule: PolicyRule): ResolvedRule {
  const resolved = known.get(rule) ?? readRule(rule);
  known.set(rule, resolved);
  return resolved;
}

function readRule(rule: PolicyRule): ResolvedRule {
  const gateName = rule.gate.toLowerCase();
  const triggerName = rule.trigger.toLowerCase();
  const about = { gate: rule.gate, trigger: rule.trigger, rule_id: rule.id };
  const gate = gates.find((candidate) => candidate.name === gateName);
  if (gate !== undefined) {
    const trigger = gate.triggers.find(({ name, aliases = [] }) => [name, ...aliases].includes(triggerName));
    if (trigger !== undefined) return readParameters(gate, trigger, rule);
    const triggers = gate.triggers.map(({ name }) => name).join(', ');
    return invalid(
      bundleProblem('TriggerNotFoundError', `The gate has no such trigger; its triggers are ${triggers}`, about),
    );
  }
  if (Object.hasOwn(endedGates, gateName)) {
    const next = endedGates[gateName];
    return invalid(
      bundleProblem(
        'EndOfLifedError',
        `Gate ${rule.gate} has been End-of-Lifed; remove the rule${next ? ` or write it for the gate '${next}'` : ''}`,
        about,
      ),
    );
  }
  const names = gates.map(({ name }) => name).sort();
  return invalid(bundleProblem('GateNotFoundError', `No such gate; the gates are ${names.join(', ')}`, about));
}

function readParameters(gate: Gate, trigger: Trigger, rule: PolicyRule): ResolvedRule {
  const about = { gate: rule.gate, trigger: rule.trigger, rule_id: rule.id };
  // As the original: names in any case, the last of several wins, null is as if it were not there.
  const given = new Map((rule.params ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
  const problems: BundleProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(trigger.parameters)) {
    const text = take(given, [name, ...(parameter.aliases ?? [])]);
    const read = readParameter(parameter, text);
    if (read.kind === 'value') values[name] = read.value;
    else {
      problems.push(
        bundleProblem('ParameterValueInvalidError', read.reason, { ...about, parameter: name, value: text }),
      );
    }
  }
  for (const name of given.keys()) {
    const valid = Object.keys(trigger.parameters).join(', ') || 'none';
    problems.push(
      bundleProblem('InvalidParameterError', `The trigger has no such parameter; it takes ${valid}`, {
        ...about,
        parameter: name,
      }),
    );
  }
  const refused = problems.length === 0 ? (trigger.refuses?.(values) ?? null) : null;
  if (refused !== null) problems.push(bundleProblem('ParameterValueInvalidError', refused, about));
  return problems.length === 0 ? { kind: 'rule', gate, trigger, values } : { kind: 'invalid', problems };
}

/** The text given under the first of the names that has one; all of the names count as known. */
function take(given: Map<string, string | null>, names: readonly string[]): string | null {
  let text: string | null = null;
  for (const name of names) {
    text ??= given.get(name) ?? null;
    given.delete(name);
  }
  return text;
}

function readParameter(parameter: Parameter<unknown>, text: string | null) {
  if (text !== null) {
    const parsed = parameter.type.parse(text);
    return parsed.kind === 'value' ? parsed : ({ kind: 'invalid', reason: `The value ${parsed.reason}` } as const);
  }
  if (parameter.required) return { kind: 'invalid', reason: 'Required parameter' } as const;
  return { kind: 'value', value: parameter.default ?? null } as const;
}

function invalid(problem: BundleProblem): ResolvedRule {
  return { kind: 'invalid', problems: [problem] };
}
