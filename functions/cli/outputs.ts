import { once } from 'node:events';
import { open, rename, rm } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';
import type { Format } from '#reports/format.ts';
import { formats } from '#reports/formats.ts';
import type { ScanReport } from '#schema/scan-report.ts';
import type { Io } from './command.ts';

/** A report to write: in which format, and to which file; null is the standard output. */
export interface Output {
  readonly format: Format;
  readonly file: string | null;
}

/** The outputs that `--output FORMAT[=FILE]` asks for; a table when none does. At most one goes to the standard output. */
export function parseOutputs(texts: readonly string[]): readonly Output[] {
  const outputs = (texts.length === 0 ? ['table'] : texts).map((one) => {
    const [name = '', ...file] = one.split('=');
    const format = formats.find((known) => known.name === name);
    if (format === undefined || (one.includes('=') && file.join('=') === '')) {
      const known = formats.map((each) => each.name).join(', ');
      throw new Fault('input/invalid', `--output ${one}: give FORMAT or FORMAT=FILE, with a format of ${known}`);
    }
    return { format, file: file.length === 0 ? null : file.join('=') };
  });
  if (outputs.filter(({ file }) => file === null).length > 1)
    throw new Fault(
      'input/invalid',
      '--output: only one report can go to the standard output; give the others as FORMAT=FILE',
    );
  return outputs;
}

/** Writes a report; a file is there whole or not at all. */
export async function writeOutput(io: Io, { format, file }: Output, report: ScanReport): Promise<void> {
  if (file === null) {
    const target = {
      color: io.out.isTTY === true && !io.env['NO_COLOR'],
      columns: io.out.isTTY === true ? (io.out.columns ?? 80) : null,
    };
    for (const piece of format.write(report, target)) if (!io.out.write(piece)) await once(io.out, 'drain');
    return;
  }
  const partial = `${file}.${process.pid}.partial`;
  try {
    await using handle = await open(partial, 'w');
    for (const piece of format.write(report, { color: false, columns: null })) await handle.writeFile(piece);
    await handle.sync();
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new Fault(
      'input/invalid',
      `--output: cannot write ${file}: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}
