import { type Role, roleNames } from '#access/permissions.ts';
import type { Route } from '#functions/api/route.ts';
import { rolesFor, tenantLines } from './tenant-lines.ts';

const before = `# Who may call what

Made of the table that the tests try on every route, with every role and with another tenant's ids, by
\`node test/functions/api/write-rights.ts > docs/rights.md\`; a test keeps it so. Paths stand under \`/v1\` too.

A number is the status of whoever is refused; the body says nothing of what is there. *Another account's* is a user in full control of an account of their
own who names this account's things: 404 and 403 are the same for what nobody has, to the letter, and \`own\` is an answer in which nothing of this
account stands. Whoever names an account in \`x-anchore-account\` and is no member of it gets 403 everywhere.
`;

/** The document that is committed as docs/rights.md: of each route what everybody gets who asks for an account's things. */
export function rightsTable(routes: readonly Route[]): string {
  const columns = ['route', 'right', 'nobody signed in', ...roleNames, 'administrator', "another account's"];
  const rows = [columns, columns.map(() => '---'), ...routes.map(rowOf)];
  return `${before}\n${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function rowOf({ method, path, access }: Route): readonly string[] {
  const line = tenantLines[`${method} ${path}`];
  if (line === undefined) return [`\`${method} ${path}\``];
  const may = (role: Role) => (rolesFor[line.needs].includes(role) ? 'yes' : '403');
  const right = access === 'public' || access === 'user' ? '' : access;
  const open = line.needs === 'nothing';
  const stranger = line.stranger === 'nothing of it' ? 'own' : String(line.stranger);
  return [`\`${method} ${path}\``, right, open ? 'yes' : '401', ...roleNames.map(may), 'yes', open ? 'yes' : stranger];
}
