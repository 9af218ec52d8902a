import type { OptionLine } from './takes.ts';

/** Options of every command that asks a server; they stand before the command or behind it. */
export const globalOptions: readonly OptionLine[] = [
  { name: 'url', value: 'URL', help: 'the server (default: $PLIMSOLL_URL, else http://localhost:8228/v1)' },
  { name: 'u', value: 'USER', help: 'user (default: $PLIMSOLL_USER)' },
  {
    name: 'p',
    value: 'PASSWORD',
    help: 'password; everybody on this machine can read it in the list of processes: better $PLIMSOLL_PASS, the credentials file, --password-stdin, or wait to be asked',
  },
  { name: 'password-stdin', help: 'the password is the first line of the standard input' },
  { name: 'as-account', value: 'NAME', help: 'for another account than the own one (default: $PLIMSOLL_ACCOUNT)' },
  { name: 'output', short: 'o', value: 'F', choices: ['table', 'json', 'csv'], help: 'table (default), json or csv' },
  { name: 'json', help: 'as --output json' },
  { name: 'sort', value: 'COLUMN', help: 'the column that lines are in the order of; COLUMN:desc turns it round' },
  { name: 'insecure', help: 'takes any certificate of the server (or PLIMSOLL_SSL_VERIFY=n)' },
  {
    name: 'config',
    value: 'FILE',
    help: 'credentials file (default: $PLIMSOLL_CONFIG, else ~/.anchore/credentials.yaml)',
  },
  { name: 'hub-url', value: 'URL', help: 'where policy hub looks (default: https://hub.anchore.io/)' },
  { name: 'quiet', short: 'q', help: 'no progress' },
  { name: 'debug', help: 'shows each request on stderr, and the stack of a defect' },
  { name: 'api-version', value: 'V', help: 'taken for scripts of anchore-cli, and without effect', hidden: true },
];
