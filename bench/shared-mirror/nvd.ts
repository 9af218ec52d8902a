import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tar } from '#test/support/tar-builder.ts';
import { documents, put, unpacked } from './packed.ts';

/**
 * Writes NVD's years in the form 2.0, and the archive of corrections. The snapshots are of the form 1.1, which NVD has not served since
 * 2023: what they say is said here in today's words. 2019 to 2021 are not there.
 */
export async function layOutNvd(feeds: string, folder: string): Promise<void> {
  for (const file of await readdir(join(feeds, 'nvd'))) {
    const year = /^nvdcve-1\.1-(\d{4})\.json\.zst$/.exec(file)?.[1];
    if (year === undefined) continue;
    const { CVE_Items: items } = JSON.parse(await unpacked(join(feeds, 'nvd', file))) as { CVE_Items: OldItem[] };
    const vulnerabilities = items.map(item);
    const counts = { resultsPerPage: items.length, startIndex: 0, totalResults: items.length };
    await putYear(folder, year, JSON.stringify({ ...counts, format: 'NVD_CVE', version: '2.0', vulnerabilities }));
  }
  const corrections = await documents<Correction>(join(feeds, 'nvd/anchore-nvd-overrides.jsonl.zst'));
  const files = corrections.map((one) => {
    const id = one._annotation.cve_id;
    return { path: `nvd-data-overrides-main/data/${id.slice(4, 8)}/${id}.json`, content: JSON.stringify(one) };
  });
  await put(folder, 'github.com/anchore/nvd-data-overrides/archive/refs/heads/main.tar.gz', gzipSync(tar(files)));
}

async function putYear(folder: string, year: string, text: string): Promise<void> {
  const address = `nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-${year}`;
  const sha256 = createHash('sha256').update(text).digest('hex').toUpperCase();
  await put(folder, `${address}.meta`, `lastModifiedDate:2023-08-28T03:00:00-04:00\r\nsha256:${sha256}\r\n`);
  await put(folder, `${address}.json.gz`, gzipSync(text, { level: 1 }));
}

interface Correction {
  readonly _annotation: { readonly cve_id: string };
}

/** An item of the form 1.1 (https://csrc.nist.gov/schema/nvd/feed/1.1/nvd_cve_feed_json_1.1.schema). */
interface OldItem {
  readonly cve: {
    readonly CVE_data_meta: { readonly ID: string; readonly ASSIGNER: string };
    readonly problemtype: { readonly problemtype_data: readonly { readonly description: readonly Text[] }[] };
    readonly description: { readonly description_data: readonly Text[] };
  };
  readonly configurations: { readonly nodes?: readonly OldNode[] };
  readonly impact: {
    readonly baseMetricV3?: { readonly cvssV3: { readonly version: string } };
    readonly baseMetricV2?: { readonly cvssV2: object };
  };
  readonly publishedDate: string;
  readonly lastModifiedDate: string;
}

interface Text {
  readonly lang: string;
  readonly value: string;
}

interface OldNode {
  readonly operator: string;
  readonly negate?: boolean;
  readonly children?: readonly OldNode[];
  readonly cpe_match?: readonly ({ readonly cpe23Uri: string } & object)[];
}

function item({ cve, configurations, impact, publishedDate, lastModifiedDate }: OldItem) {
  const { ID: id, ASSIGNER: sourceIdentifier } = cve.CVE_data_meta;
  const text = cve.description.description_data[0]?.value ?? '';
  const by = { source: 'nvd@nist.gov', type: 'Primary' };
  const { baseMetricV3: three, baseMetricV2: two } = impact;
  return {
    cve: {
      id,
      sourceIdentifier,
      published: moment(publishedDate),
      lastModified: moment(lastModifiedDate),
      vulnStatus: /^\** ?REJECT/i.test(text) ? 'Rejected' : 'Analyzed',
      cveTags: /^\** ?DISPUTED/i.test(text) ? [{ sourceIdentifier, tags: ['disputed'] }] : [],
      descriptions: cve.description.description_data,
      metrics: {
        ...(three && {
          [three.cvssV3.version === '3.0' ? 'cvssMetricV30' : 'cvssMetricV31']: [{ ...by, cvssData: three.cvssV3 }],
        }),
        ...(two && { cvssMetricV2: [{ ...by, cvssData: two.cvssV2 }] }),
      },
      weaknesses: cve.problemtype.problemtype_data.map(({ description }) => ({ ...by, description })),
      configurations: (configurations.nodes ?? []).map(configuration),
    },
  };
}

/** `2018-01-10T22:29Z` */
const moment = (written: string) => written.replace('Z', ':00.000');

/** Nodes with children are configurations of several nodes now. */
function configuration(node: OldNode) {
  const { operator, children = [] } = node;
  return children.length === 0 ? { nodes: [leaf(node)] } : { operator, nodes: children.map(leaf) };
}

const leaf = ({ operator, negate = false, cpe_match: matches = [] }: OldNode) => ({
  operator,
  negate,
  cpeMatch: matches.map(({ cpe23Uri: criteria, ...match }) => ({ ...match, criteria })),
});
