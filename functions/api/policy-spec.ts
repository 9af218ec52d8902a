import { endedGates } from '#policy/ended-gates.ts';
import type { Gate, Parameter, Trigger } from '#policy/gate.ts';
import { gates } from '#policy/gates.ts';

/** Every gate that a rule may name, then those that the original has retired: made of the gates themselves. */
export function policySpec() {
  return [...gates.map(gateSpec), ...Object.entries(endedGates).map(([name, next]) => endedSpec(name, next))];
}

const active = { state: 'active', superceded_by: null } as const;

function gateSpec({ name, description, triggers }: Gate) {
  return { name, description, ...active, triggers: triggers.map(triggerSpec) };
}

function triggerSpec({ name, description, parameters }: Trigger) {
  return {
    ...{ name, description, ...active },
    parameters: Object.entries(parameters).map(([parameter, one]) => parameterSpec(parameter, one)),
  };
}

function parameterSpec(name: string, { type, description, example, required = false }: Parameter<unknown>) {
  return { name, description, example, ...active, required, validator: type.schema };
}

function endedSpec(name: string, next: string | null) {
  const instead = next === null ? 'nothing took its place' : `the gate '${next}' took its place`;
  return {
    ...{ name, description: `Retired: ${instead}`, state: 'eol', superceded_by: next },
    triggers: [],
  };
}
