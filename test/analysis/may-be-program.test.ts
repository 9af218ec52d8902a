import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayBeProgram } from '#analysis/programs/may-be-program.ts';

test('programs are files with an execute bit that are large enough and not called like data, and extension modules without it', () => {
  for (const [path, size, mode, wanted] of [
    ['usr/bin/a', 70_000, 0o755, true],
    ['usr/bin/a', 70_000, 0o100, true],
    ['usr/bin/a', 70_000, 0o644, false],
    ['usr/bin/a', 60_000, 0o755, false],
    ['opt/a.exe', 4096, 0o644, true],
    ['opt/A.EXE', 4096, 0o644, true],
    ['opt/a.exe', 1000, 0o755, false],
    ['opt/tool-v1.2.linux-amd64', 70_000, 0o755, true],
    ['usr/lib/plugin.so', 70_000, 0o755, true],
    ['site-packages/x/_rust.abi3.so', 70_000, 0o644, true],
    ['node_modules/x/x.linux-x64-gnu.node', 70_000, 0o644, true],
    ['site-packages/x/_rust.abi3.so', 60_000, 0o644, false],
    ['usr/lib/libc.so.6', 2_000_000, 0o755, false],
    ['srv/app/index.js', 200_000, 0o777, false],
    ['srv/app/app.jar', 200_000, 0o777, false],
    ['srv/model.tar.gz', 200_000, 0o777, false],
  ] as const) {
    assert.equal(mayBeProgram(path, size, mode), wanted, path);
  }
});
