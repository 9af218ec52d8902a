import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { FileWindow } from '#feeds/file-window.ts';
import { seededRandom } from '../versions/seeded-random.ts';

test('bytes of a file are the same through a window, onwards, backwards, beyond its end and larger than it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-window-'));
  const random = seededRandom(7);
  const bytes = Buffer.from(Array.from({ length: 700_000 }, () => random.below(256)));
  writeFileSync(path.join(folder, 'file'), bytes);
  const fd = openSync(path.join(folder, 'file'), 'r');
  try {
    const file = new FileWindow(fd);
    const first = file.read(0, 1000);
    for (let times = 0; times < 400; times++) {
      const position = random.below(720_000);
      const length = random.once(10) ? random.below(600_000) : random.below(5000);
      assert.ok(
        file.read(position, length).equals(bytes.subarray(position, position + length)),
        `${position} ${length}`,
      );
    }
    assert.ok(first.equals(bytes.subarray(0, 1000)), 'what was read stays what it is');
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
});
