import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '#policy/gate.ts';
import { facts, image, messages } from '../sample-facts.ts';

function given(dockerfile: string, config: Readonly<Record<string, unknown>> = {}): Facts {
  return { ...facts, dockerfile, image: { ...image, config: { config } } };
}

/** An image without a Dockerfile: commands of its history, and its config. */
function guessed(commands: readonly string[], config: Readonly<Record<string, unknown>> | null = {}): Facts {
  const history = commands.map((createdBy) => ({ createdBy, created: null, emptyLayer: false, comment: null }));
  return { ...facts, image: { ...image, history, config: config === null ? {} : { config } } };
}

const check = (parameters: Readonly<Record<string, string>>, of: Facts) =>
  messages('dockerfile', 'instruction', parameters, of);

const plain = given('FROM ubuntu:18.04\nUSER admin\nCOPY . /app\nEXPOSE 3000\n');

const checks: readonly (readonly [string, string | null, readonly string[]])[] = [
  ['=', '. /app', ["Dockerfile directive 'COPY' check '=' matched against '. /app' for line '. /app'"]],
  ['!=', '. /app', []],
  ['exists', null, ["Dockerfile directive 'COPY' check 'exists' matched against '' for line '. /app'"]],
  ['not_exists', null, []],
  ['like', '. /', ["Dockerfile directive 'COPY' check 'like' matched against '. /' for line '. /app'"]],
  ['like', '/app', []],
  ['not_like', '/app', ["Dockerfile directive 'COPY' check 'not_like' matched against '/app' for line '. /app'"]],
  ['in', 'a, . /app', ["Dockerfile directive 'COPY' check 'in' matched against 'a, . /app' for line '. /app'"]],
  ['not_in', 'a,b', ["Dockerfile directive 'COPY' check 'not_in' matched against 'a,b' for line '. /app'"]],
  ['=', null, []],
];

for (const [kind, value, want] of checks) {
  test(`instruction: ${kind} ${value ?? 'without a value'}`, () => {
    const parameters = { instruction: 'COPY', check: kind, ...(value === null ? {} : { value }) };
    assert.deepEqual(check(parameters, plain), want);
  });
}

test('a missing instruction is told once; an empty Dockerfile and an image without any history say nothing', () => {
  const asked = { instruction: 'HEALTHCHECK', check: 'not_exists' };
  const want = ["Dockerfile directive 'HEALTHCHECK' not found, matching condition 'not_exists' check"];
  assert.deepEqual(check(asked, plain), want);
  assert.deepEqual(check(asked, guessed(['/bin/sh -c #(nop) ADD file:1 in / '])), want);
  assert.deepEqual(check(asked, given('')), []);
  assert.deepEqual(check(asked, guessed([], null)), []);
});

test('rules for actual Dockerfiles do not look at a guessed one', () => {
  const asked = { instruction: 'HEALTHCHECK', check: 'not_exists', actual_dockerfile_only: 'true' };
  assert.equal(check(asked, plain).length, 1);
  assert.equal(check(asked, guessed(['/bin/sh -c #(nop) CMD ["sh"]'])).length, 0);
});

test('a line with an escaped dollar does not swallow the next instruction', () => {
  const of = given('FROM alpine\nENV X=\\$HOME\nUSER app\n');
  assert.deepEqual(messages('dockerfile', 'effective_user', { users: 'root', type: 'blacklist' }, of), []);
});

test('a health check is found in the config, whatever the history says of it', () => {
  const asked = { instruction: 'HEALTHCHECK', check: 'exists' };
  const buildkit = guessed(['HEALTHCHECK &{["CMD-SHELL" "curl localhost"] "0s" "0s" "0s" "0s" \'\\x00\'}'], {
    Healthcheck: { Test: ['CMD-SHELL', 'curl localhost'] },
  });
  assert.equal(check(asked, buildkit).length, 1);
  assert.deepEqual(check(asked, guessed([], { Healthcheck: { Test: ['CMD-SHELL', 'curl localhost'] } })), [
    "Dockerfile directive 'HEALTHCHECK' check 'exists' matched against '' for line 'CMD curl localhost'",
  ]);
  assert.deepEqual(check(asked, guessed(['HEALTHCHECK &{["CMD" "x"] "0s" "0s" "0s" "0s" \'\\x00\'}'], {})), []);
});

test('BuildKit, classic and kaniko histories give the instructions that made them', () => {
  const of = guessed([
    '/bin/sh -c #(nop) ADD file:1 in / ',
    '/bin/sh -c apk add curl',
    'RUN /bin/sh -c apk add git # buildkit',
    'ENTRYPOINT ["/app"]',
    'COPY . /app # buildkit',
  ]);
  assert.deepEqual(check({ instruction: 'RUN', check: 'exists' }, of), [
    "Dockerfile directive 'RUN' check 'exists' matched against '' for line '/bin/sh -c apk add curl'",
    "Dockerfile directive 'RUN' check 'exists' matched against '' for line '/bin/sh -c apk add git'",
  ]);
  assert.equal(check({ instruction: 'ENTRYPOINT', check: '=', value: '["/app"]' }, of).length, 1);
  assert.equal(check({ instruction: 'FROM', check: '=', value: 'scratch' }, of).length, 1);
});

