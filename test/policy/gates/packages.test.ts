import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileCheck } from '#analysis/list-file-checks.ts';
import { evaluate } from '#policy/evaluate.ts';
import type { Facts } from '#policy/gate.ts';
import { somePackage } from '#test/support/reports.ts';
import { bundleOf, facts, messages, refusals, ruleOf, withPackages } from '../sample-facts.ts';

const some = withPackages(
  somePackage({ type: 'deb', name: 'openssl', version: '1:3.0.11-1' }),
  somePackage({ type: 'npm', name: 'twice', version: '1.0.0' }),
  somePackage({ type: 'npm', name: 'twice', version: '2.0.0' }),
  somePackage({ type: 'python', name: 'odd', version: '1.0-unversionable!' }),
);

const required = (parameters: Readonly<Record<string, string>>) =>
  messages('packages', 'required_package', parameters, some);

test('required_package fires for what is not there', () => {
  assert.deepEqual(required({ name: 'curl' }), ['Required input package (curl) is not present in container image']);
  assert.deepEqual(required({ name: 'curl', version: '8' }), [
    'Required input package (curl,8) is not present in container image',
  ]);
  assert.deepEqual(required({ name: 'openssl' }), []);
});

test('required_package compares versions exactly, and of several packages one is enough', () => {
  assert.deepEqual(required({ name: 'openssl', version: '1:3.0.11-1' }), []);
  assert.deepEqual(required({ name: 'twice', version: '2.0.0' }), []);
  assert.deepEqual(required({ name: 'openssl', version: '3.0.11' }), [
    'Required input package (openssl) is present (1:3.0.11-1), but not at the version specified in policy (openssl)',
  ]);
});

test('required_package compares with a minimum as the package manager does, packages of languages too', () => {
  const minimum = (name: string, version: string) => required({ name, version, version_match_type: 'minimum' });
  for (const version of ['3.0.9', '3.0.11', '3.0.11-1', '1:3.0.11-1', '0:9'])
    assert.deepEqual(minimum('openssl', version), []);
  assert.deepEqual(minimum('openssl', '3.1'), [
    'Required min-version input package (openssl) is present (1:3.0.11-1), but is lower version than what is specified in policy (3.1)',
  ]);
  assert.deepEqual(minimum('twice', '1.5.0'), []);
  assert.equal(minimum('twice', '2.0.1').length, 1);
});

test('versions that cannot be compared are a problem of the rule', () => {
  const parameters = { name: 'odd', version: '2.0', version_match_type: 'minimum' };
  const verdict = evaluate(bundleOf([ruleOf('packages', 'required_package', 'STOP', parameters)]), some);
  assert.equal(verdict.action, 'stop');
  assert.match(verdict.problems[0]!.details, /cannot be compared/);
});

test('blacklist knows a package by name, and by its version with and without the release', () => {
  const listed = (parameters: Readonly<Record<string, string>>) => messages('packages', 'blacklist', parameters, some);
  assert.deepEqual(listed({ name: 'openssl' }), ['Package is blacklisted: openssl']);
  assert.deepEqual(listed({ name: 'openssl', version: '1:3.0.11' }), ['Package is blacklisted: openssl-1:3.0.11']);
  assert.deepEqual(listed({ name: 'openssl', version: '1:3.0.11-1' }), ['Package is blacklisted: openssl-1:3.0.11']);
  assert.deepEqual(listed({ name: 'openssl', version: '1:3.0' }), []);
  assert.deepEqual(listed({ name: 'twice', version: '1.0.0' }), ['Package is blacklisted: twice-1.0.0']);
  assert.deepEqual(listed({ name: 'open' }), []);
});

function check(path: string, state: FileCheck['state'], config = false): FileCheck {
  const expected = { digest: null, mode: null, owner: null, config, optional: false };
  return { path, package: { type: 'deb', name: 'bash', version: '5', arch: null }, expected, actual: null, state };
}

const checked: Facts = {
  ...facts,
  fileChecks: [
    check('/bin/bash', { kind: 'changed', what: ['content'] }),
    check('/etc/bash.bashrc', { kind: 'changed', what: ['content', 'mode'] }, true),
    check('/usr/share/doc/bash/README', { kind: 'missing' }),
    check('/usr/share/bash', { kind: 'changed', what: ['owner'] }),
    check('/usr/bin/clear_console', { kind: 'intact' }),
    check('/usr/share/locale/de', { kind: 'left-out' }),
  ],
};

const verify = (parameters: Readonly<Record<string, string>>, of = checked) =>
  messages('packages', 'verify', parameters, of);

test('verify tells files that were changed or are gone, configuration and owners left alone', () => {
  assert.deepEqual(verify({}), [
    "VERIFY check against package db for package 'bash' failed on entry '/bin/bash' with status: 'changed'",
    "VERIFY check against package db for package 'bash' failed on entry '/usr/share/doc/bash/README' with status: 'missing'",
  ]);
});

test('verify looks at packages, folders and kinds of change that it is asked for', () => {
  assert.equal(verify({ check: 'changed' }).length, 1);
  assert.equal(verify({ check: 'missing' }).length, 1);
  assert.equal(verify({ only_directories: '/bin,/opt' }).length, 1);
  assert.equal(verify({ only_packages: 'bash,curl' }).length, 2);
  assert.equal(verify({ only_packages: 'curl' }).length, 0);
});

test('content that nobody could compare is a problem of the rule, but where only missing files were asked for', () => {
  const unread: Facts = {
    ...facts,
    fileChecks: [...checked.fileChecks!, check('/bin/sh', { kind: 'unread', algorithm: 'md5' })],
  };
  const run = (parameters: Readonly<Record<string, string>>) =>
    evaluate(bundleOf([ruleOf('packages', 'verify', 'STOP', parameters)]), unread);
  assert.match(run({}).problems[0]!.details, /1 by md5.*--digest md5/);
  assert.equal(run({}).rows.length, 2);
  assert.deepEqual(run({ check: 'missing' }).problems, []);
  assert.deepEqual(run({ only_directories: '/usr' }).problems, []);
});

test('untrusted_vendor tells packages of the distribution that others built, or nobody who is named', () => {
  const built = withPackages(
    somePackage({ type: 'rpm', name: 'bash', version: '5-1', vendor: 'Red Hat, Inc.' }),
    somePackage({ type: 'rpm', name: 'agent', version: '1-1', vendor: 'Somebody' }),
    somePackage({ type: 'rpm', name: 'own', version: '1-1' }),
    somePackage({ type: 'npm', name: 'left-pad', version: '1.0.0', vendor: 'Somebody' }),
  );
  const asked = (vendors: string) => messages('packages', 'untrusted_vendor', { vendors }, built);
  assert.deepEqual(asked('Red Hat*'), [
    "Package agent-1-1 is of 'Somebody', who is not trusted",
    'Package own-1-1 is of a vendor that it does not name, who is not trusted',
  ]);
  assert.deepEqual(asked('*'), []);
  assert.match(refusals('packages', 'untrusted_vendor', { vendors: 'regexp:(' })[0]!, /patterns/);
});

test('parameters that mean nothing are refused', () => {
  assert.match(refusals('packages', 'required_package', { version: '1' })[0]!, /Required parameter/);
  assert.match(refusals('packages', 'required_package', { name: 'a', version_match_type: 'about' })[0]!, /'minimum'/);
  assert.match(refusals('packages', 'blacklist', {})[0]!, /Required parameter/);
  assert.match(refusals('packages', 'verify', { check: 'all' })[0]!, /'missing'/);
  assert.match(refusals('packages', 'verify', { only_packages: ',' })[0]!, /comma-separated/);
});
