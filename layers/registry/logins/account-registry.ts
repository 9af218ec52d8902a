/** How registries are logged in to: by user and password, or by tokens of ECR. */
export const registryTypes = ['docker_v2', 'awsecr'] as const;

export type RegistryType = (typeof registryTypes)[number];

/** A registry that an account has credentials for, without these. */
export interface AccountRegistry {
  readonly account: string;
  /** As it was given: a host, one repository of it, or `host/prefix*`; unique in the account. */
  readonly name: string;
  readonly type: RegistryType;
  /** The user, or what stands in its place for ECR: the id of an access key, `awsauto`, `_iam_role`. No secret. */
  readonly user: string;
  /** What people call it. */
  readonly title: string;
  /** False: whatever certificate it shows is taken, and plain HTTP where it speaks no TLS. */
  readonly verify: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}
