import type { ScanReport } from '#schema/scan-report.ts';
import { counted } from './not-judged.ts';

type Details = ScanReport['details'];

/** Places that one sentence names; the others are counted. */
const maxPlaces = 5;

/** What people should see of an image beside its findings, a sentence each; lists of all are in the JSON report. */
export function* detailSentences({ malware, secrets, contentMatches, users }: Details): Iterable<string> {
  for (const { scanner, findings, databases } of malware) {
    const version = databases['daily'] === undefined ? '' : ` ${databases['daily']}`;
    const found = findings.map(({ path, signature }) => `${path} (${signature})`);
    yield `malware: ${found.length === 0 ? 'none found' : listed(found)}, by ${scanner}${version}`;
  }
  if (secrets.length > 0) yield `secrets: in ${counted(secrets.length, 'file')}: ${listed(secrets.map(place))}`;
  if (contentMatches.length > 0) {
    yield `searched: matches in ${counted(contentMatches.length, 'file')}: ${listed(contentMatches.map(place))}`;
  }
  const open = users.filter(({ password }) => password === 'empty').map(({ name }) => name);
  if (open.length > 0) yield `accounts without a password: ${listed(open)}`;
}

function place({ path, matches }: Details['secrets'][number]): string {
  return `${path} (${matches.map(({ name }) => name).join(', ')})`;
}

function listed(places: readonly string[]): string {
  const more = places.length - maxPlaces;
  return places.slice(0, maxPlaces).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
