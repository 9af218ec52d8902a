import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import type { Fetch } from '#platform/fetch.ts';
import { tar } from '#test/support/tar-builder.ts';

/** A folder of VEX documents as Red Hat serves it, in memory, as a test changes it; answers conditional requests. */
export interface VexFolder {
  readonly fetch: Fetch;
  /** By path below the folder: text, bytes, or the status of an answer. */
  readonly files: Map<string, string | Uint8Array<ArrayBuffer> | number>;
  /** The names of the files that were asked for since the last call. */
  asked(): string[];
  /** Makes an archive of documents and names it as the latest. */
  archive(name: string, documents: Readonly<Record<string, string>>): void;
  /** Notes that these documents changed, the last first. */
  changed(...lines: readonly (readonly [cve: string, date: string])[]): void;
}

export function vexFolder(root = 'https://security.access.redhat.com/data/csaf/v2/vex/'): VexFolder {
  const files: VexFolder['files'] = new Map<string, string>([['deletions.csv', '']]);
  let log: string[] = [];
  return {
    files,
    asked() {
      const asked = log;
      log = [];
      return asked;
    },
    archive(name, documents) {
      const entries = Object.entries(documents).map(([cve, content]) => ({ path: pathOf(cve), content }));
      files.set(name, new Uint8Array(zstdCompressSync(tar(entries))));
      files.set('archive_latest.txt', name);
    },
    changed(...lines) {
      files.set('changes.csv', lines.map(([cve, date]) => `"${pathOf(cve)}","${date}"\n`).join(''));
    },
    async fetch(url, request = {}) {
      const file = url.startsWith(root) ? files.get(url.slice(root.length)) : undefined;
      if (url.startsWith(root)) log.push(url.slice(root.length));
      if (file === undefined || typeof file === 'number') return new Response(null, { status: file ?? 404 });
      const etag = `"${createHash('sha256').update(file).digest('hex').slice(0, 16)}"`;
      const unchanged = new Headers(request.headers).get('if-none-match') === etag;
      return new Response(unchanged ? null : file, { status: unchanged ? 304 : 200, headers: { etag } });
    },
  };
}

/** `2024/cve-2024-6923.json`. */
export function pathOf(cve: string): string {
  return `${cve.slice(4, 8)}/${cve.toLowerCase()}.json`;
}

/** A document that says that a source rpm of Red Hat Enterprise Linux 9 is affected. */
export function vexText(cve: string, name: string, cpe = 'cpe:/o:redhat:enterprise_linux:9'): string {
  const product = (id: string, helper: object) => ({
    category: 'product_name',
    name: id,
    product: { name: id, product_id: id, product_identification_helper: helper },
  });
  return JSON.stringify({
    document: { title: name, tracking: { id: cve, status: 'final' } },
    product_tree: {
      branches: [
        {
          category: 'vendor',
          name: 'Red Hat',
          branches: [product('red_hat', { cpe }), product(`${name}.src`, { purl: `pkg:rpm/redhat/${name}?arch=src` })],
        },
      ],
      relationships: [
        {
          category: 'default_component_of',
          full_product_name: { name, product_id: `red_hat:${name}.src` },
          product_reference: `${name}.src`,
          relates_to_product_reference: 'red_hat',
        },
      ],
    },
    vulnerabilities: [{ cve, product_status: { known_affected: [`red_hat:${name}.src`] } }],
  });
}
