import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBundle } from '#policy/bundle.ts';
import { endedGates } from '#policy/ended-gates.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { bundleOf, ruleOf } from './sample-facts.ts';

/** The problems of a bundle as `type details`; empty for a good one. */
function problems(bundle: unknown): readonly string[] {
  const parsed = parseBundle(bundle);
  return parsed.kind === 'bundle' ? [] : parsed.problems.map((one) => `${one.problem_type}: ${one.details}`);
}

/** One expectation for each problem, in order. */
function assertProblems(bundle: unknown, ...wanted: readonly RegExp[]): void {
  const found = problems(bundle);
  assert.equal(found.length, wanted.length, found.join('\n'));
  for (const [at, want] of wanted.entries()) assert.match(found[at]!, want);
}

const always = ruleOf('always', 'always');
const [mapping] = bundleOf([]).mappings;

function withItem(item: Readonly<Record<string, unknown>>): unknown {
  return bundleOf([always], {
    whitelists: [{ id: 'list', version: '1_0', items: [{ id: 'i', gate: 'always', trigger_id: 'always', ...item }] }],
  });
}

test('a good bundle is accepted; keys that mean nothing here stay in it', () => {
  const bundle = { ...bundleOf([{ ...always, note: 'kept' }]), description: 'kept', last_updated: 1 };
  const parsed = parseBundle(structuredClone(bundle));
  assert.deepEqual(parsed, { kind: 'bundle', bundle });
});

test('gates, triggers and parameters are found in any case; null is as if absent; rules may have no params', () => {
  const params = [
    { name: 'Package_Type', value: 'all' },
    { name: 'severity', value: null },
  ];
  const rules = [
    { gate: 'Vulnerabilities', trigger: 'PACKAGE', action: 'WARN' as const, params },
    { ...always, params: null },
  ];
  assert.deepEqual(problems(bundleOf(rules)), []);
});

for (const [gate, next] of Object.entries(endedGates)) {
  test(`rules of the retired gate ${gate} are refused${next === null ? '' : `, naming ${next}`}`, () => {
    assertProblems(
      bundleOf([ruleOf(gate, 'whatever')]),
      new RegExp(`^EndOfLifedError: .*${next ?? 'remove the rule'}`),
    );
  });
}

const refusedRules: readonly (readonly [string, ReturnType<typeof ruleOf>, RegExp])[] = [
  ['an unknown gate', ruleOf('toString', 'x'), /^GateNotFoundError: .*vulnerabilities.*gate=toString/],
  ['an unknown trigger', ruleOf('always', 'constructor'), /^TriggerNotFoundError: .*always/],
  [
    'a missing required parameter',
    ruleOf('vulnerabilities', 'package'),
    /^ParameterValueInvalidError: Required parameter .*package_type/,
  ],
  [
    'a value of no listed word',
    ruleOf('vulnerabilities', 'package', 'STOP', { package_type: 'OS' }),
    /^ParameterValueInvalidError: .*'all', 'os', 'non-os'/,
  ],
  [
    'an unknown parameter',
    ruleOf('always', 'always', 'STOP', { __proto__x: '1' }),
    /^InvalidParameterError: .*it takes none .*__proto__x/,
  ],
  [
    'a number that is none',
    ruleOf('vulnerabilities', 'package', 'STOP', { package_type: 'all', cvss_v3_base_score: '.' }),
    /^ParameterValueInvalidError: .*decimal number/,
  ],
  [
    'a path that is no regular expression',
    ruleOf('vulnerabilities', 'package', 'STOP', { package_type: 'all', package_path_exclude: '[' }),
    /^ParameterValueInvalidError: .*unterminated/,
  ],
  [
    'like without a regular expression',
    ruleOf('dockerfile', 'instruction', 'STOP', { instruction: 'RUN', check: 'like', value: '(' }),
    /^ParameterValueInvalidError: .*regular expression/,
  ],
];

for (const [name, rule, want] of refusedRules) {
  test(`a rule with ${name} is refused`, () => assertProblems(bundleOf([rule]), want));
}

test('a value that is a regular expression only for like may be any text otherwise', () => {
  const parameters = { instruction: 'RUN', check: '=', value: '(' };
  assertProblems(bundleOf([ruleOf('dockerfile', 'instruction', 'STOP', parameters)]));
});

test('all problems of all rules are told at once', () => {
  assertProblems(
    bundleOf([ruleOf('nope', 'x'), always, ruleOf('vulnerabilities', 'package', 'GO', { severity: 'bad', foo: '1' })]),
    /GateNotFoundError/,
    /Required parameter/,
    /severity/,
    /InvalidParameterError/,
  );
});

