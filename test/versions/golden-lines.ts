/** A line of a golden file: `a < b`, `a = b` or `a > b`, or `undecidable a`. */
export type GoldenLine =
  | { readonly kind: 'order'; readonly line: string; readonly a: string; readonly order: string; readonly b: string }
  | { readonly kind: 'undecidable'; readonly line: string; readonly text: string };

/** The lines of a golden file; blank lines and comments (`#`, `//`) are left out, anything else that is not a line throws. */
export function goldenLines(file: string): readonly GoldenLine[] {
  return file
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('//'))
    .map(goldenLine);
}

function goldenLine(line: string): GoldenLine {
  if (line.startsWith('undecidable ')) return { kind: 'undecidable', line, text: line.slice('undecidable '.length) };
  const [, a, order, b] = /^(.*?) ([<=>]) (.*)$/.exec(line) ?? [];
  if (a === undefined || order === undefined || b === undefined) throw new Error(`not a golden line: ${line}`);
  return { kind: 'order', line, a, order, b };
}
