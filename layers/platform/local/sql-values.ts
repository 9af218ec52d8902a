import { Fault } from '#core/fault.ts';
import type { SqlRow, SqlValue } from '../sql.ts';
import { excerpt, startResultCheck } from '../sql-check.ts';

/** An answer as PostgreSQL's text protocol gives it: every value is text or null. */
export interface TextAnswer {
  readonly fields: readonly { readonly name: string; readonly type: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/**
 * The rows of an answer as the Sql port shapes them, within its limits. Throws `sql/refused` for types that the RDS Data
 * API has no answer for (arrays, timestamptz, interval, money, geometry, row types) and for integers beyond 2^53.
 */
export function decodeRows(answer: TextAnswer, statement: string): readonly SqlRow[] {
  const names = new Set<string>();
  for (const { name, type } of answer.fields) {
    if (names.has(name)) refuse(`Two columns of the answer are called '${name}'; name them apart`, statement);
    names.add(name);
    if (arrayTypes.has(type)) {
      refuse(`Column '${name}' of the answer is an array; give to_jsonb(...) or array_to_string(...)`, statement);
    }
    if (!plainTypes.has(type)) {
      refuse(`Column '${name}' of the answer is of a type without a plain form; cast it to text`, statement);
    }
  }
  const check = startResultCheck(statement);
  return answer.rows.map((texts) => {
    const row: Record<string, SqlValue> = {};
    answer.fields.forEach(({ name, type }, i) => {
      const text = texts[i] ?? null;
      row[name] = text === null ? null : decode(text, type, name, statement);
    });
    check(row);
    return row;
  });
}

/** PostgreSQL's own object ids of types (pg_type.dat); they never change. */
const types = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, float4: 700, float8: 701, numeric: 1700 };

/**
 * Types that the Data API lists as those it answers (Aurora User Guide, "Amazon RDS Data API operations reference"); every
 * other one may be UnsupportedResultException there: timestamptz, interval, oid, name, money, geometry, row types, enums.
 */
const plainTypes: ReadonlySet<number> = new Set([
  ...Object.values(types),
  ...[25, 1042, 1043], // text, bpchar, varchar
  ...[114, 3802, 2950], // json, jsonb, uuid
  ...[1082, 1083, 1114], // date, time, timestamp
  ...[650, 869], // cidr, inet
]);

/** Array types and vectors of the catalog (`select oid from pg_type where typcategory = 'A' and oid < 10000`). */
const arrayTypes: ReadonlySet<number> = new Set([
  22, 30, 143, 199, 210, 270, 271, 272, 273, 629, 651, 719, 775, 791, 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008,
  1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1027, 1028, 1034, 1040, 1041,
  1115, 1182, 1183, 1185, 1187, 1231, 1263, 1270, 1561, 1563, 2201, 2207, 2208, 2209, 2210, 2211, 2287, 2949, 2951,
  3221, 3643, 3644, 3645, 3735, 3770, 3807, 3905, 3907, 3909, 3911, 3913, 3927, 4073, 4090, 4097, 4192, 5039, 6150,
  6151, 6152, 6153, 6155, 6157,
]);

function decode(text: string, type: number, column: string, statement: string): SqlValue {
  switch (type) {
    case types.bool:
      return text === 't';
    case types.bytea:
      return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
    case types.int2:
    case types.int4:
    case types.float4:
    case types.float8:
      return Number(text);
    case types.int8:
    case types.numeric: {
      const value = Number(text);
      if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
      return refuse(`Column '${column}' of the answer holds a number beyond 2^53; cast it to text`, statement);
    }
    default:
      return text;
  }
}

function refuse(what: string, statement: string): never {
  throw new Fault('sql/refused', `${what} (statement: ${excerpt(statement)})`);
}