const shapes: readonly (readonly [string, unknown, RegExp])[] = [
  ['no object', null, /^ValidationError: bundle: /],
  ['no id', { ...bundleOf([]), id: undefined }, /^ValidationError: id: /],
  ['no mappings', { ...bundleOf([]), mappings: undefined }, /^ValidationError: mappings: /],
  [
    'lower-case actions',
    bundleOf([{ ...always, action: 'stop' as 'STOP' }]),
    /^InvalidGateAction: policies\.0\.rules\.0\.action/,
  ],
  [
    'values that are no strings',
    bundleOf([{ ...always, params: [{ name: 'a', value: 1 as never }] }]),
    /^ParameterValueInvalidError: .*params\.0\.value/,
  ],
  [
    'another kind of image',
    bundleOf([], { mappings: [{ ...mapping!, image: { type: 'name' as 'tag', value: 'x' } }] }),
    /^ValidationError: mappings\.0\.image\.type/,
  ],
  ['another version', { ...bundleOf([ruleOf('nope', 'x')]), version: '1_1' }, /^ValidationError: Bundle version '1_1'/],
  [
    'policy_id and policy_ids',
    bundleOf([always], { mappings: [{ ...mapping!, policy_id: 'policy' }] }),
    /^ValidationError: .*policy_id/,
  ],
  [
    'no policy at all',
    bundleOf([always], { mappings: [{ ...mapping!, policy_ids: null }] }),
    /^ValidationError: .*policy_id/,
  ],
  [
    'a mapping that is no pattern',
    bundleOf([always], { mappings: [{ ...mapping!, repository: 'regexp:(' }] }),
    /^ValidationError: .*repository=regexp/,
  ],
  [
    'an image list that is no pattern',
    bundleOf([always], { whitelisted_images: [{ ...mapping!, registry: 'regexp:[' }] }),
    /^ValidationError: .*registry=regexp/,
  ],
  [
    'a reference to no policy',
    bundleOf([always], { policies: [] }),
    /^ReferencedObjectNotFoundError: .*reference_type=policy,reference_id=policy/,
  ],
  [
    'a reference to no whitelist',
    bundleOf([always], { whitelists: null }),
    /^ReferencedObjectNotFoundError: .*reference_type=whitelist,reference_id=list/,
  ],
  [
    'a policy of another version',
    bundleOf([], { policies: [{ id: 'policy', version: '2_0', rules: [] }] }),
    /^UnsupportedVersionError: .*id=policy,found_version=2_0/,
  ],
  [
    'a policy without rules',
    bundleOf([], { policies: [{ id: 'policy', version: '1_0' }] }),
    /^ValidationError: The policy has no rules/,
  ],
  [
    'a whitelist of another version',
    bundleOf([], { whitelists: [{ id: 'list', version: '', items: [] }] }),
    /^UnsupportedVersionError: .*id=list/,
  ],
  [
    'a whitelist without items',
    bundleOf([], { whitelists: [{ id: 'list', version: '1_0' }] }),
    /^ValidationError: The whitelist has no items/,
  ],
  [
    'two policies of one id',
    bundleOf([], { policies: [...bundleOf([]).policies, ...bundleOf([]).policies] }),
    /^DuplicateIdentifierFoundError: .*identifier=policy/,
  ],
  ['an item that is no pattern', withItem({ trigger_id: 'regexp:(' }), /^ValidationError: .*item=i/],
  ['a local time', withItem({ expires_on: '2026-01-01T00:00:00' }), /^ValidationError: expires_on/],
  ['a time with an offset', withItem({ expires_on: '2026-01-01T00:00:00+01:00' }), /^ValidationError: expires_on/],
  ['a day that does not exist', withItem({ expires_on: '2026-02-30T00:00:00Z' }), /^ValidationError: expires_on/],
];

for (const [name, bundle, want] of shapes) {
  test(`a bundle with ${name} is refused`, () => assertProblems(bundle, want));
}

for (const form of ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00:123456Z', null]) {
  test(`an item may expire on ${form}`, () => assertProblems(withItem({ expires_on: form })));
}

test('what no mapping refers to is not looked into', () => {
  const broken = { id: 'broken', version: '9', rules: [ruleOf('nope', 'x')] };
  const bundle = bundleOf([always], { mappings: [] });
  assertProblems({ ...bundle, policies: [broken, broken], whitelists: [{ id: 'w', version: 'x' }] });
});

test('documents that are too deep, too many or too long are refused, not walked into', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  assertProblems({ ...bundleOf([]), deep }, /nested deeper/);
  assertProblems({ ...bundleOf([]), many: Array.from({ length: 1_000_001 }, () => 1) }, /more than 1000000 values/);
  assertProblems({ ...bundleOf([]), long: 'x'.repeat(8 * 1024 * 1024 + 1) }, /characters of text/);
  assertProblems({ ...bundleOf([]), id: 'x'.repeat(5000) }, /^ValidationError: id/);
});

test('a bundle with thousands of problems names the first and counts the rest', () => {
  const bundle: PolicyBundle = bundleOf(Array.from({ length: 2_000 }, () => ruleOf('nope', 'x')));
  const found = problems(bundle);
  assert.equal(found.length, 501);
  assert.match(found.at(-1)!, /1500 more problems/);
});
