import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Fault } from '#core/fault.ts';
import {
  clamavAnswer,
  type MalwareAnswer,
  type MalwareScanner,
  type MalwareScanOptions,
  type SuspectFile,
} from '../malware.ts';

/** Where Debian and most others keep the databases. */
const usualDatabases = '/var/lib/clamav';

/** Bytes and files that one run gets: what is on disk at a time. A run loads all databases, which takes seconds. */
const batchBytes = 2 * 1024 * 1024 * 1024;
const batchFiles = 50_000;

/**
 * The program clamscan (clamscan(1)), which gets files under names of ours in a folder of ours: it names what it finds in
 * a tar by the wrong member (1.4.6), and nothing at all of one on its standard input. All signatures of a file are given.
 */
export function clamscan(program: string, databases: string | null): MalwareScanner {
  return {
    name: 'clamav',
    databases: () => readDatabases(databases ?? usualDatabases),
    async *scan(files, options): AsyncGenerator<MalwareAnswer> {
      const folder = `${options.temporaryPath}-clamscan`;
      const source = files[Symbol.asyncIterator]();
      try {
        for (;;) {
          await mkdir(folder, { mode: 0o700 });
          const { ids, more } = await writeBatch(source, folder);
          if (ids.length > 0) yield* runOn(program, databases, folder, ids, options);
          await rm(folder, { recursive: true, force: true });
          if (!more) return;
        }
      } finally {
        await source.return?.();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Writes files by their number until there are enough for a run. */
async function writeBatch(source: AsyncIterator<SuspectFile>, folder: string) {
  const ids: string[] = [];
  for (let bytes = 0; bytes < batchBytes && ids.length < batchFiles; ) {
    const next = await source.next();
    if (next.done) return { ids, more: false };
    await using file = await open(join(folder, String(ids.length)), 'wx', 0o600);
    for await (const piece of next.value.body) {
      bytes += piece.byteLength;
      await file.writeFile(piece);
    }
    ids.push(next.value.id);
  }
  return { ids, more: true };
}

/** What is larger than a limit is said to be by `--alert-exceeds-max`, instead of passing for clean. */
const limits = ['--alert-exceeds-max=yes', '--max-filesize=2000M', '--max-scansize=2000M'];

async function* runOn(
  program: string,
  databases: string | null,
  folder: string,
  ids: readonly string[],
  { signal }: MalwareScanOptions,
): AsyncGenerator<MalwareAnswer> {
  const list = join(folder, 'list');
  await writeFile(list, ids.map((_, number) => `${join(folder, String(number))}\n`).join(''));
  const from = databases === null ? [] : [`--database=${databases}`];
  const child = spawn(
    program,
    [...from, ...limits, '--infected', '--allmatch', '--no-summary', '--stdout', `--file-list=${list}`],
    { stdio: ['ignore', 'pipe', 'ignore'], ...(signal === undefined ? {} : { signal }) },
  );
  const ended = once(child, 'close').then(
    ([code]) => code as number | null,
    (error: Error) => error,
  );
  try {
    const said = new Set<string>();
    let complaint = '';
    for await (const line of createInterface({ input: child.stdout })) {
      const form = /\/(\d+): (.*)$/.exec(line);
      const id = ids[Number(form?.[1])];
      if (form === null || id === undefined) {
        if (line.trim() !== '') complaint = line.slice(0, 300);
      } else if (!said.has(`${id} ${form[2]}`)) {
        said.add(`${id} ${form[2]}`);
        const answer = clamavAnswer(id, form[2]!);
        if (answer !== null) yield answer;
      }
    }
    const end = await ended;
    signal?.throwIfAborted();
    // 0: nothing found, 1: something.
    if (end !== 0 && end !== 1) throw failure(program, end, complaint);
  } finally {
    child.kill();
    await ended;
  }
}

function failure(program: string, end: number | null | Error, complaint: string): Fault {
  const why = end instanceof Error ? ((end as NodeJS.ErrnoException).code ?? end.message) : complaint || `exit ${end}`;
  return new Fault(
    'network/unreachable',
    `${program} did not do it (${why}); see that it is installed and has its databases, or switch the scan off`,
    end instanceof Error ? { cause: end } : {},
  );
}

/** Versions as the headers of database files tell them (`ClamAV-VDB:TIME:VERSION:...`, clamav-docs, "CVD format"). */
async function readDatabases(folder: string): Promise<Readonly<Record<string, string>>> {
  const versions: Record<string, string> = {};
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const database = /^(\w{1,40})\.c[vl]d$/.exec(name)?.[1];
    if (database === undefined) continue;
    await using file = await open(join(folder, name), 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    const version = /^ClamAV-VDB:.*?:(\d{1,10}):\d+:/.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
    if (version !== undefined) versions[database] = version;
  }
  return versions;
}
