import { Fault } from '#core/fault.ts';

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** Upper case: `RUN`, `FROM`, ... */
  readonly directive: string;
  /** What stands after the directive, trimmed; continued lines joined as Docker joins them, here-documents with their lines. */
  readonly text: string;
}

/** Characters of a Dockerfile; a longer one is refused with `input/too-large`. */
const maxDockerfile = 1024 * 1024;

/** Lines of one here-document; one that is not closed by then is taken for plain text. */
const maxDocumentLines = 10_000;

/**
 * Reads a Dockerfile as Docker does (docs.docker.com/reference/dockerfile): the `escape` parser directive, comments and
 * blank lines within continued lines, and here-documents of RUN, COPY and ADD. Unlike the original, which takes each line
 * of a continued instruction for an instruction of its own. What Docker would refuse is read as it stands.
 */
export function parseDockerfile(content: string): readonly Instruction[] {
  if (content.length > maxDockerfile) {
    throw new Fault(
      'input/too-large',
      `reading the Dockerfile: it has ${content.length} characters, ${maxDockerfile} at most`,
    );
  }
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  const continued = escapeOf(lines) === '`' ? /(?<!`)`[ \t]*$/ : /(?<!\\)\\[ \t]*$/;
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length; ) {
    let line = lines[at++]!.trimStart();
    if (isEmpty(line)) continue;
    const pieces: string[] = [];
    while (continued.test(line)) {
      pieces.push(line.replace(continued, ''));
      while (at < lines.length && isEmpty(lines[at]!)) at++;
      line = lines[at++] ?? '';
    }
    const whole = [...pieces, line].join('').trim();
    const [, word = '', rest = ''] = /^(\S*)([\s\S]*)$/.exec(whole)!;
    const directive = word.toUpperCase();
    const document = withDocuments.has(directive) ? hereDocuments(rest, lines, at) : null;
    if (document !== null) at = document.next;
    if (word !== '') instructions.push({ directive, text: `${rest.trim()}${document?.text ?? ''}` });
  }
  return instructions;
}

const withDocuments = new Set(['RUN', 'COPY', 'ADD']);

function isEmpty(line: string): boolean {
  return /^\s*(#|$)/.test(line);
}

/** The escape character: parser directives stand before everything else. */
function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const directive = /^\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/.exec(line);
    if (directive === null) break;
    if (directive[1]!.toLowerCase() === 'escape') return directive[2]!;
  }
  return '\\';
}

/** The lines of the here-documents that an instruction opens; null when it opens none, or one that is never closed. */
function hereDocuments(text: string, lines: readonly string[], from: number) {
  const openings = [...text.matchAll(/(?<=^|\s|\d)<<(-?)(["']?)([A-Za-z_][A-Za-z0-9_.-]*)\2(?=\s|$)/g)];
  if (openings.length === 0) return null;
  let next = from;
  let content = '';
  for (const [, dash, , name] of openings) {
    let end = next;
    while ((dash ? lines[end]?.replace(/^\t+/, '') : lines[end]) !== name) {
      if (++end - next > maxDocumentLines || end >= lines.length) return null;
    }
    content += lines
      .slice(next, end + 1)
      .map((line) => `\n${line}`)
      .join('');
    next = end + 1;
  }
  return { text: content, next };
}

/** The instructions that make the final image: the last stage, after the stages of this file it is built on. */
export function finalStage(instructions: readonly Instruction[]): readonly Instruction[] {
  const stages: { readonly name: string | null; readonly from: string; readonly instructions: Instruction[] }[] = [];
  for (const instruction of instructions) {
    if (instruction.directive === 'FROM' || stages.length === 0) {
      const words = instruction.directive === 'FROM' ? instruction.text.split(/\s+/).filter(isNoOption) : [];
      const name = words[1]?.toLowerCase() === 'as' ? (words[2]?.toLowerCase() ?? null) : null;
      stages.push({ name, from: words[0]?.toLowerCase() ?? '', instructions: [instruction] });
    } else {
      stages.at(-1)!.instructions.push(instruction);
    }
  }
  const chain: Instruction[][] = [];
  let stage = stages.length - 1;
  while (stage >= 0) {
    const { from, instructions: own } = stages[stage]!;
    chain.unshift(own);
    // Only an earlier stage can be meant.
    stage = stages.slice(0, stage).findLastIndex((earlier) => earlier.name === from && from !== '');
  }
  return chain.flat();
}

function isNoOption(word: string): boolean {
  return !word.startsWith('--');
}
