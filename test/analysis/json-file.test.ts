import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dart } from '#analysis/analyzers/dart.ts';
import { haskell } from '#analysis/analyzers/haskell.ts';
import { hints } from '#analysis/analyzers/hints.ts';
import { julia } from '#analysis/analyzers/julia.ts';
import { swift } from '#analysis/analyzers/swift.ts';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { scalarText } from '#analysis/texts/json-file.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

test('a text or number is its text, and nothing else has one', () => {
  const odd = [null, undefined, true, {}, [], ['a'], { toString: 1 }, JSON.parse('{"toString":"x","valueOf":{}}')];
  assert.deepEqual(['a', '', 1.5, ...odd].map(scalarText), ['a', '', '1.5', ...odd.map(() => '')]);
});

test('a value that cannot be written as a text hides nothing beside it', () => {
  const odd = '{"toString":1}';
  const cases = [
    [
      swift,
      'a/Package.resolved',
      `{"version":2,"pins":[{"identity":"x","location":"https://h.test/x","state":{"revision":${odd}}},{"identity":"hull","location":"https://h.test/hull","state":{"version":"1.0"}}]}`,
    ],
    [
      dart,
      'a/pubspec.lock',
      'packages:\n  odd:\n    dependency:\n      toString: "1"\n    source: hosted\n    version: "2"\n  hull:\n    dependency: transitive\n    source: hosted\n    version: "1.0"\n',
    ],
    [
      haskell,
      'a/stack.yaml.lock',
      'packages:\n- completed:\n    hackage:\n      toString: "1"\n- completed:\n    hackage: hull-1.0@sha256:x,1\n',
    ],
    [
      julia,
      'a/Manifest.toml',
      'manifest_format = "2.0"\n[[deps.odd]]\nversion = "2"\n[deps.odd.uuid]\ntoString = 1\n[[deps.hull]]\nversion = "1.0.0"\nuuid = "cd3eb016-35fb-5094-929b-558a96fad6f3"\n',
    ],
    [
      hints({ ...defaultAnalysisSettings, hints: true }),
      'anchore_hints.json',
      `{"packages":[{"name":"x","version":"1","type":${odd}},{"name":"hull","version":"1.0","type":"gem","size":${odd}}]}`,
    ],
  ] as const;
  for (const [analyzer, path, text] of cases) {
    const names = analyzeFiles(analyzer, { [path]: text }).packages.map(({ name }) => name);
    assert.ok(
      names.some((name) => name.endsWith('hull')),
      `${analyzer.name}: ${names.join()}`,
    );
  }
});
