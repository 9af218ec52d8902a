import type { ColumnMetadata, Field, SqlParameter } from '@aws-sdk/client-rds-data';
import { Fault } from '#core/fault.ts';
import type { SqlParameters, SqlRow, SqlValue } from '../sql.ts';
import { excerpt, startResultCheck } from '../sql-check.ts';

/** Parameters as the Data API takes them, typed by their value: text, int8, float8, boolean, bytea. */
export function dataApiParameters(parameters: SqlParameters): SqlParameter[] {
  return Object.entries(parameters).map(([name, value]) => ({ name, value: fieldOf(value) }));
}

/** How numbers are to come back: as text, since a double holds no int8 and no numeric. */
export const resultSetOptions = { decimalReturnType: 'STRING', longReturnType: 'STRING' } as const;

/**
 * The rows of an answer (asked for with its metadata) as the Sql port shapes them, within its limits. Throws `sql/refused`
 * for arrays, types that are not on the list of the Data API, integers beyond 2^53 and columns of the same name.
 */
export function dataApiRows(
  answer: {
    readonly columnMetadata?: readonly ColumnMetadata[] | undefined;
    readonly records?: readonly Field[][] | undefined;
  },
  statement: string,
): readonly SqlRow[] {
  const columns = (answer.columnMetadata ?? []).map((column) => columnOf(column, statement));
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) refuse(`Two columns of the answer are called '${name}'; name them apart`, statement);
    names.add(name);
  }
  const check = startResultCheck(statement);
  return (answer.records ?? []).map((fields) => {
    const row: Record<string, SqlValue> = {};
    fields.forEach((field, i) => {
      const column = columns[i];
      if (column === undefined)
        throw new Fault('internal/failed', 'The Data API answered with more values than columns');
      row[column.name] = decode(field, column, statement);
    });
    check(row);
    return row;
  });
}

interface Column {
  readonly name: string;
  readonly form: 'boolean' | 'bytes' | 'number' | 'exact' | 'text';
}

/**
 * The names of types that the Data API lists, as it gives them (PostgreSQL's own, and `serial` for columns that count by
 * themselves). `exact` numbers may pass what a double holds.
 */
const forms: Readonly<Record<Column['form'], readonly string[]>> = {
  boolean: ['bool'],
  bytes: ['bytea'],
  number: ['int2', 'int4', 'smallserial', 'serial', 'serial2', 'serial4', 'float4', 'float8'],
  exact: ['int8', 'bigserial', 'serial8', 'numeric', 'decimal'],
  text: ['text', 'varchar', 'bpchar', 'json', 'jsonb', 'uuid', 'date', 'time', 'timestamp', 'cidr', 'inet'],
};

const formOf: ReadonlyMap<string, Column['form']> = new Map(
  (Object.keys(forms) as Column['form'][]).flatMap((form) => forms[form].map((type) => [type, form] as const)),
);

function columnOf({ label, name, typeName }: ColumnMetadata, statement: string): Column {
  const called = label ?? name ?? '';
  const type = (typeName ?? '').toLowerCase();
  if (type.startsWith('_') || type.endsWith('[]')) {
    refuse(`Column '${called}' of the answer is an array; give to_jsonb(...) or array_to_string(...)`, statement);
  }
  const form = formOf.get(type);
  if (form === undefined) {
    return refuse(`Column '${called}' of the answer is of a type without a plain form; cast it to text`, statement);
  }
  return { name: called, form };
}

function fieldOf(value: SqlValue): Field {
  if (value === null) return { isNull: true };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { longValue: value } : { doubleValue: value };
  return { blobValue: value };
}

/** Whatever member a value comes in: which integers are LONG for `longReturnType` is not told. */
function decode(field: Field, { name, form }: Column, statement: string): SqlValue {
  if (field.isNull === true) return null;
  const plain = field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue;
  switch (form) {
    case 'bytes':
      if (field.blobValue !== undefined) return new Uint8Array(field.blobValue);
      break;
    case 'boolean':
      if (typeof plain === 'boolean') return plain;
      break;
    case 'number':
      if (plain !== undefined) return Number(plain);
      break;
    case 'exact': {
      if (plain === undefined) break;
      const value = Number(plain);
      if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
      return refuse(`Column '${name}' of the answer holds a number beyond 2^53; cast it to text`, statement);
    }
    case 'text':
      if (plain !== undefined) return String(plain);
      break;
    default:
      return form satisfies never;
  }
  return refuse(
    `Column '${name}' of the answer came as ${Object.keys(field).join(', ') || 'nothing'}; cast it to text`,
    statement,
  );
}

function refuse(what: string, statement: string): never {
  throw new Fault('sql/refused', `${what} (statement: ${excerpt(statement)})`);
}
