import assert from 'node:assert/strict';
import { test } from 'node:test';
import { about, aboutNow } from '#core/about.ts';
import { jsonLog } from '#core/log.ts';

test('every line of a piece of work says what it is about, however deep it is written, and those of others do not', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = jsonLog(
    (line) => lines.push(JSON.parse(line)),
    () => 0,
  );
  async function* steps() {
    for (const step of [1, 2]) {
      await new Promise((done) => setImmediate(done));
      yield step;
    }
  }
  const work = (image: string) =>
    about({ image }, async () => {
      for await (const step of steps()) log.info('step', { step });
      await about({ layer: 1, image: `${image}!` }, async () => log.error('inner'));
      log.info('end');
    });
  await Promise.all([work('a'), work('b')]);
  log.info('outside');
  const told = (of: string) => lines.filter(({ image }) => String(image).startsWith(of)).map((line) => ({ ...line }));
  for (const image of ['a', 'b'])
    assert.deepEqual(
      told(image).map(({ at: _at, level: _level, ...line }) => line),
      [
        { fact: 'step', image, step: 1 },
        { fact: 'step', image, step: 2 },
        { fact: 'inner', image: `${image}!`, layer: 1 },
        { fact: 'end', image },
      ],
    );
  assert.deepEqual(lines.at(-1), { at: new Date(0).toISOString(), level: 'info', fact: 'outside' });
  assert.deepEqual(aboutNow(), {});
});
