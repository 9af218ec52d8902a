import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formFile } from '#functions/api/form-file.ts';
import { isFault } from '#test/support/is-fault.ts';

const edge = '--------------------------d74496d66958873e';

/** A form as curl and Python's requests write it: name, headers beside, content. */
function form(...parts: readonly (readonly [string, string, Buffer])[]): Buffer {
  const pieces = parts.flatMap(([name, more, content]) => [
    Buffer.from(`--${edge}\r\nContent-Disposition: form-data; name="${name}"; filename="a"\r\n${more}\r\n`),
    content,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${edge}--\r\n`)]);
}

/** Bytes with everything in it that a form is made of. */
const odd = Buffer.concat([Buffer.from(`\r\n--\r\n\r\n--edge\r\n`), Buffer.from([0, 255, 13, 10, 0])]);

test('a file of a form is found by its name, byte for byte', () => {
  const body = form(
    ['note', '', Buffer.from('x')],
    ['archive_file', 'Content-Type: application/gzip\r\n', odd],
    ['z', '', odd],
  );
  assert.deepEqual(Buffer.from(formFile(body, 'archive_file')), odd);
  assert.deepEqual(Buffer.from(formFile(body, 'note')), Buffer.from('x'));
  assert.equal(formFile(form(['archive_file', '', Buffer.alloc(0)]), 'archive_file').length, 0);
});

test('a body that is no form is the file', () => {
  for (const body of [Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(0), Buffer.from('-')])
    assert.deepEqual(Buffer.from(formFile(body, 'archive_file')), body);
});

test('a form that is cut off or lacks the file is refused', () => {
  const whole = form(['archive_file', '', odd]);
  for (let length = 2; length < whole.length - edge.length - 10; length += 7)
    assert.throws(() => formFile(whole.subarray(0, length), 'archive_file'), isFault('input/invalid'), `${length}`);
  assert.throws(() => formFile(whole, 'other'), isFault('input/invalid', /it has no file 'other'/));
  assert.throws(() => formFile(Buffer.from(`--${'x'.repeat(200)}\r\n`), 'a'), isFault('input/invalid', /boundary/));
});

test('a form of a million parts takes no time', () => {
  const part = `--e\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n`;
  const body = Buffer.from(`${part.repeat(200_000)}--e--\r\n`);
  assert.throws(() => formFile(body, 'archive_file'), isFault('input/invalid'));
});