test('a guess begins with the image that this one was built on, where it is known', () => {
  const of = guessed(['/bin/sh -c apk add curl']);
  const base = { reference: 'docker.io/library/alpine:3.20', digest: null, layers: null, by: 'annotation' } as const;
  const from = (facts: Facts, value: string) => check({ instruction: 'FROM', check: '=', value }, facts).length;
  assert.equal(from({ ...of, image: { ...of.image, base } }, 'docker.io/library/alpine:3.20'), 1);
  assert.equal(from({ ...of, image: { ...of.image, base: { ...base, reference: null } } }, 'scratch'), 1);
});

const users: readonly (readonly [string, Facts, string])[] = [
  ['the last USER line', given('FROM a\nUSER x\nUSER app\n'), 'app'],
  ['none is root', given('FROM a\n'), 'root'],
  ['a user of the base image', given('FROM a\n', { User: '1001' }), '1001'],
  ['a variable is what the config says', given('FROM a\nUSER $UID\n', { User: '1001' }), '1001'],
  ['a stage that is only copied from does not count', given('FROM a AS build\nUSER app\nFROM b\n'), 'root'],
  ['a stage that is built on counts', given('FROM a AS base\nUSER app\nFROM b AS c\nFROM BASE\n'), 'app'],
  ['guessed: the config', guessed(['USER app'], { User: 'app:app' }), 'app:app'],
  ['guessed: root though the history tells of a user', guessed(['USER app'], {}), 'root'],
  ['guessed without a config: the history', guessed(['/bin/sh -c #(nop)  USER [app]'], null), 'app'],
];

for (const [name, of, user] of users) {
  test(`effective user: ${name}`, () => {
    assert.deepEqual(messages('dockerfile', 'effective_user', { users: user, type: 'blacklist' }, of), [
      `User ${user} found as effective user, which is explicity not allowed`,
    ]);
    assert.deepEqual(messages('dockerfile', 'effective_user', { users: user, type: 'whitelist' }, of), []);
    assert.deepEqual(messages('dockerfile', 'effective_user', { users: 'other', type: 'whitelist' }, of), [
      `User ${user} found as effective user, which is not on the allowed list`,
    ]);
  });
}

const denied = (port: string) => `Dockerfile exposes port (${port}) which is in policy file DENIEDPORTS list`;
const notAllowed = (port: string) => `Dockerfile exposes port (${port}) which is not in policy file ALLOWEDPORTS list`;

const ports: readonly (readonly [string, Facts, readonly string[], readonly string[]])[] = [
  ['as written', given('FROM a\nEXPOSE 22\n'), [denied('22')], []],
  ['with protocols', given('FROM a\nEXPOSE 80/tcp 22/udp\n'), [denied('22/udp')], [notAllowed('80/tcp')]],
  ['one match for a line', given('FROM a\nEXPOSE 22 22/tcp\n'), [denied('22')], []],
  ['a range', given('FROM a\nEXPOSE 20-25\n'), [denied('20-25')], [notAllowed('20-25')]],
  ['nothing exposed', given('FROM a\n'), [], []],
  ['a stage that is only copied from', given('FROM a AS b\nEXPOSE 22\nFROM c\n'), [], []],
  [
    'a variable, known from the config',
    given('FROM a\nEXPOSE $P\n', { ExposedPorts: { '22/tcp': {} } }),
    [denied('22/tcp')],
    [],
  ],
  ['a variable, not known', given('FROM a\nEXPOSE 80 $P\n', {}), [], [notAllowed('80')]],
  [
    'BuildKit',
    guessed(['EXPOSE map[22/tcp:{} 80/tcp:{}]'], { ExposedPorts: { '22/tcp': {}, '80/tcp': {} } }),
    [denied('22/tcp')],
    [notAllowed('80/tcp')],
  ],
  ['newer BuildKit', guessed(['EXPOSE [22/tcp]'], { ExposedPorts: { '22/tcp': {} } }), [denied('22/tcp')], []],
  [
    'classic, as its history writes it',
    guessed(['/bin/sh -c #(nop)  EXPOSE 22'], { ExposedPorts: { '22/tcp': {} } }),
    [denied('22')],
    [],
  ],
  ['only the config knows', guessed([], { ExposedPorts: { '22/tcp': {} } }), [denied('22/tcp')], []],
  ['the config does not have it', guessed(['EXPOSE 22'], {}), [], []],
];

for (const [name, of, black, white] of ports) {
  test(`exposed ports: ${name}`, () => {
    assert.deepEqual(messages('dockerfile', 'exposed_ports', { ports: '22', type: 'blacklist' }, of), black);
    assert.deepEqual(messages('dockerfile', 'exposed_ports', { ports: '22', type: 'whitelist' }, of), white);
  });
}

test('port 0 stands for any port', () => {
  const of = given('FROM a\nEXPOSE 80 443/tcp\n');
  assert.deepEqual(messages('dockerfile', 'exposed_ports', { ports: '0', type: 'blacklist' }, of), [
    "Dockerfile exposes network ports but policy sets DENIEDPORTS=0: ['80', '443/tcp']",
  ]);
});

test('a missing Dockerfile is told', () => {
  const want = ['Image was not analyzed with an actual Dockerfile'];
  assert.deepEqual(messages('dockerfile', 'no_dockerfile_provided', {}, plain), []);
  assert.deepEqual(messages('dockerfile', 'no_dockerfile_provided', {}, guessed(['CMD ["x"]'])), want);
  assert.deepEqual(messages('dockerfile', 'no_dockerfile_provided', {}, guessed([], null)), want);
});
