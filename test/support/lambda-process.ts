import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A bundle that is loaded in a process of its own, as Lambda loads it. */
export interface LambdaProcess extends AsyncDisposable {
  /** Milliseconds that loading took. */
  readonly importMs: number;
  /** One call; rejects with what the handler threw. */
  call<T>(event: unknown, options?: { readonly milliseconds?: number }): Promise<T>;
  /** One call of a function behind API Gateway, which streams its answer; Lambda gives it 29 s when left out. */
  ask(event: unknown, options?: { readonly milliseconds?: number }): Promise<ProxyAnswer>;
  /** Every line it wrote, as JSON where it is that. */
  lines(): readonly Record<string, unknown>[];
}

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

interface Answer {
  readonly importMs?: number;
  readonly result?: unknown;
  readonly streamed?: string;
  readonly error?: string;
}

/** Starts the process with these variables and no others, and waits until the bundle is loaded. */
export async function startLambda(
  bundle: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<LambdaProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children/run-lambda.ts'), bundle], {
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (piece) => (said += String(piece)));
  const exit = once(child, 'exit');
  const next = async (): Promise<Answer> => {
    const ended = exit.then(() => Promise.reject(new Error(`${bundle} ended:\n${said}`)));
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
    return answer;
  };
  const { importMs = 0 } = await next();
  const invoke = async (event: unknown, milliseconds: number): Promise<Answer> => {
    child.send({ event, milliseconds });
    const answer = await next();
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  };
  return {
    importMs,
    call: async <T>(event: unknown, { milliseconds = 120_000 } = {}) => (await invoke(event, milliseconds)).result as T,
    async ask(event, { milliseconds = 29_000 } = {}) {
      const bytes = Buffer.from((await invoke(event, milliseconds)).streamed ?? '', 'base64');
      const end = bytes.indexOf(Buffer.alloc(8));
      const { statusCode, headers } = JSON.parse(bytes.subarray(0, end).toString());
      return { status: statusCode, headers, text: bytes.subarray(end + 8).toString() };
    },
    lines: () =>
      said
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
