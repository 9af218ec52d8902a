import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';

/** The root of the project: entries of functions.ts are paths from here. */
export const root = dirname(import.meta.dirname);

/** A bundle: one file, and a source map beside it. */
export interface Bundle {
  /** Bytes of the file that is loaded. */
  readonly size: number;
  readonly metafile: Metafile;
}

/**
 * Bundles one entry with everything it imports, the AWS SDK too, whose version is so the one that was tested. `outfile` is
 * written; `files` are copied beside it. Throws what esbuild throws when the entry is not there or does not resolve.
 */
export function bundle(entry: string, outfile: string, files: readonly string[] = []): Bundle {
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    // Packages of the old kind call require, which a module has not.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'silent',
    metafile: true,
  });
  for (const folder of files) cpSync(join(root, folder), join(dirname(outfile), folder), { recursive: true });
  const size = Object.entries(metafile.outputs).find(([path]) => !path.endsWith('.map'))?.[1].bytes ?? 0;
  return { size, metafile };
}
