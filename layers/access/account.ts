/** A tenant: owns images, bundles, registries and users. */
export interface Account {
  readonly name: string;
  readonly type: 'user' | 'admin' | 'service';
  readonly state: AccountState;
  readonly email: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** `disabled`: nobody signs in. `deleting`: its users are gone and its data goes; there is no way back. */
export type AccountState = 'enabled' | 'disabled' | 'deleting';

/** Which states may follow which. A state may be asked for again while it holds, but for `deleting`. */
export const accountTransitions = {
  enabled: ['enabled', 'disabled'],
  disabled: ['disabled', 'enabled', 'deleting'],
  deleting: [],
} as const satisfies Readonly<Record<AccountState, readonly AccountState[]>>;

/** The states from which an account may get to another one. */
export function statesBefore(wanted: AccountState): readonly AccountState[] {
  return (Object.keys(accountTransitions) as AccountState[]).filter((from) =>
    (accountTransitions[from] as readonly AccountState[]).includes(wanted),
  );
}

/** Accounts by these names are Plimsoll's own: not made, disabled or deleted by requests. */
export const reservedAccounts: readonly string[] = ['system', 'anchore-system', 'admin'];

/** Users by these names are never deleted, and keep their password and their role. */
export const reservedUsers: readonly string[] = ['admin', 'anchore-system'];
