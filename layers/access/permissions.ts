/** What an action does; roles are lists of these. `system`: it concerns every account, and administrators alone may do it. */
type Kind = 'read' | 'image' | 'policy' | 'manage' | 'system';

/** Everything that needs a right, by the original's names (`x-anchore-authz-action`), ours after them. */
export const actions = {
  listImages: 'read',
  getImage: 'read',
  getImageEvaluation: 'read',
  listPolicies: 'read',
  getPolicy: 'read',
  listSubscriptions: 'read',
  getSubscription: 'read',
  listRegistries: 'read',
  getRegistry: 'read',
  listFeeds: 'read',
  listEvents: 'read',
  getEvent: 'read',
  getAccount: 'read',
  listArchives: 'read',
  listArchiveTransitionRules: 'read',
  getArchiveTransitionRule: 'read',
  listArchivedImageAnalysis: 'read',
  getArchivedImageAnalysis: 'read',
  createImage: 'image',
  deleteImage: 'image',
  importImage: 'image',
  createRepository: 'image',
  createSubscription: 'image',
  updateSubscription: 'image',
  deleteSubscription: 'image',
  createArchivedImageAnalysis: 'image',
  deleteArchivedImageAnalysis: 'image',
  createPolicy: 'policy',
  updatePolicy: 'policy',
  deletePolicy: 'policy',
  createRegistry: 'manage',
  updateRegistry: 'manage',
  deleteRegistry: 'manage',
  deleteEvents: 'manage',
  createArchiveTransitionRule: 'manage',
  deleteArchiveTransitionRule: 'manage',
  listUsers: 'manage',
  createUser: 'manage',
  getUser: 'manage',
  updateUser: 'manage',
  deleteUser: 'manage',
  listAccounts: 'system',
  createAccount: 'system',
  updateAccount: 'system',
  deleteAccount: 'system',
  listServices: 'system',
  getService: 'system',
  deleteService: 'system',
  updateFeeds: 'system',
  listCorrections: 'read',
  getCorrection: 'read',
  createCorrection: 'policy',
  deleteCorrection: 'policy',
  listMembers: 'manage',
  updateMember: 'manage',
  deleteMember: 'manage',
  listChannels: 'read',
  createChannel: 'manage',
  updateChannel: 'manage',
  deleteChannel: 'manage',
  listDeliveries: 'read',
  testWebhook: 'system',
  sendRegistryEvent: 'system',
} as const satisfies Readonly<Record<string, Kind>>;

export type Action = keyof typeof actions;

/** What a member of an account may do in it. Who made the account's first user gets full control, as in the original. */
export const roles = {
  'read-only': { kinds: ['read'], summary: 'Sees images, judgements, policies, registries and events' },
  'image-developer': {
    kinds: ['read', 'image'],
    summary: 'Adds and deletes images too, watches tags and repositories',
  },
  'policy-editor': { kinds: ['read', 'policy'], summary: 'Changes policies and corrections too' },
  'full-control': {
    kinds: ['read', 'image', 'policy', 'manage'],
    summary: 'Everything in the account: users, roles and registries too',
  },
} as const satisfies Readonly<Record<string, { readonly kinds: readonly Kind[]; readonly summary: string }>>;

export type Role = keyof typeof roles;

/** The names of all roles, the least first. */
export const roleNames = Object.keys(roles) as [Role, ...Role[]];

/** Whether a role allows an action in its account. */
export function allows(role: Role, action: Action): boolean {
  return (roles[role].kinds as readonly Kind[]).includes(actions[action]);
}

/** Whether an action concerns every account. */
export function isGlobal(action: Action): boolean {
  return actions[action] === 'system';
}

/** What both roles allow: the one of a user, narrowed by that of a key. */
export function narrowed(role: Role, by: Role | null): Role {
  if (by === null || role === by || by === 'full-control') return role;
  // Of two different roles below full control neither allows what the other adds.
  return role === 'full-control' ? by : 'read-only';
}
