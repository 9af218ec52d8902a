import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetch } from '#platform/fetch.ts';
import { put } from './packed.ts';

const host = 'bodhi.fedoraproject.org';

interface Update {
  readonly release: { readonly name: string };
  readonly type: string;
  readonly status: string;
}

/** Keeps the updates that other projects' tests have of Bodhi in one list; `samples` has their archives, unpacked. */
export async function layOutBodhi(samples: string, folder: string): Promise<void> {
  const updates: Update[] = [];
  for (const list of [
    'vunnel-test-fixtures/fedora/input',
    'vunnel-test-fixtures/fedora/merge-input',
    'vuls-data-update-fetch-fixtures/fedora/api/updates',
  ])
    for (const name of (await readdir(join(samples, list))).sort()) {
      const read = JSON.parse(await readFile(join(samples, list, name), 'utf8')) as Update | Update[];
      updates.push(...[read].flat());
    }
  await put(folder, `${host}/updates.json`, JSON.stringify(updates));
}

/** Answers what Bodhi is asked (https://bodhi.fedoraproject.org/docs/server_api/rest/) by that list, in one page. */
export function answerBodhi(fetch: Fetch, folder: string): Fetch {
  return async (url, request) => {
    const { hostname, pathname, searchParams: asked } = new URL(url);
    const kept =
      hostname === host ? await readFile(join(folder, host, 'updates.json'), 'utf8').catch(() => null) : null;
    if (kept === null) return await fetch(url, request);
    const updates = JSON.parse(kept) as Update[];
    const list = pathname.split('/')[1] ?? '';
    const items = list === 'releases' ? releasesOf(updates) : updates.filter((update) => isAskedFor(update, asked));
    return Response.json({ [list]: items, page: 1, pages: 1, total: items.length, rows_per_page: 100 });
  };
}

function releasesOf(updates: readonly Update[]): readonly Update['release'][] {
  return [...new Map(updates.map(({ release }) => [release.name, release])).values()];
}

function isAskedFor({ release, type, status }: Update, asked: URLSearchParams): boolean {
  return (
    (asked.get('releases') ?? '').split(',').includes(release.name) &&
    asked.get('type') === type &&
    asked.get('status') === status
  );
}
