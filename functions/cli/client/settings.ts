import { homedir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Io, Values } from '../command.ts';
import { type Login, serverAddress } from './api-client.ts';
import { readCredentials } from './credentials-file.ts';
import type { Questions } from './questions.ts';

/** How a server is reached, and how its answers are shown. */
export interface ClientSettings {
  readonly url: string;
  readonly hubUrl: string;
  readonly account: string | null;
  readonly anyCertificate: boolean;
  readonly output: 'table' | 'json' | 'csv';
  readonly debug: boolean;
  /** Asks for a password where a user was named without one. */
  readonly login: () => Promise<Login | null>;
}

/**
 * Settings of a call. Of each the last counts: variables ANCHORE_CLI_* and then the credentials file, in the order of the
 * original; variables PLIMSOLL_*; options. Empty variables are not set.
 */
export async function clientSettings(io: Io, values: Values, questions: Questions): Promise<ClientSettings> {
  const option = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const variable = (name: string) => io.env[`PLIMSOLL_${name}`] || undefined;
  const old = (name: string) => io.env[`ANCHORE_CLI_${name}`] || undefined;
  const named = option('config') ?? variable('CONFIG') ?? old('CONFIG');
  const file = await readCredentials(named ?? join(io.env['HOME'] || homedir(), '.anchore', 'credentials.yaml'));
  if (named !== undefined && file === null)
    throw new Fault('input/invalid', `there is no credentials file ${named}; leave it out or name another`);
  const setting = (name: string, given?: string) => given ?? variable(name) ?? (file?.[name] || old(name));
  const address = serverAddress(setting('URL', option('url')) ?? 'http://localhost:8228/v1');
  const flag = (name: string, yes: string) => setting(name)?.toLowerCase() === yes;
  return {
    url: address.url,
    hubUrl: serverAddress(setting('HUB_URL', option('hub-url')) ?? 'https://hub.anchore.io/').url,
    account: setting('ACCOUNT', option('as-account')) ?? null,
    anyCertificate: values['insecure'] === true || flag('SSL_VERIFY', 'n'),
    output: outputOf(values, flag('JSON', 'y')),
    debug: values['debug'] === true || flag('DEBUG', 'y'),
    async login() {
      const user = setting('USER', option('u')) ?? (address.user || undefined);
      const token = variable('TOKEN') ?? file?.['TOKEN'];
      // Whoever names a user on the command line does not mean the token of the environment.
      if (token && option('u') === undefined) return { kind: 'token', token };
      const fromStdin = values['password-stdin'] === true;
      if (user === undefined) {
        if (fromStdin)
          throw new Fault('input/invalid', '--password-stdin: whose password? Give --u or PLIMSOLL_USER too');
        return null;
      }
      if (fromStdin) return { kind: 'password', user, password: await questions.line('the password') };
      const password = setting('PASS', option('p')) ?? (address.password || undefined);
      return {
        kind: 'password',
        user,
        password: password ?? (await questions.secret(`Password of ${user} at ${address.url}: `, 'PLIMSOLL_PASS')),
      };
    },
  };
}

function outputOf(values: Values, jsonAsked: boolean): ClientSettings['output'] {
  const output = values['output'] ?? (values['json'] === true || jsonAsked ? 'json' : 'table');
  if (output !== 'table' && output !== 'json' && output !== 'csv')
    throw new Fault('input/invalid', `--output ${String(output).slice(0, 40)}: give table, json or csv`);
  return output;
}
