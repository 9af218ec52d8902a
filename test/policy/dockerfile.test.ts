import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalStage, parseDockerfile } from '#policy/dockerfile/dockerfile.ts';

const lines = (content: string) => parseDockerfile(content).map(({ directive, text }) => `${directive} ${text}`);

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['continued lines are one instruction', 'RUN a && \\\n    b && \\\nc\nUSER x', ['RUN a &&     b && c', 'USER x']],
  ['comments and blank lines are left out', '# c\n\n  # d\nFROM a', ['FROM a']],
  ['also within continued lines', 'RUN a \\\n# why\n\n  b\nUSER x', ['RUN a   b', 'USER x']],
  ['a # later in a line is no comment', 'RUN echo # x', ['RUN echo # x']],
  ['spaces after the backslash do not matter', 'RUN a \\  \n b', ['RUN a  b']],
  ['two backslashes continue nothing', 'RUN a \\\\\nUSER x', ['RUN a \\\\', 'USER x']],
  ['directives in any case', 'from a\nrun b', ['FROM a', 'RUN b']],
  ['tabs and carriage returns', '\tFROM\ta\r\nUSER x\r\n', ['FROM a', 'USER x']],
  ['a directive alone', 'RUN\n', ['RUN ']],
  ['another escape character', '# escape=`\nFROM a\nRUN b `\n c\\\nUSER x', ['FROM a', 'RUN b  c\\', 'USER x']],
  [
    'an escape directive after another line is a comment',
    'FROM a\n# escape=`\nRUN b `\nUSER x',
    ['FROM a', 'RUN b `', 'USER x'],
  ],
  ['a here-document', 'RUN <<EOF\nUSER root\nEOF\nUSER x', ['RUN <<EOF\nUSER root\nEOF', 'USER x']],
  ['two here-documents', 'COPY <<A <<-"B" /x/\n1\nA\n2\n\tB\nUSER x', ['COPY <<A <<-"B" /x/\n1\nA\n2\n\tB', 'USER x']],
  ['a here-document that is never closed swallows nothing', 'RUN cat <<EOF\nUSER x', ['RUN cat <<EOF', 'USER x']],
  ['a file that ends within an instruction', 'RUN a \\', ['RUN a']],
  ['nothing at all', '', []],
];

for (const [name, content, want] of cases) {
  test(`Dockerfile: ${name}`, () => assert.deepEqual(lines(content), want));
}

test('the final stage holds the stages it is built on and no others', () => {
  const all = parseDockerfile(
    'ARG V=1\nFROM a AS one\nUSER u1\nFROM b as two\nUSER u2\nFROM --platform=linux/arm64 one\nCOPY --from=two /x /x\n',
  );
  assert.deepEqual(
    finalStage(all).map(({ text }) => text),
    ['a AS one', 'u1', '--platform=linux/arm64 one', '--from=two /x /x'],
  );
});

test('a stage named after its own base does not go round in circles', () => {
  const all = parseDockerfile('FROM a AS a\nFROM a AS a\nUSER x');
  assert.equal(finalStage(all).length, 3);
});

test('hostile Dockerfiles end', () => {
  assert.equal(parseDockerfile('a\\\n'.repeat(250_000)).length, 1);
  assert.equal(parseDockerfile('RUN <<A\n'.repeat(3_000)).length, 3_000);
  assert.throws(() => parseDockerfile('a'.repeat(1024 * 1024 + 1)), { code: 'input/too-large' });
});
