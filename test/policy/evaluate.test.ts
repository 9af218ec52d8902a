import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { evaluate } from '#policy/evaluate.ts';
import type { Facts } from '#policy/gate.ts';
import type { ImageSelection, PolicyBundle, PolicyRule, WhitelistItem } from '#schema/policy-bundle.ts';
import {
  bundleOf,
  digest,
  facts,
  image,
  imageId,
  npmFinding,
  osFinding,
  parentDigest,
  ruleOf,
} from './sample-facts.ts';

const stop = ruleOf('always', 'always', 'STOP');
const warn = ruleOf('always', 'always', 'WARN');
const go = ruleOf('always', 'always', 'GO');
const vulnerable: Facts = { ...facts, findings: [osFinding, npmFinding] };
const vulnerabilities = ruleOf('vulnerabilities', 'package', 'STOP', { package_type: 'all' });

function selection(change: Partial<ImageSelection> = {}): ImageSelection {
  return { name: 'n', registry: '*', repository: '*', image: { type: 'tag', value: '*' }, ...change };
}

function withItems(rules: readonly PolicyRule[], ...items: readonly WhitelistItem[]): PolicyBundle {
  return bundleOf(rules, { whitelists: [{ id: 'list', version: '1_0', name: 'List', items: [...items] }] });
}

function item(gate: string, trigger_id: string, more: Partial<WhitelistItem> = {}): WhitelistItem {
  return { id: 'item', gate, trigger_id, ...more };
}

test('the worst action of all matches wins; go and warn pass', () => {
  const verdicts = [[go], [go, warn], [warn, stop, go]].map((rules) => evaluate(bundleOf(rules), facts));
  assert.deepEqual(
    verdicts.map(({ action, status }) => [action, status]),
    [
      ['go', 'pass'],
      ['warn', 'pass'],
      ['stop', 'fail'],
    ],
  );
});

test('a policy without matches says go', () => {
  const verdict = evaluate(bundleOf([vulnerabilities]), facts);
  assert.deepEqual([verdict.action, verdict.actionReason, verdict.rows], ['go', 'policy_evaluation', []]);
});

test('the first mapping that matches wins', () => {
  const bundle = bundleOf([], {
    policies: [
      { id: 'p1', version: '1_0', rules: [warn] },
      { id: 'p2', version: '1_0', rules: [stop] },
    ],
    mappings: [
      { ...selection({ name: 'other', registry: 'other' }), policy_id: 'p2' },
      { ...selection({ name: 'team', registry: 'registry.example.com', repository: 'team/*' }), policy_id: 'p1' },
      { ...selection({ name: 'rest' }), policy_id: 'p2' },
    ],
  });
  const verdict = evaluate(bundle, facts);
  assert.equal(verdict.matchedMapping?.name, 'team');
  assert.equal(verdict.action, 'warn');
});

test('without a mapping nothing runs and the image may go', () => {
  const verdict = evaluate(bundleOf([stop], { mappings: [] }), facts);
  assert.deepEqual(
    [verdict.action, verdict.actionReason, verdict.matchedMapping, verdict.rows, verdict.problems],
    ['go', 'policy_evaluation', null, [], []],
  );
});

const selections: readonly (readonly [string, Partial<ImageSelection>, boolean])[] = [
  ['a tag', { image: { type: 'tag', value: '1.2' } }, true],
  ['a tag pattern', { image: { type: 'tag', value: '1.*' } }, true],
  ['a tag expression', { image: { type: 'tag', value: 'regexp:[0-9.]+$' } }, true],
  ['another tag', { image: { type: 'tag', value: '1' } }, false],
  ['the digest', { image: { type: 'digest', value: digest } }, true],
  ['the digest of the index', { image: { type: 'digest', value: parentDigest } }, true],
  ['another digest', { image: { type: 'digest', value: `sha256:${'0'.repeat(64)}` } }, false],
  ['a digest is no pattern', { image: { type: 'digest', value: '*' } }, false],
  ['the id', { image: { type: 'id', value: imageId } }, true],
  ['the id with its algorithm', { image: { type: 'id', value: `sha256:${imageId}` } }, true],
  ['another id', { image: { type: 'id', value: digest } }, false],
  ['another repository', { repository: 'team', image: { type: 'digest', value: digest } }, false],
  ['another registry', { registry: 'docker.io' }, false],
];

for (const [name, change, want] of selections) {
  test(`a mapping by ${name} ${want ? 'matches' : 'does not match'}`, () => {
    const bundle = bundleOf([stop], { mappings: [{ ...selection(change), policy_id: 'policy' }] });
    assert.equal(evaluate(bundle, facts).action, want ? 'stop' : 'go');
  });
}

