import { join } from 'node:path';
import { documents, put } from './packed.ts';

/** A product as endoflife.date keeps it (https://github.com/endoflife-date/endoflife.date, front matter of `products`). */
interface Product {
  readonly permalink: string;
  readonly releases?: readonly Release[];
}

interface Release {
  readonly releaseCycle: string;
  readonly releaseDate?: string;
  readonly eol?: string | boolean;
  readonly eoes?: string | boolean;
  readonly latest?: string;
  readonly latestReleaseDate?: string;
}

/** Writes the products as endoflife.date serves them (https://endoflife.date/docs/api/v1). */
export async function layOutLifecycle(feeds: string, folder: string): Promise<void> {
  const products = await documents<Product>(join(feeds, 'eol/endoflife-date-products.jsonl.zst'));
  const result = products.map(({ permalink, releases = [] }) => ({
    name: permalink.slice(1),
    releases: releases.map((release) => ({
      name: release.releaseCycle,
      releaseDate: release.releaseDate ?? null,
      ...ended('Eol', 'eol', release.eol),
      ...ended('Eoes', 'eoes', release.eoes),
      latest: { name: release.latest ?? null, date: release.latestReleaseDate ?? null },
    })),
  }));
  await put(folder, 'endoflife.date/api/v1/products/full', JSON.stringify({ schema_version: '1.2.0', result }));
}

function ended(name: string, from: string, said: string | boolean | undefined): Record<string, unknown> {
  const date = typeof said === 'string' ? said : null;
  const over = date === null ? (said ?? null) : Date.parse(date) < snapshot;
  return { [`is${name}`]: over, [`${from}From`]: date };
}

/** When the snapshot was taken. */
const snapshot = Date.UTC(2026, 7, 22);
