import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { policySpec } from '#functions/api/policy-spec.ts';
import { gates } from '#policy/gates.ts';
import { gateSpecs } from '#schema/api/system.ts';
import { fits } from '#test/support/fits.ts';

const spec = fits(gateSpecs, JSON.parse(JSON.stringify(policySpec())));

test('the spec names what the gates have and nothing else, active gates before retired ones', () => {
  assert.deepEqual(
    spec.filter(({ state }) => state === 'active').map(({ name, triggers }) => [name, triggers.map((one) => one.name)]),
    gates.map(({ name, triggers }) => [name, triggers.map((one) => one.name)]),
  );
  const states = spec.map(({ state }) => state);
  assert.deepEqual(states, states.toSorted());
  assert.deepEqual(
    spec.find(({ name }) => name === 'anchoresec'),
    {
      ...{ name: 'anchoresec', description: "Retired: the gate 'vulnerabilities' took its place", state: 'eol' },
      ...{ superceded_by: 'vulnerabilities', triggers: [] },
    },
  );
});

test('an example is a text that the parameter takes, and that its schema takes', () => {
  let examples = 0;
  for (const gate of gates)
    for (const trigger of gate.triggers)
      for (const [name, { type, example }] of Object.entries(trigger.parameters)) {
        const place = `${gate.name} ${trigger.name} ${name}: ${example}`;
        assert.equal(type.parse(example).kind, 'value', place);
        assert.ok(type.schema.pattern === undefined || new RegExp(type.schema.pattern).test(example), place);
        assert.ok(type.schema.enum === undefined || type.schema.enum.includes(example), place);
        examples++;
      }
  assert.ok(examples > 20);
});

const file = join(import.meta.dirname, '../../../../shared/reference/anchore/gates.json');
const absent = existsSync(file) ? false : 'the reference is not beside this repository';

interface Original {
  readonly gates: readonly {
    readonly gate: string;
    readonly state: string;
    readonly superseded_by: string | null;
    readonly triggers: readonly {
      readonly trigger: string;
      readonly state: string;
      readonly params: readonly { readonly name: string; readonly required: boolean }[];
    }[];
  }[];
}

test('every gate of the original is in the spec with its state; what is served of it has its triggers and parameters', {
  skip: absent,
}, () => {
  const originals = (JSON.parse(readFileSync(file, 'utf8')) as Original).gates;
  for (const { gate, state, superseded_by, triggers } of originals) {
    const own = spec.find(({ name }) => name === gate);
    // There is no gate `gems`: the original names one that it has not.
    const next = superseded_by === 'gems' ? 'ruby_gems' : superseded_by;
    assert.deepEqual([gate, own?.state, own?.superceded_by], [gate, state, next]);
    if (state === 'eol') continue;
    for (const { trigger, params } of triggers.filter((one) => one.state === 'active')) {
      const found = own?.triggers.find(({ name }) => name === trigger);
      assert.ok(found, `${gate} ${trigger}`);
      for (const { name, required } of params)
        assert.equal(
          found.parameters.find((one) => one.name === name)?.required,
          required,
          `${gate} ${trigger} ${name}`,
        );
    }
  }
});
