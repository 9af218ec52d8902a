import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTextFinder } from '#analysis/search/text-finder.ts';

/** Every place of every text, by the plain way. */
function plainly(texts: readonly string[], content: string): string[] {
  const lower = content.toLowerCase();
  return texts.flatMap((text, index) => {
    const places: string[] = [];
    for (let at = lower.indexOf(text); at >= 0; at = lower.indexOf(text, at + 1)) places.push(`${index} ${at}`);
    return places;
  });
}

function found(texts: readonly string[], content: string): string[] {
  const places: string[] = [];
  makeTextFinder(texts)(Buffer.from(content, 'latin1'), (text, at) => places.push(`${text} ${at}`));
  return places.sort();
}

test('texts are found wherever they stand, in either case, also where they overlap', () => {
  const texts = ['ghp_', 'private key', 'aa', '"auth":', 'key'];
  const contents = ['', 'a', 'aa', 'aaaa', 'GHP_ghp_', 'x Private KEY', '"AUTH":"aa"', 'ghp', 'private ke', 'ykeykey'];
  for (const content of contents) assert.deepEqual(found(texts, content), plainly(texts, content).sort(), content);
});

test('what is found is what is there, whatever the texts and the bytes', () => {
  let state = 7;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  // Few characters, so that texts occur; bytes that share their low bits with letters and signs; bytes that are no ASCII.
  const alphabet = 'abAB_\x7f?\x1f@`{[-\r\xe1\xc1';
  const word = (length: number) => Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
  for (let round = 0; round < 300; round++) {
    const ascii = word(40)
      .replace(/[^\x00-\x7f]/g, 'a')
      .toLowerCase();
    const texts = [
      ...new Set([ascii.slice(0, 2 + random(3)), ascii.slice(5, 8 + random(6)), ascii.slice(20, 24 + random(9))]),
    ];
    const content = word(random(400)) + texts.join(word(2));
    // Only ASCII letters have two cases here; the plain way would fold others too.
    const plain = content.replace(/[\xc1]/g, '\xe2');
    assert.deepEqual(found(texts, plain), plainly(texts, plain).sort(), JSON.stringify([texts, plain]));
  }
});
