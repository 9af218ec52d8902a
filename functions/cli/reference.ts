import { globalOptions } from './client/global-options.ts';
import type { Group } from './client/leaf.ts';
import type { OptionLine } from './client/takes.ts';
import { argumentHelp, optionForm, usageOf } from './client/leaf-help.ts';
import type { Command, CommandEntry } from './command.ts';

/** What stands before the commands in docs/cli.md. */
const introduction = `# The command line

Made of the program's own tables by \`node functions/cli/write-reference.ts > docs/cli.md\`; a test keeps it so.

\`npx plimsoll\` scans an image on this machine (\`scan\`), runs the server (\`serve\`), and asks servers: in the same words, with the same
options and exit codes as anchore-cli 0.9, so that scripts go on with another name in front. It speaks to Plimsoll and to Anchore Engine.

\`\`\`sh
export PLIMSOLL_URL=http://localhost:8228/v1 PLIMSOLL_USER=admin PLIMSOLL_PASS=...
npx plimsoll image add alpine:3.20 --wait
npx plimsoll image vuln alpine:3.20 all
npx plimsoll evaluate check alpine:3.20 --detail      # exit code 1 where it may not ship
\`\`\`

## Which server, and who asks

Of each setting the last of these counts: variables \`ANCHORE_CLI_*\`; the credentials file, which is before them as in the original;
variables \`PLIMSOLL_*\`; options. A user in the URL (\`http://ann@host/v1\`) counts where none is named otherwise.

| setting | option | variables | in the file |
| --- | --- | --- | --- |
| server | \`--url\` | \`PLIMSOLL_URL\`, \`ANCHORE_CLI_URL\` | \`ANCHORE_CLI_URL\` |
| user | \`--u\` | \`PLIMSOLL_USER\`, \`ANCHORE_CLI_USER\` | \`ANCHORE_CLI_USER\` |
| password | \`--p\`, \`--password-stdin\` | \`PLIMSOLL_PASS\`, \`ANCHORE_CLI_PASS\` | \`ANCHORE_CLI_PASS\` |
| token or API key | | \`PLIMSOLL_TOKEN\` | \`PLIMSOLL_TOKEN\` |
| account | \`--as-account\` | \`PLIMSOLL_ACCOUNT\`, \`ANCHORE_CLI_ACCOUNT\` | \`PLIMSOLL_ACCOUNT\` |
| any certificate | \`--insecure\` | \`PLIMSOLL_SSL_VERIFY=n\`, \`ANCHORE_CLI_SSL_VERIFY=n\` | \`ANCHORE_CLI_SSL_VERIFY: n\` |
| JSON | \`--json\` | \`PLIMSOLL_JSON=y\`, \`ANCHORE_CLI_JSON=y\` | |
| file | \`--config\` | \`PLIMSOLL_CONFIG\`, \`ANCHORE_CLI_CONFIG\` | |
| hub of policies | \`--hub-url\` | \`PLIMSOLL_HUB_URL\`, \`ANCHORE_CLI_HUB_URL\` | \`ANCHORE_CLI_HUB_URL\` |

The file is \`~/.anchore/credentials.yaml\` unless another is named; only you should be able to read it:

\`\`\`yaml
default:
  ANCHORE_CLI_URL: 'https://scanner.example.com/v1'
  ANCHORE_CLI_USER: 'ann'
  ANCHORE_CLI_PASS: 'a long password'
\`\`\`

A password that is given nowhere is asked for, and not shown while it is typed. What stands in a command line can be read by everybody on
the machine, so the passwords that \`registry add\`, \`registry update\`, \`account user add\` and \`account user setpassword\` take may be left out
(then they are asked for) or be \`-\` (then they are the next line of the standard input).

## What comes out

Tables fit the terminal: long cells are cut with \`…\`, and the columns that matter least are left out; into a file or a pipe everything is
written whole. \`--output json\` is what the server answered, keys in order; \`--output csv\` has a line for each record, and marks what a
spreadsheet could take for a formula with an apostrophe. \`--sort COLUMN\` and \`--sort COLUMN:desc\` put lines in another order. Colour is for
terminals, \`NO_COLOR=1\` and \`FORCE_COLOR=1\` decide otherwise. Characters that steer a terminal never reach it, whoever put them into an image.

Errors go to stderr, one line with what to do; with \`--output json\` also to stdout, as the server sent them.

| exit code | when |
| --- | --- |
| 0 | done; \`evaluate check\`, \`scan\`: it may ship |
| 1 | the server refused (400, 403, 404, 409, ...); \`evaluate check\`, \`scan\`: it may not ship; \`image add --wait\`: the analysis failed |
| 2 | the call was wrong, the server could not be reached, did not know the user (401) or failed (500); nothing to show; time over |
| 100, 101 | \`image vuln\`: the image is being analyzed; its analysis has not begun |
`;

/** docs/cli.md: every command with all that it takes. */
export async function reference(commands: readonly CommandEntry[]): Promise<string> {
  const parts = [introduction, `## Options of all commands of a server\n\n${optionTable(globalOptions)}\n`];
  for (const entry of commands) {
    const command = await entry.load();
    parts.push('leaves' in command ? groupPart(command, entry.summary) : commandPart(command, entry));
  }
  return parts.join('\n');
}

function commandPart({ usage, help }: Command, { name, summary }: CommandEntry): string {
  return `## ${name}\n\n${summary}\n\n\`\`\`\nusage: plimsoll ${usage}\n\n${help.trim()}\n\`\`\`\n`;
}

function groupPart(group: Group, summary: string): string {
  const leaves = group.leaves.map((leaf) => {
    const { arguments: words = [], options = [], help } = leaf;
    return [
      `### ${group.name} ${leaf.words}\n\n${leaf.summary}.${help === undefined ? '' : ` ${help}`}\n`,
      `\`plimsoll ${usageOf(group, leaf)}\`\n`,
      ...(words.length === 0
        ? []
        : [
            table(
              'argument',
              words.map((word) => [word.name, argumentHelp(word)]),
            ),
          ]),
      ...(options.length === 0 ? [] : [optionTable(options)]),
    ].join('\n');
  });
  return `## ${group.name}\n\n${summary}\n\n${leaves.join('\n')}`;
}

function optionTable(options: readonly OptionLine[]): string {
  return table(
    'option',
    options.filter(({ hidden }) => !hidden).map((option) => [optionForm(option), option.help]),
  );
}

function table(what: string, lines: readonly (readonly [name: string, help: string])[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('*', '\\*');
  return [
    `| ${what} | what |`,
    '| --- | --- |',
    ...lines.map(([name, help]) => `| \`${name}\` | ${cell(help)} |`),
    '',
  ].join('\n');
}