test('without a tag only wildcards match; a reference by digest matches wildcards and digests', () => {
  const bundle = (change: Partial<ImageSelection>) =>
    bundleOf([stop], { mappings: [{ ...selection(change), policy_id: 'policy' }] });
  assert.equal(evaluate(bundle({}), { ...facts, tag: '' }).action, 'stop');
  assert.equal(evaluate(bundle({}), { ...facts, tag: '' }).tag, '*/*:*');
  assert.equal(evaluate(bundle({ repository: 'team/app' }), { ...facts, tag: '' }).action, 'go');
  const byDigest = { ...facts, tag: `registry.example.com/team/app@${digest}` };
  assert.equal(evaluate(bundle({}), byDigest).action, 'stop');
  assert.equal(evaluate(bundle({ image: { type: 'tag', value: 'latest' } }), byDigest).action, 'go');
});

test('every policy of the mapping runs, in its order, and is named in its rows', () => {
  const bundle = bundleOf([], {
    policies: [
      { id: 'p1', version: '1_0', rules: [stop] },
      { id: 'p2', version: '1_0', rules: [warn] },
    ],
    mappings: [{ ...selection(), policy_ids: ['p2', 'p1'] }],
  });
  const verdict = evaluate(bundle, facts);
  assert.deepEqual(
    verdict.rows.map(({ policyId, action }) => [policyId, action]),
    [
      ['p2', 'warn'],
      ['p1', 'stop'],
    ],
  );
});

test('rows are ordered by gate, gates by their first rule', () => {
  const dockerfile = ruleOf('Dockerfile', 'no_dockerfile_provided', 'WARN');
  const verdict = evaluate(bundleOf([go, dockerfile, stop]), facts);
  assert.deepEqual(
    verdict.rows.map(({ gate, action }) => [gate, action]),
    [
      ['always', 'go'],
      ['always', 'stop'],
      ['dockerfile', 'warn'],
    ],
  );
});

test('a match without an id of its own gets the md5 of gate, trigger and message', () => {
  const [row] = evaluate(bundleOf([ruleOf('dockerfile', 'no_dockerfile_provided')]), facts).rows;
  const text = 'dockerfileno_dockerfile_providedImage was not analyzed with an actual Dockerfile';
  assert.equal(row?.triggerId, createHash('md5').update(text).digest('hex'));
});

test('an allowlisted match keeps its row and says go', () => {
  const verdict = evaluate(withItems([vulnerabilities], item('VULNERABILITIES', 'CVE-2019-14697+musl')), {
    ...facts,
    findings: [osFinding],
  });
  assert.equal(verdict.action, 'go');
  assert.deepEqual(verdict.rows, [
    {
      imageId,
      tag: facts.tag,
      triggerId: 'CVE-2019-14697+musl',
      gate: 'vulnerabilities',
      trigger: 'package',
      message:
        'HIGH Vulnerability found in os package type (APKG) - musl (fixed in: 1.1.20-r5)(CVE-2019-14697 - https://example.com/CVE-2019-14697)',
      action: 'go',
      allowlisted: { whitelist_name: 'List', whitelist_id: 'list', matched_rule_id: 'item' },
      policyId: 'policy',
      ruleId: 'vulnerabilities-package',
    },
  ]);
});

const items: readonly (readonly [string, WhitelistItem, boolean])[] = [
  ['another gate', item('dockerfile', 'CVE-2018-16487+lodash'), false],
  ['an alias', item('vulnerabilities', 'CVE-2018-16487+lodash'), true],
  ['a pattern', item('vulnerabilities', 'GHSA-*+lodash'), true],
  ['a pattern of an alias', item('vulnerabilities', 'CVE-2018-*'), true],
  ['an expression', item('vulnerabilities', 'regexp:.*\\+lodash$'), true],
  ['a part of the id', item('vulnerabilities', 'GHSA-4xc9-xhrj-v574'), false],
  ['the id in another case', item('vulnerabilities', 'ghsa-4xc9-xhrj-v574+lodash'), false],
  ['an item that has not expired', item('vulnerabilities', '*', { expires_on: '2026-11-21T12:00:01Z' }), true],
  ['an item that expires now', item('vulnerabilities', '*', { expires_on: '2026-11-21T12:00:00Z' }), false],
];

for (const [name, allowed, want] of items) {
  test(`an allowlist item by ${name} ${want ? 'allows' : 'does not allow'}`, () => {
    const verdict = evaluate(withItems([vulnerabilities], allowed), { ...facts, findings: [npmFinding] });
    assert.equal(verdict.action, want ? 'go' : 'stop');
  });
}

