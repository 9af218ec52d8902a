import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { Fault } from '#core/fault.ts';
import type { Io } from '../io.ts';

/** What is asked of whoever sits before the standard input. Questions go to stderr, so that answers of the server can be piped. */
export interface Questions extends Disposable {
  /** Whether the answer is y or yes; what ends without one is no. */
  confirm(question: string): Promise<boolean>;
  /** The next line of the standard input. Throws `input/invalid` when there is none. */
  line(what: string): Promise<string>;
  /** A line that is not shown while it is typed; where nobody can type, throws `input/invalid` naming the other way. */
  secret(question: string, variable: string): Promise<string>;
}

/** Questions over the standard input, which is opened with the first. */
export function questionsOn(io: Io): Questions {
  let open: { readonly reader: Interface; readonly lines: AsyncIterator<string> } | null = null;
  const next = async () => {
    const input = io.in;
    if (input === undefined) return null;
    if (open === null) {
      const reader = createInterface({ input, terminal: false });
      open = { reader, lines: reader[Symbol.asyncIterator]() };
    }
    const { value, done } = await open.lines.next();
    return done === true ? null : value;
  };
  const close = () => {
    open?.reader.close();
    open = null;
  };
  return {
    async confirm(question) {
      io.err.write(`${question} (y/N) `);
      return /^y(es)?$/i.test((await next())?.trim() ?? '');
    },
    async line(what) {
      const line = await next();
      if (line === null || line === '')
        throw new Fault('input/invalid', `${what} was to come by the standard input, which is empty`);
      return line;
    },
    async secret(question, variable) {
      if (io.in?.isTTY !== true || io.err.isTTY !== true)
        throw new Fault('input/invalid', `a password is needed, and nobody is there to type it: set ${variable}`);
      close();
      return await typed(io.in, io, question);
    },
    [Symbol.dispose]: close,
  };
}

/** A line typed on a terminal, without an echo. */
async function typed(input: NodeJS.ReadableStream, io: Io, question: string): Promise<string> {
  const silent = new Writable({ write: (_piece, _encoding, done) => done() });
  const reader = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  io.err.write(question);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  reader.once('line', resolve);
  reader.once('SIGINT', () => reader.close());
  reader.once('close', () => reject(new Fault('input/invalid', 'no password was given')));
  try {
    const line = await promise;
    if (line === '') throw new Fault('input/invalid', 'no password was given');
    return line;
  } finally {
    reader.close();
    io.err.write('\n');
  }
}
