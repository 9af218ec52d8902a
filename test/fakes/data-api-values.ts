import type { Answer, PostgresType } from './data-api-database.ts';
import { DataApiError } from './data-api-error.ts';

export interface FakeParameter {
  readonly name?: string;
  readonly value?: Readonly<Record<string, unknown>>;
  readonly typeHint?: string;
}

export interface ResultOptions {
  readonly longReturnType?: string;
  readonly decimalReturnType?: string;
}

/** The statement with `$n::type` for its named parameters and their values, typed as the Data API types them. */
export function bind(
  sql: string,
  parameters: readonly FakeParameter[],
): { readonly text: string; readonly values: readonly (string | Uint8Array | null)[] } {
  const values: (string | Uint8Array | null)[] = [];
  const places = new Map<string, string>();
  for (const parameter of parameters) {
    const name = parameter.name ?? '';
    if (!/^\w+$/.test(name)) throw new DataApiError('ValidationException', 'A parameter has no name');
    if (places.has(name)) throw new DataApiError('BadRequestException', `Parameter "${name}" is given twice`);
    const { type, value } = typed(parameter);
    values.push(value);
    places.set(name, `$${values.length}::${type}`);
  }
  const used = new Set<string>();
  const text = sql.replace(tokens, (token, _tag, name: string | undefined) => {
    if (name === undefined) return token;
    const place = places.get(name);
    if (place === undefined) throw new DataApiError('BadRequestException', `Named parameter "${name}" is not given`);
    used.add(name);
    return place;
  });
  // PostgreSQL would not know the type of a value that is not used.
  const unused = [...places].filter(([name]) => !used.has(name));
  if (unused.length > 0) {
    throw new DataApiError('BadRequestException', `Named parameter "${unused[0]![0]}" does not occur in the statement`);
  }
  return { text, values };
}

/** Literals, identifiers, comments, dollar bodies and casts are passed over as they are; the second group is the name of a parameter. */
const tokens =
  /[eE]'(?:[^'\\]|''|\\[\s\S])*'|'[^']*(?:''[^']*)*'|"(?:[^"]|"")*"|--[^\n]*|\/\*(?:[^*/]|\*(?!\/)|\/(?!\*)|\/\*(?:[^*]|\*(?!\/))*\*\/)*\*\/|\$(\w*)\$[\s\S]*?\$\1\$|::|:=|:([A-Za-z_]\w*)/g;

const hints: Readonly<Record<string, { readonly type: string; readonly form: RegExp }>> = {
  JSON: { type: 'json', form: /[\s\S]/ },
  UUID: { type: 'uuid', form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i },
  TIMESTAMP: { type: 'timestamp', form: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/ },
  DATE: { type: 'date', form: /^\d{4}-\d\d-\d\d$/ },
  TIME: { type: 'time', form: /^\d\d:\d\d:\d\d(\.\d+)?$/ },
  DECIMAL: { type: 'numeric', form: /^[-+]?\d*\.?\d+([eE][-+]?\d+)?$/ },
};

function typed({ name, value, typeHint }: FakeParameter): { type: string; value: string | Uint8Array | null } {
  const hint = typeHint === undefined ? undefined : hints[typeHint];
  if (typeHint !== undefined && hint === undefined) {
    throw new DataApiError('ValidationException', `Value '${typeHint}' at 'typeHint' is not one of its enum values`);
  }
  const [member, ...others] = Object.keys(value ?? {});
  const content = value?.[member ?? ''];
  if (member === undefined || others.length > 0) {
    throw new DataApiError('ValidationException', `Parameter "${name}" must have exactly one value`);
  }
  switch (member) {
    case 'isNull':
      return { type: hint?.type ?? 'text', value: null };
    case 'stringValue':
      if (hint !== undefined && !hint.form.test(String(content))) {
        throw new DataApiError('BadRequestException', `Cannot parse ${typeHint!.toLowerCase()} "${content}"`);
      }
      return { type: hint?.type ?? 'text', value: String(content) };
    case 'longValue':
      return { type: 'int8', value: String(content) };
    case 'doubleValue':
      return { type: 'float8', value: String(content) };
    case 'booleanValue':
      return { type: 'bool', value: content === true ? 't' : 'f' };
    case 'blobValue':
      return { type: 'bytea', value: Buffer.from(String(content), 'base64') };
    case 'arrayValue':
      throw new DataApiError('ValidationException', 'Array parameters are not supported.');
    default:
      throw new DataApiError('ValidationException', `Parameter "${name}" has an unknown kind of value`);
  }
}

