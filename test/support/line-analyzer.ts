import type { Analyzer } from '#analysis/analyzer.ts';

/**
 * A small analyzer for tests of the engine: reads `packages.txt` files and anything `*.pkg`, a line `name version` each.
 * A file whose text begins with `!` makes it throw after the lines before.
 */
export const lineAnalyzer: Analyzer = {
  name: 'line',
  reads: 'files of tests',
  version: 1,
  wants: (path) => /(^|\/)packages\.txt$|\.pkg$/.test(path),
  *read(file) {
    for (const line of Buffer.from(file.content.all()).toString().split('\n')) {
      if (line.startsWith('!')) throw new Error(`line ${line} is damaged`);
      if (line !== '') yield { key: line, data: { line } };
    }
  },
  *assemble(view) {
    for (const { path, facts } of view.facts) {
      for (const { key } of facts) {
        const [name = '', version = ''] = key.split(' ');
        if (name === 'throws') throw new Error('cannot make a package of this');
        yield {
          type: 'npm',
          name,
          version,
          arch: null,
          source: null,
          origin: null,
          purl: `pkg:npm/${name}@${version}`,
          licenses: [],
          vendor: null,
          size: null,
          files: [],
          evidence: { path, key },
        };
      }
    }
  },
};
