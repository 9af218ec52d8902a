import type { AnchoreClient } from './anchore-client.ts';
import type { ConformanceWorld, Sailor } from './conformance-world.ts';
import { judgeOutput, type Wanted } from './judge-output.ts';

/** One line of the table: a command line, what came of it and what was wanted. */
export interface Line {
  /** Of the client's tree; what a user types stands in `typed`. */
  readonly command: string;
  readonly typed: string;
  readonly exit: number | null;
  readonly wanted: number;
  readonly printed: string;
  /** Empty: as wanted. */
  readonly differences: readonly string[];
  readonly milliseconds: number;
}

export interface Typed {
  readonly stdin?: string;
  /** Before the command: `--json`. */
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Somebody at a shell who types commands of the client, one after the other. */
export interface Session {
  readonly world: ConformanceWorld;
  readonly sailor: Sailor;
  /** Types a command line and notes how it ended; gives what it printed, whatever that was. */
  type(argv: readonly string[], wanted: Wanted, typed?: Typed): Promise<string>;
  /** A command line that has to print JSON: its value, null when it did not. */
  typeJson<T>(argv: readonly string[], exit?: number): Promise<T | null>;
  /** The same with a password that nobody has: 401 ends with 2 and its plain text is quoted. */
  refused(argv: readonly string[]): Promise<void>;
}

/** What a script is: it types the commands of one group of the client. */
export type Script = (session: Session) => Promise<void>;

/** A session of a user; its lines go into `lines`, so that whatever a script throws they are kept. */
export function sessionOf(client: AnchoreClient, world: ConformanceWorld, sailor: Sailor, lines: Line[]): Session {
  const environment = {
    ANCHORE_CLI_URL: world.url,
    ANCHORE_CLI_USER: sailor.user,
    ANCHORE_CLI_PASS: sailor.password,
    ANCHORE_CLI_HUB_URL: world.hub,
  };
  const type: Session['type'] = async (argv, wanted, typed = {}) => {
    const own = { ...environment, ...typed.environment };
    const ran = await client.run([...(typed.options ?? []), ...argv], own, typed.stdin);
    lines.push({
      command: commandOf(client, argv),
      typed: [...(typed.options ?? []), ...argv].join(' '),
      exit: ran.exit,
      wanted: wanted.exit,
      printed: ran.stdout || ran.stderr,
      differences: judgeOutput(ran, wanted),
      milliseconds: ran.milliseconds,
    });
    return ran.stdout;
  };
  return {
    world,
    sailor,
    type,
    async typeJson(argv, exit = 0) {
      const text = await type(argv, { exit, prints: [/^[[{]/] }, { options: ['--json'] });
      try {
        return JSON.parse(text);
      } catch {
        return null;
      }
    },
    async refused(argv) {
      const wanted = { exit: 2, prints: ['Unauthorized'] };
      await type(argv, wanted, { environment: { ANCHORE_CLI_PASS: 'nobody-has-this' } });
    },
  };
}

/** The command of the tree that an argv begins with. */
function commandOf(client: AnchoreClient, argv: readonly string[]): string {
  const command = client.commands.find((one) => one.split(' ').every((word, at) => argv[at] === word));
  if (command === undefined) throw new Error(`the client has no command '${argv.join(' ')}'`);
  return command;
}
