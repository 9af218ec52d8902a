import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lua } from '#analysis/analyzers/lua.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const at = (folder: string, text: string) => analyzeFiles(lua, { [`${folder}/knot/1.0-2/knot-1.0-2.rockspec`]: text });

test('a rock lies in a tree of LuaRocks, whatever Lua it is for', () => {
  for (const folder of [
    'usr/local/lib/luarocks/rocks-5.4',
    'usr/lib/luarocks/rocks',
    'opt/kong/lib/luarocks/rocks-jit',
  ])
    assert.deepEqual(
      at(folder, '').packages.map(({ purl }) => purl),
      ['pkg:luarocks/knot@1.0-2'],
      folder,
    );
  assert.deepEqual(at('src', 'package = "knot"\n').packages, []);
  assert.equal(lua.wants('rocks/knot/1.0-2/knot-1.0-3.rockspec', 1, 0o644), false);
});

test('licence and dependencies are read out of the program, comments are not', () => {
  const { packages } = at(
    'rocks',
    `package = 'Knot'\nversion = '1.0-2'\n-- license = "GPL-3"\ndescription = {\n  summary = "x", -- x\n  license = 'MIT'\n}\ndependencies = {\n  "lua >= 5.1, < 5.5",\n  'Rope ~> 1.2', -- "old"\n  "harbour/sail"\n}\nbuild = { type = "make" }\n`,
  );
  assert.deepEqual(packages[0]?.licenses, ['MIT']);
  assert.deepEqual(packages[0]?.requires, ['harbour/sail', 'rope']);
});
