import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { questionsOn } from '#functions/cli/client/questions.ts';
import { main } from '#functions/cli/main.ts';
import { isFault } from '#test/support/is-fault.ts';
import { wireServer } from '#test/support/wire-server.ts';
import { commands } from '../../../../bin/commands.ts';

/** Somebody at a terminal: what is typed, and what they see. */
function terminal() {
  const seen: string[] = [];
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) });
  const screen = () =>
    Object.assign(
      new Writable({
        write(piece: Buffer, _encoding, done) {
          seen.push(piece.toString());
          done();
        },
      }),
      { isTTY: true, columns: 80 },
    );
  return { io: { in: input, out: screen(), err: screen(), env: { HOME: '/nonexistent' } }, input, seen, raw };
}

test('a password is asked for where nobody gave it, and is not shown while it is typed', async () => {
  await using server = await wireServer({ 'GET /registries': [] });
  const { io, input, seen, raw } = terminal();
  const ended = main(commands, ['registry', 'list', '--url', server.url, '--u', 'ann'], io);
  input.write('sesamx\u007fe ann\r');
  assert.equal(await ended, 0);
  const basic = Buffer.from('ann:sesame ann').toString('base64');
  assert.equal(server.requests[0]?.headers['authorization'], `Basic ${basic}`);
  assert.match(seen.join(''), /^Password of ann at http:\/\/127\.0\.0\.1:\d+\/: \n/);
  assert.doesNotMatch(seen.join(''), /ses/);
  assert.deepEqual([raw[0], raw.at(-1)], [true, false]);
});

test('who types no password, or gives up, is not signed in', async () => {
  for (const typed of ['\r', '\u0003', '\u0004']) {
    const { io, input } = terminal();
    using questions = questionsOn(io);
    const answer = questions.secret('Password: ', 'PLIMSOLL_PASS');
    input.write(typed);
    await assert.rejects(answer, isFault('input/invalid', /no password was given/));
  }
});

test('yes is yes, and everything else is no', async () => {
  for (const [typed, wanted] of [
    ['y\n', true],
    ['YES\r\n', true],
    ['n\n', false],
    ['\n', false],
    ['yikes\n', false],
    ['', false],
  ] as const) {
    const { io, input } = terminal();
    using questions = questionsOn(io);
    const answer = questions.confirm('Really?');
    input.end(typed);
    assert.equal(await answer, wanted, JSON.stringify(typed));
  }
});

test('a secret may be followed by a question: each reads its own line', async () => {
  const { io, input, seen } = terminal();
  using questions = questionsOn(io);
  const secret = questions.secret('Password: ', 'X');
  input.write('sesame\r');
  assert.equal(await secret, 'sesame');
  const sure = questions.confirm('Sure?');
  input.write('y\n');
  assert.equal(await sure, true);
  assert.equal(seen.join(''), 'Password: \nSure? (y/N) ');
});

test('progress is one line on a terminal, and gone at the end', async () => {
  await using server = await wireServer({ 'GET /images': [{ imageDigest: 'x', analysis_status: 'analyzing' }] });
  const { io, seen } = terminal();
  const argv = ['image', 'wait', 'a:1', '--timeout', '0.3', '--interval', '0.05', '--url', server.url];
  assert.equal(await main(commands, argv, io), 2);
  assert.match(seen.join(''), /^(\r\u001b\[2Ka:1 is analyzing, 0 s)+\r\u001b\[2Kplimsoll: .*is over/);
});
