import { Fault } from '#core/fault.ts';
import type { ImageUser } from '#schema/image-report.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, ImageView, WantedFile } from '../analyzer.ts';
import { byteOrder } from '../programs/byte-order.ts';
import { textLines } from '../texts/text-lines.ts';

/**
 * Accounts of `/etc/passwd` (passwd(5)) and whether each has a password there or in `/etc/shadow` (shadow(5)). Hashes are
 * looked at and never kept.
 */
export const users: Analyzer = {
  name: 'users',
  reads: '`/etc/passwd`, `/etc/shadow`',
  version: 1,
  // By the end of the path, since /etc may be a link.
  wants: (path) => path.endsWith('etc/passwd') || path.endsWith('etc/shadow'),
  read: (file) => (file.path.endsWith('passwd') ? readPasswd(file) : readShadow(file)),
  assemble: () => [],
  describe: (view) => ({ users: describeUsers(view) }),
};

/** Images have some 20 accounts. */
const maxAccounts = 10_000;
const maxLine = 4096;

type Password = ImageUser['password'];

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  /** What the second field of passwd says; null where it refers to shadow. */
  readonly password: Password | null;
}

/** What a line of shadow says. */
type State = readonly [name: string, password: Password];

function* readPasswd(file: WantedFile): Iterable<Fact> {
  const accounts: Account[] = [];
  const unread = readLines(file, accounts, (line) => {
    const [name = '', password = '', uid = '', gid = '', , home = '', shell] = line.split(':');
    if (name === '' || shell === undefined || !isId(uid) || !isId(gid)) return null;
    return {
      name,
      uid: Number(uid),
      gid: Number(gid),
      home,
      shell,
      password: password === 'x' ? null : stateOf(password),
    };
  });
  yield { key: 'accounts', data: accounts };
  refuse(unread);
}

function* readShadow(file: WantedFile): Iterable<Fact> {
  const states: State[] = [];
  const unread = readLines(file, states, (line): State | null => {
    const [name = '', password] = line.split(':');
    return name === '' || password === undefined ? null : [name, stateOf(password)];
  });
  yield { key: 'passwords', data: states };
  refuse(unread);
}

/** Reads a line each into `into`; gives the number of lines that could not be read. `+` and `-` are lines for NIS. */
function readLines<T>(file: WantedFile, into: T[], parse: (line: string) => T | null): number {
  let unread = 0;
  for (const line of textLines(file.content, maxLine)) {
    if (line.trim() === '' || /^[#+-]/.test(line)) continue;
    if (into.length >= maxAccounts) {
      throw new Fault('input/too-large', `has more than ${maxAccounts} accounts; they are not listed`);
    }
    const read = parse(line);
    if (read === null) unread += 1;
    else into.push(read);
  }
  return unread;
}

function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff;
}

/** What begins with `!` or `*` is no hash, and one character is none either. */
function stateOf(password: string): Password {
  if (password === '') return 'empty';
  return /^[!*]/.test(password) || password.length === 1 ? 'locked' : 'set';
}

function refuse(unread: number): void {
  if (unread > 0) throw new Fault('input/invalid', `${unread} of its lines are no accounts`);
}

function describeUsers(view: ImageView): readonly ImageUser[] {
  const shadow = new Map<string, Password>();
  // The C library takes the first line of a name.
  for (const [name, password] of factOf<readonly State[]>(view, 'etc/shadow') ?? [])
    if (!shadow.has(name)) shadow.set(name, password);
  return (factOf<Account[]>(view, 'etc/passwd') ?? [])
    .map(({ password, ...account }) => ({ ...account, password: password ?? shadow.get(account.name) ?? 'none' }))
    .sort((a, b) => byteOrder(a.name, b.name) || a.uid - b.uid);
}

function factOf<T>(view: ImageView, path: string): T | undefined {
  const real = view.resolve(path);
  return view.facts.find((one) => one.path === real)?.facts[0]?.data as T | undefined;
}
