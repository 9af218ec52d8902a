import { gates } from '#policy/gates.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { bundleOf, ruleOf } from './sample-facts.ts';

/** A bundle with a rule for every trigger that there is, each with the examples of its parameters. */
export function allRules(): PolicyBundle {
  const rules = gates.flatMap((gate) =>
    gate.triggers.map((trigger) => {
      const examples = Object.entries(trigger.parameters).map(([name, { example }]) => [name, example]);
      const parameters: Record<string, string> = { ...Object.fromEntries(examples), ...others[trigger.name] };
      return ruleOf(gate.name, trigger.name, 'WARN', parameters);
    }),
  );
  return bundleOf(rules);
}

/** Contents that dpkg and apk know are compared only where the analysis made their digests. */
const others: Readonly<Record<string, Readonly<Record<string, string>>>> = { verify: { check: 'missing' } };
