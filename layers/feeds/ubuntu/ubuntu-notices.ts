import type { ArchiveDocument } from '../archive-documents.ts';
import { array, object, text } from '../json-fields.ts';
import { ecosystemStream } from './ubuntu-stream.ts';

/** When a version of a source package was published as a mend: ISO 8601. */
export interface NoticeDates {
  add(document: ArchiveDocument): void;
  of(release: string, name: string, fixed: string): string | null;
}

const maxDates = 3_000_000;

/**
 * The dates of Ubuntu's security notices (USN), the earliest for each version. Mends of other lineages (FIPS) and some of the
 * kernel come without a notice.
 */
export function noticeDates(): NoticeDates {
  const dates = new Map<string, string>();
  return {
    add(document) {
      if (document.problem !== null) return;
      const notice = object(document.json);
      const date = /^\d{4}-\d\d-\d\d/.exec(text(notice?.['published'], 60) ?? '')?.[0];
      if (date === undefined) return;
      for (const entry of array(notice?.['affected']).map(object)) {
        const its = object(entry?.['package']);
        const stream = ecosystemStream(text(its?.['ecosystem'], 100) ?? '');
        const name = text(its?.['name'], 200);
        if (stream === null || name === null) continue;
        for (const fixed of fixesOf(entry?.['ranges'])) {
          const key = `${stream.release} ${name} ${fixed}`;
          const before = dates.get(key);
          if (before === undefined ? dates.size < maxDates : date < before) dates.set(key, date);
        }
      }
    },
    of: (release, name, fixed) => dates.get(`${release} ${name} ${fixed}`) ?? null,
  };
}

function fixesOf(ranges: unknown): readonly string[] {
  return array(ranges).flatMap((range) =>
    array(object(range)?.['events']).flatMap((event) => text(object(event)?.['fixed'], 256) ?? []),
  );
}
