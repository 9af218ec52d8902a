/** Who makes a request, and for which account. */
export interface Principal {
  readonly user: string;
  /** The account whose things are meant: the user's own, or the one an administrator named in `x-anchore-account`. */
  readonly account: string;
  /** Users of accounts of type admin may do everything. */
  readonly admin: boolean;
}
