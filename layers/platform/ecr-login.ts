/** A role of another account that its owner lets us take on. */
export interface AssumedRole {
  readonly arn: string;
  readonly externalId: string | null;
}

/** Keys of a user of AWS, that do not end. Never shown, never logged. */
export interface AccessKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Who asks ECR; null is this process itself. */
export type EcrIdentity = AssumedRole | AccessKeys | null;

/** A login as the registry client takes it. Never shown, never logged. */
export interface EcrLogin {
  readonly kind: 'basic';
  readonly username: string;
  readonly password: string;
  readonly until?: number;
  readonly advice: string;
}

/**
 * Finds the login for a registry of ECR, null for others. `refused` is one that the registry did not take. Without `as` it is whoever
 * the deployment names for the AWS account of the registry. Throws `registry/denied` with what has to be allowed,
 * `registry/failed` or `network/unreachable` when the next try may succeed.
 */
export type FindEcrLogin = (
  registry: string,
  repository: string,
  refused?: { readonly kind: string; readonly password?: string },
  as?: EcrIdentity,
) => Promise<EcrLogin | null>;
