import { readFile } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';

/** What the credentials file of anchore-cli may hold: the rest of a variable's name behind ANCHORE_CLI_ or PLIMSOLL_. */
const settings = ['USER', 'PASS', 'URL', 'HUB_URL', 'API_VERSION', 'SSL_VERIFY', 'TOKEN', 'ACCOUNT'] as const;

const largest = 64 * 1024;

/**
 * Settings under `default:` of a credentials file; null when there is no such file. The form is a small part of YAML: one
 * map of plain, single- or double-quoted texts, with comments. Throws `input/invalid`, with the line, for anything else,
 * since a password that was misread is a sign-in that fails for no visible reason.
 */
export async function readCredentials(file: string): Promise<Readonly<Record<string, string>> | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    const { code = '', message } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Fault('input/invalid', `the credentials file ${file} cannot be read: ${message}`, { cause: thrown });
  }
  if (text.length > largest) throw new Fault('input/invalid', `the credentials file ${file} is larger than 64 KiB`);
  return parseCredentials(text, file);
}

/** As {@link readCredentials}, of a text. */
export function parseCredentials(text: string, file: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  let inDefault = false;
  let depth = 0;
  for (const [at, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(#.*)?$/.test(line) || /^(---|\.\.\.)\s*(#.*)?$/.test(line)) continue;
    const wrong = (why: string) => new Fault('input/invalid', `the credentials file ${file}, line ${at + 1}: ${why}`);
    const [, indent = '', quoted, plain, rest = ''] =
      /^( *)(?:["']([\w.-]+)["']|([\w.-]+)) *:(?: +(.*)|\s*)$/.exec(line) ?? [];
    const key = quoted ?? plain;
    if (key === undefined) throw wrong('give NAME: VALUE, indented by spaces');
    if (indent === '') {
      inDefault = key === 'default';
      depth = 0;
      if (inDefault && scalar(rest, wrong) !== '') throw wrong('settings stand below default:, indented');
    } else if (inDefault) {
      depth ||= indent.length;
      if (indent.length !== depth) throw wrong('all settings are indented alike');
      const name = settings.find((one) => key === `ANCHORE_CLI_${one}` || key === `PLIMSOLL_${one}`);
      if (name !== undefined) found[name] = scalar(rest, wrong);
    }
  }
  return found;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
};

/** A text as YAML writes it on one line (YAML 1.2, 7.3). */
function scalar(rest: string, wrong: (why: string) => Fault): string {
  const text = rest.trim();
  const single = /^'((?:[^']|'')*)'\s*(?:\s#.*)?$/.exec(text);
  if (single !== null) return single[1]!.replaceAll("''", "'");
  const double = /^"((?:[^"\\]|\\.)*)"\s*(?:\s#.*)?$/.exec(text);
  if (double !== null)
    return double[1]!.replace(
      /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g,
      (whole, x, u, one: string | undefined) => {
        const made = one === undefined ? String.fromCharCode(Number.parseInt(x ?? u, 16)) : escapes[one];
        if (made === undefined) throw wrong(`${whole} is no escape that is read here`);
        return made;
      },
    );
  const bare = text.replace(/(^|\s)#.*$/, '').trimEnd();
  if (/^["'&*!|>%@`{}[\],]|^[-?:] |: |:$/.test(bare)) throw wrong('put the value in single quotes');
  return bare === '~' || bare === 'null' ? '' : bare;
}
