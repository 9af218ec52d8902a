import { object, text } from '../json-fields.ts';

const cveId = /^CVE-\d{4}-\d{4,19}$/;

/** The id of an item of `vulnerabilities`, null when it has none. */
export function nvdId(item: unknown): string | null {
  const id = text(object(object(item)?.['cve'])?.['id'], 100);
  return id !== null && cveId.test(id) ? id : null;
}
