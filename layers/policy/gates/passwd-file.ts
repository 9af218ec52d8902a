import type { Facts, Gate, Match, Parameter, Trigger } from '../gate.ts';
import { csv, csvIntegers, string } from '../parameter-types.ts';
import { retrievedText } from '../retrieved-text.ts';

const contentNotAvailable: Trigger = {
  name: 'content_not_available',
  description: 'Fires when /etc/passwd was not kept when the image was analyzed, or is empty.',
  parameters: {},
  *fires(facts) {
    if (entriesOf(facts).length === 0)
      yield reason('Cannot locate /etc/passwd in image stored files archive: check analyzer settings.');
  },
};

const usernames = listTrigger({
  name: 'blacklist_usernames',
  what: 'user',
  of: ({ fields }) => fields[0],
  list: 'user_names',
  parameter: {
    type: csv,
    description: 'Names of users that must not be there.',
    example: 'daemon,ftp',
    required: true,
    aliases: ['usernameblacklist'],
  },
});

const userIds = listTrigger({
  name: 'blacklist_userids',
  what: 'uid',
  of: ({ fields }) => fields[2],
  list: 'user_ids',
  parameter: {
    type: csvIntegers,
    description: 'Numbers of users that must not be there.',
    example: '0,1',
    required: true,
    aliases: ['useridblacklist'],
  },
});

const groupIds = listTrigger({
  name: 'blacklist_groupids',
  what: 'gid',
  of: ({ fields }) => fields[3],
  list: 'group_ids',
  parameter: {
    type: csvIntegers,
    description: 'Numbers of groups that must not be there.',
    example: '999,20',
    required: true,
  },
});

const shells = listTrigger({
  name: 'blacklist_shells',
  aliases: ['shellmatch'],
  what: 'shell',
  of: ({ fields }) => fields[6],
  list: 'shells',
  parameter: {
    type: csv,
    description: 'Shells that no user may have.',
    example: '/bin/bash,/bin/zsh',
    required: true,
  },
});

const fullEntry: Trigger = {
  name: 'blacklist_full_entry',
  description: 'Fires when /etc/passwd has exactly this line.',
  parameters: {
    entry: {
      type: string,
      description: 'The whole line.',
      example: 'ftp:x:14:50:FTP User:/var/ftp:/sbin/nologin',
      required: true,
    },
  },
  *fires(facts, parameters) {
    const entry = (parameters as { entry: string }).entry.trim();
    if (entriesOf(facts).some(({ line }) => line === entry)) yield found('pentry', entry, entry);
  },
};

interface ListWords {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What the message calls it. */
  readonly what: string;
  /** Undefined where a line has too few fields. */
  readonly of: (entry: Entry) => string | undefined;
  readonly list: string;
  readonly parameter: Parameter<readonly (string | number)[]>;
}

function listTrigger({ name, aliases = [], what, of, list, parameter }: ListWords): Trigger {
  return {
    name,
    aliases,
    description: `Fires for each line of /etc/passwd whose ${what} is on the list.`,
    parameters: { [list]: parameter },
    *fires(facts, parameters) {
      const listed = new Set((parameters[list] as readonly (string | number)[]).map(String));
      for (const entry of entriesOf(facts)) {
        const one = of(entry);
        if (one !== undefined && listed.has(one)) yield found(what, one, entry.line);
      }
    },
  };
}

interface Entry {
  readonly line: string;
  readonly fields: readonly string[];
}

/** Lines by user, in the order of their first; of several for one user the last holds, as in the original. */
function entriesOf(facts: Facts): readonly Entry[] {
  const byUser = new Map<string, Entry>();
  for (const text of (retrievedText(facts, '/etc/passwd') ?? '').split(/\r?\n/)) {
    const line = text.trim();
    const fields = line.split(':');
    if (line !== '') byUser.set(fields[0]!, { line, fields });
  }
  return [...byUser.values()];
}

function found(what: string, one: string, line: string): Match {
  return reason(`Blacklisted ${what} '${one}' found in image's /etc/passwd: pentry=${line}`);
}

function reason(message: string): Match {
  return { id: null, message };
}

/** Looks at /etc/passwd, which is kept as it comes unless the settings of the analysis say otherwise. */
export const passwdFile: Gate = {
  name: 'passwd_file',
  description: 'Checks /etc/passwd of the image: users, numbers, shells, whole lines.',
  triggers: [contentNotAvailable, usernames, userIds, groupIds, shells, fullEntry],
};
