import { constants } from 'node:fs';
import { access, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Format, Sort } from '#reports/format.ts';
import { formats } from '#reports/formats.ts';
import type { ScanReport } from '#schema/scan-report.ts';
import { isColored } from './color.ts';
import type { Io } from './io.ts';
import { columnsOf } from './progress.ts';

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
  const files = outputs.flatMap(({ file }) => (file === null ? [] : [resolve(file)]));
  const twice = files.find((file, at) => files.indexOf(file) !== at);
  if (twice !== undefined)
    throw new Fault('input/invalid', `--output: two reports cannot go to the same file ${twice}; give another name`);
  if (outputs.filter(({ file }) => file === null).length > 1)
    throw new Fault(
      'input/invalid',
      '--output: only one report can go to the standard output; give the others as FORMAT=FILE',
    );
  return outputs;
}

/** Refuses a file that cannot be written, before there is anything to write: an image may take minutes. */
export async function checkOutputs(outputs: readonly Output[]): Promise<void> {
  for (const { file } of outputs) {
    if (file === null) continue;
    const found = await stat(file).catch(() => null);
    if (found?.isDirectory() === true) throw cannotWrite(file, 'it is a folder; name a file in it');
    const needed = found !== null && !found.isFile() ? file : dirname(resolve(file));
    await access(needed, constants.W_OK).catch((thrown: NodeJS.ErrnoException) => {
      throw cannotWrite(
        file,
        thrown.code === 'ENOENT' ? `there is no folder ${needed}; make it first` : reasonOf(thrown),
      );
    });
  }
}

/**
 * Writes a report. A file is there whole or not at all, and takes the place of one that was there; what is no regular
 * file (a device, a named pipe) is written to as it is. A reader of the standard output that ends early is no failure.
 */
export async function writeOutput(io: Io, { format, file }: Output, report: ScanReport, sort: Sort): Promise<void> {
  if (file === null) {
    const terminal = io.out.isTTY === true;
    await print(
      io.out,
      format.write(report, { color: isColored(io), columns: terminal ? columnsOf(io.out) : null, sort }),
    );
    return;
  }
  const pieces = format.write(report, { color: false, columns: null, sort });
  try {
    const found = await stat(file).catch(() => null);
    if (found === null || found.isFile()) await replaceFile(found === null ? file : await realpath(file), pieces);
    else await writeInto(file, pieces);
  } catch (cause) {
    throw cannotWrite(file, reasonOf(cause), cause);
  }
}

async function replaceFile(file: string, pieces: Iterable<string>): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    {
      await using handle = await open(partial, 'w');
      for (const piece of chunked(pieces)) await handle.writeFile(piece);
      await handle.sync();
    }
    await rename(partial, file);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw thrown;
  }
}

async function writeInto(file: string, pieces: Iterable<string>): Promise<void> {
  await using handle = await open(file, 'w');
  for (const piece of chunked(pieces)) await handle.writeFile(piece);
}

async function print(stream: Io['out'], pieces: Iterable<string>): Promise<void> {
  for (const piece of chunked(pieces)) {
    const failure = await new Promise<Error | null | undefined>((done) => stream.write(piece, done));
    if (!failure) continue;
    if (/^(EPIPE|ERR_STREAM_DESTROYED)$/.test((failure as NodeJS.ErrnoException).code ?? '')) return;
    throw cannotWrite('to the standard output', reasonOf(failure), failure);
  }
}

const chunkLength = 64 * 1024;

/** Few large pieces of many small ones: each is a system call. */
function* chunked(pieces: Iterable<string>): Iterable<string> {
  let waiting = '';
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < chunkLength) continue;
    yield waiting;
    waiting = '';
  }
  if (waiting !== '') yield waiting;
}

function cannotWrite(file: string, reason: string, cause?: unknown): Fault {
  return new Fault('input/invalid', `--output: cannot write ${file}: ${reason}`, { cause });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'what should be its folder is a file',
  ENOSPC: 'the disk is full',
};

function reasonOf(thrown: unknown): string {
  const { code = '', message = String(thrown) } = thrown as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}
