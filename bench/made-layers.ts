import { createWriteStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, type ZlibOptions } from 'node:zlib';
import { finishDigest, startDigest } from '#core/digest.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import { type BuildEntry, tarEntry } from '#test/support/tar-builder.ts';
import { lots } from './matching/lots.ts';

/** A layer that lies in a file of its own. */
export interface FileLayer extends SourceLayer {
  readonly size: number;
  readonly bytes: { readonly kind: 'file'; readonly path: string; readonly offset: number; readonly length: number };
}

/** Writes a layer of these entries to a file as docker does: tar, gzip at level 6. */
export function makeLayer(path: string, entries: AsyncIterable<BuildEntry>): Promise<FileLayer> {
  return gzipLayer(path, tars(entries), { level: 6 });
}

async function* tars(entries: AsyncIterable<BuildEntry>): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) yield tarEntry(entry);
}

/** Writes pieces of a tar to a file as a layer of gzip; the end mark is added. */
export async function gzipLayer(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ZlibOptions,
): Promise<FileLayer> {
  const [diff, stored] = [startDigest(), startDigest()];
  let size = 0;
  await pipeline(
    async function* () {
      for await (const piece of pieces) {
        diff.update(piece);
        yield piece;
      }
      const end = Buffer.alloc(1024);
      diff.update(end);
      yield end;
    },
    createGzip(options),
    async function* (packed: AsyncIterable<Uint8Array>) {
      for await (const piece of packed) {
        stored.update(piece);
        size += piece.length;
        yield piece;
      }
    },
    createWriteStream(path),
  );
  return {
    digest: finishDigest(stored),
    diffId: finishDigest(diff),
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    size,
    bytes: { kind: 'file', path, offset: 0, length: size },
  };
}

const repository = join(import.meta.dirname, '..');

/**
 * Real files with their names and modes, until they have so many bytes: what npm installed in this repository (programs of
 * 100 MB, WebAssembly, JavaScript, JSON), and when that is not enough the same again in another folder.
 */
export async function* realFiles(bytes: number, folder: string): AsyncGenerator<BuildEntry> {
  const installed = await readdir(join(repository, 'node_modules'), { recursive: true, withFileTypes: true });
  const paths = installed
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  let made = 0;
  for (let copy = 1; made < bytes; copy++) {
    for (const path of paths) {
      if (made >= bytes) return;
      const content = await readFile(path);
      const { mode } = await stat(path);
      made += content.length;
      yield { path: `${folder}/copy-${copy}/${relative(repository, path)}`, mode: mode & 0o777, content };
    }
  }
}

/**
 * So many small files, 100 in a folder: a tenth of them is empty, the others are pieces of JavaScript of up to 2 kB, and
 * every hundredth is the package.json of a module.
 */
export async function* smallFiles(count: number): AsyncGenerator<BuildEntry> {
  const text = await javascript();
  const { share, below } = lots(7);
  for (let file = 0; file < count; file++) {
    const name = `module-${Math.floor(file / 100)}`;
    const path = `srv/node_modules/${name}/`;
    if (file % 100 === 0) {
      yield { path: `${path}package.json`, content: JSON.stringify({ name, version: '1.0.0', license: 'MIT' }) };
      continue;
    }
    const start = below(text.length - 2048);
    const content = share() < 0.1 ? '' : text.subarray(start, start + below(2048));
    yield { path: `${path}dist/part-${file % 100}.js`, content };
  }
}

/** Some megabytes, so that gzip finds little of a piece in the pieces before it. */
async function javascript(): Promise<Buffer> {
  const folder = join(repository, 'node_modules/zod');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js')).sort();
  return Buffer.concat(await Promise.all(names.map(async (name) => await readFile(join(folder, name)))));
}
