import type { ScanReport } from '#schema/scan-report.ts';
import type { Format } from '../format.ts';
import { escaped } from '../printable.ts';

const header = ['type', 'name', 'version', 'arch', 'source', 'path'];

/**
 * What is installed, one package a line in the order of `LC_ALL=C sort`, under a header; nothing for what is not known.
 * Paths are separated by commas. In values a tab is `\t`, a newline `\n`, another control `\x1b`, a backslash `\\`, and a
 * comma within a path `\x2c`.
 */
export const packages: Format = {
  name: 'packages',
  mediaType: 'text/tab-separated-values',
  description: 'The packages, one a line, tab-separated',
  *write(report) {
    yield `${header.join('\t')}\n`;
    const lines = report.packages.map(lineOf).map((line) => ({ line, bytes: Buffer.from(line) }));
    lines.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
    for (const { line } of lines) yield `${line}\n`;
  },
};

function lineOf(found: ScanReport['packages'][number]): string {
  const { type, name, version, arch, source, paths } = found;
  const path = paths.map((one) => escaped(one).replaceAll(',', '\\x2c')).join(',');
  return [...[type, name, version, arch ?? '', source ?? ''].map(escaped), path].join('\t');
}
