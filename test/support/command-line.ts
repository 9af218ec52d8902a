import { Readable, Writable } from 'node:stream';
import type { CommandEntry } from '#functions/cli/command.ts';
import type { Io } from '#functions/cli/io.ts';
import { main } from '#functions/cli/main.ts';
import { commands } from '../../bin/commands.ts';

/** What a command line said and how it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandLineOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Columns of the terminal that both streams are; none when left out. */
  readonly columns?: number;
  readonly commands?: readonly CommandEntry[];
  /** What comes by the standard input; there is none when left out. */
  readonly stdin?: string;
  /** Hears what is written to stderr while the command runs. */
  readonly onErr?: (text: string) => void;
}

/** Runs `plimsoll ARGV` in this process, with streams of its own and an environment that holds only what is given. */
export async function plimsoll(argv: readonly string[], options: CommandLineOptions = {}): Promise<Ended> {
  const out = collector(options.columns);
  const err = collector(options.columns, options.onErr);
  const io: Io = {
    out: out.stream,
    err: err.stream,
    ...(options.stdin === undefined ? {} : { in: Readable.from([options.stdin]) }),
    env: { HOME: '/nonexistent', ...options.env },
  };
  const code = await main(options.commands ?? commands, argv, io);
  return { code, out: out.text(), err: err.text() };
}

function collector(columns: number | undefined, onText: (text: string) => void = () => {}) {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece);
      onText(piece.toString());
      done();
    },
  });
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  return { stream: Object.assign(stream, terminal), text: () => Buffer.concat(pieces).toString() };
}