/** The members `records` and `columnMetadata` of an answer; refuses what the Data API refuses to give. */
export function recordsOf(answer: Answer, options: ResultOptions): { records: unknown[][]; columnMetadata: unknown[] } {
  for (const { type } of answer.columns) {
    const plain = type.element ?? type.name;
    if (!answered.has(plain) && type.kind !== 'e') {
      throw new DataApiError(
        'UnsupportedResultException',
        `The result contains the unsupported data type ${type.name.toUpperCase()}.`,
      );
    }
  }
  const records = answer.rows.map((row) => {
    let bytes = 0;
    const fields = row.map((text, i) => {
      if (text === null) return { isNull: true };
      const { type } = answer.columns[i]!;
      bytes += type.name === 'bytea' ? (text.length - 2) / 2 : Buffer.byteLength(text);
      return type.element === null ? fieldOf(text, type, options) : arrayOf(text, type, options);
    });
    if (bytes > rowLimit) {
      throw new DataApiError(
        'UnsupportedResultException',
        'Database returned a row that is larger than the allowed size limit',
      );
    }
    return fields;
  });
  const columnMetadata = answer.columns.map(({ name, type }) => ({
    ...{ name, label: name, typeName: type.name, type: 0, schemaName: '', tableName: '', nullable: 2 },
    ...{ precision: 0, scale: 0, arrayBaseColumnType: 0, isAutoIncrement: false, isCaseSensitive: false },
    ...{ isCurrency: false, isSigned: false },
  }));
  return { records, columnMetadata };
}

const rowLimit = 64 * 1024;

/** The types of the Aurora User Guide's list, by PostgreSQL's own names. */
const answered: ReadonlySet<string> = new Set([
  ...['bool', 'bytea', 'date', 'cidr', 'numeric', 'float8', 'inet', 'int4', 'int2', 'int8', 'jsonb', 'json', 'float4'],
  ...['text', 'bpchar', 'varchar', 'time', 'timestamp', 'uuid', 'vector'],
]);

function fieldOf(text: string, { name }: PostgresType, options: ResultOptions): Record<string, unknown> {
  switch (name) {
    case 'bool':
      return { booleanValue: text === 't' };
    case 'bytea':
      return { blobValue: Buffer.from(text.slice(2), 'hex').toString('base64') };
    case 'int2':
    case 'int4':
    case 'int8':
      return options.longReturnType === 'STRING' ? { stringValue: text } : { longValue: rawNumber(text) };
    case 'float4':
    case 'float8':
      return { doubleValue: Number.isFinite(Number(text)) ? Number(text) : text };
    case 'numeric':
      if (options.decimalReturnType !== 'DOUBLE_OR_LONG') return { stringValue: text };
      return text.includes('.') ? { doubleValue: Number(text) } : { longValue: rawNumber(text) };
    default:
      return { stringValue: text };
  }
}

/** All digits of a number, which a double would lose. */
function rawNumber(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

function arrayOf(text: string, type: PostgresType, options: ResultOptions): Record<string, unknown> {
  if (text.startsWith('{{') || text.startsWith('[')) {
    throw new DataApiError('UnsupportedResultException', 'The result contains a multidimensional array.');
  }
  const items = [...text.slice(1, -1).matchAll(/"((?:[^"\\]|\\[\s\S])*)"|([^,]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain === 'NULL' ? null : plain!) : quoted.replace(/\\([\s\S])/g, '$1'),
  );
  const fields = items.map((item) =>
    item === null ? null : fieldOf(item, { ...type, name: type.element! }, { ...options, longReturnType: 'LONG' }),
  );
  const member = Object.keys(fields.find((field) => field !== null) ?? { stringValue: '' })[0]!;
  return { arrayValue: { [`${member}s`]: fields.map((field) => field?.[member] ?? null) } };
}
