/** What cli.md says that a command line ends with and prints. */
export interface Wanted {
  readonly exit: number;
  /** The headings of its table, all of them and in order. */
  readonly columns?: readonly string[];
  /** Rows that the table has among others, a pattern a cell. */
  readonly rows?: readonly (readonly Pattern[])[];
  /** How many rows the table has; of a table without rows the client prints nothing, nor its headings. */
  readonly count?: number;
  /** Lines of the form `Name: value`. */
  readonly fields?: Readonly<Record<string, Pattern>>;
  readonly prints?: readonly Pattern[];
  /** What must not be there. */
  readonly never?: readonly Pattern[];
}

/** A text is the whole of what it is held against, a form has to be found in it; for `prints` both have to be found. */
export type Pattern = string | RegExp;

/** What a table without lines, or one of boxes, has: rows of cells under headings. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How output and exit code differ from what was wanted; empty when they do not. No output may hold what is a defect whatever was wanted. */
export function judgeOutput(ran: { exit: number | null; stdout: string; stderr: string }, wanted: Wanted): string[] {
  const all = `${ran.stdout}\n${ran.stderr}`;
  const found: string[] = [];
  if (ran.exit === null) found.push('it did not end');
  else if (ran.exit !== wanted.exit) found.push(`exit ${ran.exit}, wanted ${wanted.exit}`);
  for (const defect of defects) if (all.includes(defect)) found.push(`it says '${defect}'`);
  for (const [name, pattern] of Object.entries(wanted.fields ?? {})) {
    const values = fieldsOf(ran.stdout, name);
    if (!values.some((value) => matches(pattern, value)))
      found.push(`${name}: ${values.join(' | ') || 'is not there'}, wanted ${pattern}`);
  }
  for (const pattern of wanted.prints ?? []) if (!contains(all, pattern)) found.push(`does not print ${pattern}`);
  for (const pattern of wanted.never ?? []) if (contains(all, pattern)) found.push(`prints ${pattern}`);
  if (wanted.columns !== undefined) found.push(...differentTable(readTable(ran.stdout), wanted));
  return found;
}

const defects = ['failed to format output', 'Traceback (most recent call last)', 'Unhandled', '500 Internal'];

function differentTable(table: Table, { columns = [], rows = [], count }: Wanted): string[] {
  if (count === 0 && table.columns.length === 0) return [];
  if (table.columns.join('|') !== columns.join('|'))
    return [`columns ${table.columns.join(' | ')}, wanted ${columns.join(' | ')}`];
  const missing = rows.filter(
    (row) => !table.rows.some((cells) => row.every((cell, at) => matches(cell, cells[at] ?? ''))),
  );
  const found = missing.map((row) => `no row ${row.join(' | ')}`);
  if (count !== undefined && table.rows.length !== count) found.push(`${table.rows.length} rows, wanted ${count}`);
  return found;
}

/** Reads the first table in a text: cells begin where headings do, so that empty ones are seen. */
export function readTable(text: string): Table {
  // A question is answered on stdin: what comes next stands on its line.
  const lines = text.slice(/^[\s\S]*(\(y\/N\)|\[n\]: )/.exec(text)?.[0].length ?? 0).split('\n');
  const boxed = lines.filter((line) => line.startsWith('|'));
  if (boxed.length > 0) {
    const [columns = [], ...rows] = boxed.map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    return { columns, rows };
  }
  const at = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('DRY RUN') && !line.startsWith('WARN'));
  const header = lines[at] ?? '';
  const places = [...header.matchAll(/\S+(?: \S+)*/g)].map(({ 0: name, index }) => ({ name, index }));
  const cells = (line: string) =>
    places.map(({ index }, place) => line.slice(index, places[place + 1]?.index ?? line.length).trim());
  return {
    columns: places.map(({ name }) => name),
    rows: lines
      .slice(at + 1)
      .filter((line) => line.trim() !== '')
      .map(cells),
  };
}

function fieldsOf(text: string, name: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}: `))
    .map((line) => line.slice(name.length + 2).trim());
}

function matches(pattern: Pattern, value: string): boolean {
  return typeof pattern === 'string' ? pattern === value : pattern.test(value);
}

function contains(text: string, pattern: Pattern): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
}
