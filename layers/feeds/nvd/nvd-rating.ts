import type { Cvss, EnrichmentFacts } from '../advisory.ts';
import { cvssOf, severityOfCvss } from '../cvss-vector.ts';
import { array, type Json, object, text } from '../json-fields.ts';

type Rating = Extract<EnrichmentFacts, { readonly kind: 'rating' }>;

const maxVectors = 10;
const maxCwes = 20;

/**
 * What NVD says of a vulnerability itself (API 2.0, `cve`).
 *
 * The severity is that of the first vector: of CVSS 3 and 4 what NVD or the CNA in its place says (`Primary`) before what others
 * say (`Secondary`), then the newer version; CVSS 2, whose scale ends with High, only where there is nothing newer.
 */
export function nvdRating(cve: Json): Rating {
  const cvss = vectorsOf(object(cve['metrics']) ?? {});
  const [first] = cvss;
  return {
    kind: 'rating',
    source: 'nvd',
    severity: first === undefined ? 'Unknown' : severityOfCvss(first),
    cvss,
    title: titleOf(cve['descriptions']),
    published: timeOf(cve['published']),
    status: statusOf(cve),
    cwes: cwesOf(cve['weaknesses']),
  };
}

const kinds = ['cvssMetricV40', 'cvssMetricV31', 'cvssMetricV30', 'cvssMetricV2'] as const;

function vectorsOf(metrics: Json): readonly Cvss[] {
  const listed = kinds.flatMap((kind) =>
    array(metrics[kind])
      .slice(0, maxVectors)
      .flatMap((metric) => metricOf(object(metric))),
  );
  const rank = ({ cvss, primary }: Metric) => (cvss.version === '2.0' ? 2 : 0) + (primary ? 0 : 1);
  return listed
    .sort((a, b) => rank(a) - rank(b))
    .map(({ cvss }) => cvss)
    .slice(0, maxVectors);
}

interface Metric {
  readonly cvss: Cvss;
  readonly primary: boolean;
}

function metricOf(metric: Json | null): readonly Metric[] {
  const data = object(metric?.['cvssData']);
  const vector = text(data?.['vectorString'], 300);
  const source = sourceOf(metric?.['source']);
  const read = vector === null ? null : cvssOf(vector, source);
  if (read === null) return [];
  const score = data?.['baseScore'];
  const said = typeof score === 'number' && score >= 0 && score <= 10 ? score : read.score;
  return [{ cvss: { ...read, score: said }, primary: metric?.['type'] === 'Primary' }];
}

/** Organisations that NVD names by numbers only. */
const organisations: Readonly<Record<string, string>> = {
  'nvd@nist.gov': 'nvd',
  '134c704f-9b21-4f2e-91b3-4a467353bcc0': 'cisa-adp',
  '416baaa9-dc9f-4396-8d5f-8c081fb06d67': 'kernel.org',
};

function sourceOf(value: unknown): string {
  const source = text(value, 100)?.toLowerCase() ?? 'unknown';
  return Object.hasOwn(organisations, source) ? organisations[source]! : source.slice(source.lastIndexOf('@') + 1);
}

/** NVD writes times in UTC without saying so. */
function timeOf(value: unknown): string | null {
  const time = text(value, 40);
  return time !== null && /T[\d:.]+$/.test(time) ? `${time}Z` : time;
}

function titleOf(descriptions: unknown): string | null {
  const english = array(descriptions)
    .map(object)
    .find((one) => one?.['lang'] === 'en');
  const value = english?.['value'];
  return typeof value === 'string' ? value.slice(0, 5000).replace(/\s+/g, ' ').trim().slice(0, 300) || null : null;
}

function statusOf(cve: Json): Rating['status'] {
  if (text(cve['vulnStatus'], 100)?.toLowerCase() === 'rejected') return 'rejected';
  const tags = array(cve['cveTags']).flatMap((one) => array(object(one)?.['tags']));
  return tags.includes('disputed') ? 'disputed' : 'valid';
}

/** `NVD-CWE-Other` and `NVD-CWE-noinfo` are none. */
function cwesOf(weaknesses: unknown): readonly string[] {
  const cwes = array(weaknesses).flatMap((weakness) =>
    array(object(weakness)?.['description']).flatMap((one) => text(object(one)?.['value'], 20) ?? []),
  );
  return [...new Set(cwes.filter((cwe) => /^CWE-\d+$/.test(cwe)))].slice(0, maxCwes);
}
