import { homedir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Io } from '../io.ts';
import { type Login, serverAddress } from './api-client.ts';
import { readCredentials } from './credentials-file.ts';
import type { Given } from './given.ts';
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
export async function clientSettings(io: Io, given: Given, questions: Questions): Promise<ClientSettings> {
  const variable = (name: string) => io.env[`PLIMSOLL_${name}`] || undefined;
  const old = (name: string) => io.env[`ANCHORE_CLI_${name}`] || undefined;
  const named = given.text('config') ?? variable('CONFIG') ?? old('CONFIG');
  const file = await readCredentials(named ?? join(io.env['HOME'] || homedir(), '.anchore', 'credentials.yaml'));
  if (named !== undefined && file === null)
    throw new Fault('input/invalid', `there is no credentials file ${named}; leave it out or name another`);
  const setting = (name: string, option?: string) => option ?? variable(name) ?? (file?.[name] || old(name));
  const address = serverAddress(setting('URL', given.text('url')) ?? 'http://localhost:8228/v1');
  // Read before whatever the command reads there.
  const piped = given.flag('password-stdin') ? await questions.line('the password') : undefined;
  const flag = (name: string, yes: string) => setting(name)?.toLowerCase() === yes;
  return {
    url: address.url,
    hubUrl: serverAddress(setting('HUB_URL', given.text('hub-url')) ?? 'https://hub.anchore.io/').url,
    account: setting('ACCOUNT', given.text('as-account')) ?? null,
    anyCertificate: given.flag('insecure') || flag('SSL_VERIFY', 'n'),
    output: outputOf(given, flag('JSON', 'y')),
    debug: given.flag('debug') || flag('DEBUG', 'y'),
    async login() {
      const user = setting('USER', given.text('u')) ?? (address.user || undefined);
      const token = variable('TOKEN') ?? file?.['TOKEN'];
      // Whoever names a user or gives a password with the command does not mean the token of the environment.
      if (token && given.text('u') === undefined && piped === undefined) return { kind: 'token', token };
      if (user === undefined) {
        if (piped === undefined) return null;
        throw new Fault('input/invalid', '--password-stdin: whose password? Give --u or PLIMSOLL_USER too');
      }
      const password = piped ?? setting('PASS', given.text('p')) ?? (address.password || undefined);
      return {
        kind: 'password',
        user,
        password: password ?? (await questions.secret(`Password of ${user} at ${address.url}: `, 'PLIMSOLL_PASS')),
      };
    },
  };
}

function outputOf(given: Given, jsonAsked: boolean): ClientSettings['output'] {
  const output = given.text('output') ?? (given.flag('json') || jsonAsked ? 'json' : 'table');
  if (output !== 'table' && output !== 'json' && output !== 'csv')
    throw new Fault('input/invalid', `--output ${output.slice(0, 40)}: give table, json or csv`);
  return output;
}
