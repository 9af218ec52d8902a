import { createHash } from 'node:crypto';
import type { Advisory, Cvss, Enrichment, EnrichmentFacts, SetAside } from './advisory.ts';
import { type AffectedRow, affectedRows, maxRowsOfRecord } from './affected-rows.ts';

/** A record ready to be written: its JSON text for the store, and the hash of that. */
export interface StoredRecord {
  readonly kind: 'advisory' | 'enrichment';
  readonly record: string;
  /** 32 hex digits of everything that is written for the record. */
  readonly hash: string;
  /** The JSON object that the statements of the store read. */
  readonly text: string;
  /** Of `affected`. */
  readonly rows: number;
}

/** What is stored of a record, and what of it had to be left out; null when nothing of it can be stored. */
export interface Stored {
  readonly stored: StoredRecord | null;
  readonly aside: SetAside | null;
}

/** A record beyond this many bytes of JSON does not go into one statement. */
const maxRecordBytes = 2 * 1024 * 1024;

/** Characters; a database's answer has 64 KiB a row, and the ids of an advisory are read together. */
const limits = { record: 300, id: 128, url: 1000, text: 300, date: 40 } as const;

/** An advisory as it is stored. */
export function storedAdvisory(advisory: Advisory): Stored {
  const refused = (reason: string) => ({ stored: null, aside: asideOf(advisory.record, reason) });
  if (advisory.id.length > limits.id) return refused(`its id has more than ${limits.id} characters`);
  const { rows, problems } = affectedRows(advisory);
  if (rows.length > maxRowsOfRecord) return refused(`it speaks of more than ${maxRowsOfRecord} ranges of versions`);
  if (rows.length === 0) return refused(problems[0] ?? 'it speaks of no version of a package');
  const names = new Map(rows.map(({ space, name }) => [`${space} ${name}`, [space, name] as const]));
  const places = new Map([...names.keys()].map((name, place) => [name, place]));
  const body = {
    record: advisory.record,
    id: advisory.id,
    ...some('aliases', ids(advisory.aliases).slice(0, 50)),
    ...some('related', ids(advisory.related).slice(0, 200)),
    ...some('cvss', vectors(advisory.cvss ?? [])),
    ...(advisory.disputed === true ? { disputed: true } : {}),
    title: advisory.title?.slice(0, limits.text) ?? null,
    ...some('urls', advisory.urls.filter(({ length }) => length <= limits.url).slice(0, 10)),
    published: advisory.published?.slice(0, limits.date) ?? null,
    source: advisory.severitySource?.slice(0, limits.text) ?? null,
    names: [...names.values()],
    rows: rows.map((row) => rowText(row, places.get(`${row.space} ${row.name}`)!)),
  };
  const { stored, aside } = storedBody('advisory', advisory.record, body, rows.length);
  if (stored === null || problems.length === 0) return { stored, aside };
  const others = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return { stored, aside: { record: advisory.record, reason: `in part: ${problems[0]}${others}` } };
}

/** What is known without a package, as it is stored. */
export function storedEnrichment({ record, about, facts }: Enrichment): Stored {
  if (about.length > limits.record) {
    return { stored: null, aside: asideOf(record, `what it is about has more than ${limits.record} characters`) };
  }
  const content = { record, about, body: boundedFacts(facts) };
  return storedBody('enrichment', record, content, 0, { ...content, body: withoutDay(content.body) });
}

/** Scores are published every day, and most are those of the day before: the day alone is no change. */
function withoutDay(facts: EnrichmentFacts): object {
  return facts.kind === 'epss' ? { ...facts, date: null } : facts;
}

/** NUL and halves of surrogate pairs, as JSON.stringify escapes them: jsonb refuses both. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** `compared` is what makes the record another one. */
function storedBody(
  kind: StoredRecord['kind'],
  record: string,
  content: object,
  rows: number,
  compared: object = content,
): Stored {
  const refused = (reason: string) => ({ stored: null, aside: asideOf(record, reason) });
  if (record.length > limits.record) return refused(`the name of the record has more than ${limits.record} characters`);
  const body = JSON.stringify(content);
  if (body.length > maxRecordBytes) return refused(`it has more than ${maxRecordBytes} bytes`);
  if (unstorable.test(body)) return refused('it holds characters that are no text');
  const hashed = compared === content ? body : JSON.stringify(compared);
  const hash = createHash('sha256').update(hashed).digest('hex').slice(0, 32);
  return { stored: { kind, record, hash, text: `{"hash":"${hash}",${body.slice(1)}`, rows }, aside: null };
}

function asideOf(record: string, reason: string): SetAside {
  return { record: record.slice(0, limits.record), reason };
}

/** A list that is empty is left out of the text. */
function some(name: string, items: readonly unknown[]): Readonly<Record<string, readonly unknown[]>> {
  return items.length === 0 ? {} : { [name]: items };
}

function ids(all: readonly string[]): readonly string[] {
  return all.filter(({ length }) => length > 0 && length <= limits.id);
}

function vectors(cvss: readonly Cvss[]): readonly Cvss[] {
  return cvss
    .filter(({ vector, score }) => vector.length <= limits.text && score >= 0 && score <= 10)
    .map(({ version, vector, score, source }) => ({ version, vector, score, source: source.slice(0, limits.text) }))
    .slice(0, 10);
}

function boundedFacts(facts: EnrichmentFacts): EnrichmentFacts {
  if (facts.kind !== 'rating') return facts;
  return {
    ...facts,
    cvss: vectors(facts.cvss),
    title: facts.title?.slice(0, limits.text) ?? null,
    published: facts.published?.slice(0, limits.date) ?? null,
    cwes: ids(facts.cwes).slice(0, 50),
  };
}

/** The usual is left out. */
function rowText({ space: _, name: __, status, lo, ...rest }: AffectedRow, place: number): object {
  return {
    ...(place === 0 ? {} : { n: place }),
    ...(status === 0 ? {} : { status }),
    ...(lo === '' ? {} : { lo }),
    ...rest,
  };
}
