import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elixir } from '#analysis/analyzers/elixir.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const app = (text: string) => {
  const { packages, notes } = analyzeFiles(elixir, { 'app/lib/rope-1.0/ebin/rope.app': text });
  return { packages: packages.map(({ name, version }) => `${name} ${version}`), notes };
};

test('an application is a package; those of Erlang and Elixir, and folders of macOS, are not', () => {
  assert.deepEqual(app('%% x {\n{application,\'rope\',[{vsn,"1.0"}]}.\n'), { packages: ['rope 1.0'], notes: [] });
  for (const name of ['kernel', 'ssl', 'elixir', 'logger'])
    assert.deepEqual(app(`{application,${name},[{vsn,"1.0"}]}.`), { packages: [], notes: [] });
  assert.deepEqual(app('{application,kernel,[{vsn,'), { packages: [], notes: [] });
  for (const text of ['', 'bplist00', '{"application": 1}'])
    assert.deepEqual(app(text), { packages: [], notes: [] }, text);
  assert.equal(elixir.wants('Applications/Rope.app', 1, 0o644), false);
  assert.equal(elixir.wants('rope/src/rope.app.src', 1, 0o644), false);
});

test('what an application needs is told without what comes with Erlang, in order', () => {
  const text = '{application,rope,[{applications,[kernel,stdlib,sail,knot,sail]},{vsn,"1.0"},{licenses,[<<"MIT">>]}]}.';
  const [one] = analyzeFiles(elixir, { 'lib/rope/ebin/rope.app': text }).packages;
  assert.deepEqual(one?.requires, ['knot', 'sail']);
  assert.deepEqual(one?.licenses, ['MIT']);
});

test('an application without a version that is a text, or cut off, is a note', () => {
  assert.match(app('{application,rope,[{vsn,git}').notes[0]!, /no list of Erlang terms/);
  assert.match(app('{application,rope,[]}.').notes[0]!, /lists 1 packages without/);
  assert.match(app(`{application,rope,[${'['.repeat(1000)}`).notes[0]!, /more than 50 levels/);
});

test('locks of any age are read, and what comes from elsewhere has no version', () => {
  const mix = (text: string) =>
    analyzeFiles(elixir, { 'mix.lock': text }).packages.map(({ purl, declared }) => `${purl} ${declared}`);
  assert.deepEqual(
    mix(
      '%{"a": {:hex, :a, "0.1.0"},\n  "b": {:hex, :"b", "0.2.0", "00", [:mix], [{:c, "~> 1.0", [hex: :c]}], "hexpm"},\n "d": {:git, "https://x/d.git", "0f", []}}',
    ),
    ['pkg:hex/a@0.1.0 lock', 'pkg:hex/b@0.2.0 lock'],
  );
  assert.deepEqual(mix('%{"a" => {:hex, :x, "0.1.0", "00"}}'), ['pkg:hex/x@0.1.0 lock']);
  const rebar = (text: string) => analyzeFiles(elixir, { 'rebar.lock': text }).packages.map(({ purl }) => purl);
  assert.deepEqual(rebar('[{<<"a">>,{pkg,<<"b">>,<<"1.0">>},0},\n{<<"c">>,{git,"https://x/c",{ref,"0f"}},0}].'), [
    'pkg:hex/b@1.0',
  ]);
  assert.deepEqual(rebar('[].'), []);
  assert.match(analyzeFiles(elixir, { 'rebar.lock': '[' }).notes[0]!, /no list of Erlang terms/);
});