test('the first item that allows is named, patterns and exact ids alike', () => {
  const exact = item('always', 'always', { id: 'exact' });
  const pattern = item('always', 'a*', { id: 'pattern' });
  const named = (...list: readonly WhitelistItem[]) =>
    evaluate(withItems([stop], ...list), facts).rows[0]?.allowlisted?.matched_rule_id;
  assert.equal(named(exact, pattern), 'exact');
  assert.equal(named(pattern, exact), 'pattern');
});

test('an image on the allow list goes, on the deny list stops, on both stops; the policies say what they say', () => {
  const listed = [selection({ name: 'listed' })];
  const allowed = evaluate(bundleOf([stop], { whitelisted_images: listed }), facts);
  assert.deepEqual(
    [
      allowed.action,
      allowed.actionReason,
      allowed.policyAction,
      allowed.matchedAllowedImage?.name,
      allowed.rows.length,
    ],
    ['go', 'whitelisted', 'stop', 'listed', 1],
  );
  const denied = evaluate(bundleOf([go], { blacklisted_images: listed }), facts);
  assert.deepEqual(
    [denied.action, denied.status, denied.actionReason, denied.policyAction],
    ['stop', 'fail', 'blacklisted', 'go'],
  );
  const both = evaluate(bundleOf([go], { whitelisted_images: listed, blacklisted_images: listed }), facts);
  assert.deepEqual([both.action, both.actionReason], ['stop', 'blacklisted']);
  const unmapped = evaluate(bundleOf([go], { mappings: [], blacklisted_images: listed }), facts);
  assert.equal(unmapped.action, 'stop');
});

test('a rule with more matches than anybody reads is a problem with the first of them, and stops when it would stop', () => {
  const entry = {
    path: '',
    type: 'file',
    mode: 0,
    uid: 0,
    gid: 0,
    size: 0,
    sha256: null,
    link: null,
    layer: '',
  } as const;
  const files = new Map(Array.from({ length: 10_001 }, (_, n) => [`/srv/${n}.pem`, entry]));
  const run = (action: PolicyRule['action'], regex: string) =>
    evaluate(bundleOf([ruleOf('files', 'name_match', action, { regex })]), { ...facts, files });
  const all = run('STOP', '.*');
  assert.deepEqual([all.action, all.rows.length], ['stop', 10_000]);
  assert.match(all.problems[0]!.details, /more than 10000 matches/);
  const most = run('WARN', '/srv/(?!10000)');
  assert.deepEqual([most.action, most.rows.length, most.problems.length], ['warn', 10_000, 0]);
});

test('a rule that fails is a problem of that rule alone, and stops when it would stop', () => {
  const history = [{ createdBy: `RUN ${'x'.repeat(70_000)}`, created: null, emptyLayer: false, comment: null }];
  const long: Facts = { ...facts, image: { ...image, history } };
  const parameters = { instruction: 'RUN', check: 'like', value: '.*curl' };
  const run = (action: PolicyRule['action']) =>
    evaluate(bundleOf([ruleOf('dockerfile', 'instruction', action, parameters), warn]), long);
  assert.equal(run('STOP').action, 'stop');
  assert.equal(run('GO').action, 'warn');
  assert.equal(run('GO').rows.length, 1);
  assert.deepEqual(
    run('GO').problems.map(({ problem_type }) => problem_type),
    ['TriggerEvaluationError'],
  );
});

test('a stored rule that is not valid any more is a problem of that rule, and stops when it would stop', () => {
  const verdict = evaluate(bundleOf([ruleOf('anchoresec', 'vulnhigh', 'STOP'), go]), facts);
  assert.deepEqual([verdict.action, verdict.rows.length], ['stop', 1]);
  assert.equal(verdict.problems[0]?.problem_type, 'EndOfLifedError');
});

test('a bundle that is broken as a whole stops with its problems and no rows', () => {
  const verdict = evaluate(bundleOf([go], { policies: [] }), facts);
  assert.deepEqual([verdict.action, verdict.status, verdict.policyAction, verdict.rows], ['stop', 'fail', 'stop', []]);
  assert.equal(verdict.problems[0]?.problem_type, 'ReferencedObjectNotFoundError');
});

test('ten thousand items and ten thousand matches are no trouble', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => ({ ...osFinding, id: `CVE-${i}`, aliases: [] }));
  const list = many.map(({ id }) => item('vulnerabilities', `${id}+musl`));
  const verdict = evaluate(withItems([vulnerabilities], ...list), { ...facts, findings: many });
  assert.equal(verdict.rows.length, 10_000);
  assert.equal(verdict.action, 'go');
});

test('the same bundle and facts give the same verdict', () => {
  const bundle = bundleOf([vulnerabilities, stop]);
  assert.deepEqual(evaluate(bundle, vulnerable), evaluate(structuredClone(bundle), structuredClone(vulnerable)));
});
