import { requireAccount } from '#access/account-store.ts';
import { listMembers, type Member } from '#access/member-store.ts';
import { grantRole, revokeRole } from '#access/members.ts';
import { type Action, actions, allows, roleNames, roles } from '#access/permissions.ts';
import { member, memberList, memberRole, roleList } from '#schema/api/access.ts';
import { isoSeconds } from '../image-record.ts';
import { allPages } from '../pages.ts';
import { type Call, type Route, route } from '../route.ts';

const members = '/accounts/{accountname}/members';

/** Roles: ours, beyond the original. */
export const memberRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/roles',
    summary: 'The roles there are, and what each may do in its account',
    access: 'user',
    answer: roleList,
    handle: async () => roleNames.map(roleRecord),
  }),
  route({
    method: 'GET',
    path: members,
    summary: 'Who may do what in an account: its users, and users of other accounts that were let in',
    access: 'listMembers',
    answer: memberList,
    handle: list,
  }),
  route({
    method: 'PUT',
    path: `${members}/{username}`,
    summary: 'Give a user a role in an account; administrators let users of other accounts in',
    access: 'updateMember',
    body: memberRole,
    answer: member,
    handle: async ({ world, principal, params, body }) =>
      memberRecord(
        await grantRole(world, principal, {
          account: params['accountname']!,
          user: params['username']!,
          role: body.role,
        }),
      ),
  }),
  route({
    method: 'DELETE',
    path: `${members}/{username}`,
    summary: 'Take the role of a user of another account away',
    access: 'deleteMember',
    status: 204,
    answer: null,
    handle: ({ world, params }) => revokeRole(world, params['accountname']!, params['username']!),
  }),
];

async function list({ world, params }: Call) {
  const { name: account } = await requireAccount(world, params['accountname']!);
  const all = await allPages(
    (after, limit) => listMembers(world, account, { after, limit }),
    ({ user }) => user,
  );
  return all.map(memberRecord);
}

function memberRecord({ user, home, role, since }: Member) {
  return { username: user, account: home, role, created_at: isoSeconds(since) };
}

function roleRecord(name: (typeof roleNames)[number]) {
  const allowed = (Object.keys(actions) as Action[]).filter((action) => allows(name, action));
  return { name, description: roles[name].summary, actions: allowed };
}
