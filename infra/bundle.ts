import { cpSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';

/** The root of the project: entries of functions.ts are paths from here. */
export const root = dirname(import.meta.dirname);

/** A bundle: a file, what it loads, and source maps beside them. */
export interface Bundle {
  /** Bytes that are read and compiled before the entry can be called. */
  readonly size: number;
  readonly metafile: Metafile;
}

export interface BundleOptions {
  /** Folders that are copied beside it. */
  readonly files?: readonly string[];
  /**
   * What is imported by a call of `import` becomes a file of its own in the same folder, compiled when it is wanted: for what starts
   * often. One file where it starts once.
   */
  readonly split?: boolean;
}

/**
 * Bundles one entry with everything it imports, the AWS SDK too, whose version is so the one that was tested, as `outfile`, an `.mjs`.
 * Throws what esbuild throws when the entry is not there or does not resolve.
 */
export function bundle(entry: string, outfile: string, { files = [], split = false }: BundleOptions = {}): Bundle {
  const folder = dirname(outfile);
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: basename(outfile, '.mjs') }],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: split,
    chunkNames: 'part-[hash]',
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
  for (const one of files) cpSync(join(root, one), join(folder, one), { recursive: true });
  return { size: loadedSize(metafile, [entry]), metafile };
}

/** Bytes of the bundled files that these sources became, and of all that they import before they run. */
export function loadedSize({ outputs }: Metafile, sources: readonly string[]): number {
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: part, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') load(part);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) if (sources.includes(entryPoint ?? '')) load(path);
  return [...loaded].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
}
