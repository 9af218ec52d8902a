/** A private registry of ECR. */
export interface EcrHost {
  readonly account: string;
  readonly region: string;
}

const region = '[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-\\d{1,2}';
/** Suffixes of the partitions: the public one, China, European sovereign cloud, and the isolated ones. */
const ipv4 =
  'amazonaws\\.(?:com(?:\\.cn)?|eu)|c2s\\.ic\\.gov|sc2s\\.sgov\\.gov|cloud\\.adc-e\\.uk|csp\\.hci\\.ic\\.gov';
const dualStack = 'on\\.(?:aws|amazonwebservices\\.com\\.cn)';
const form = new RegExp(
  `^(\\d{12})\\.(?:dkr\\.ecr(?:-fips)?\\.(${region})\\.(?:${ipv4})|dkr-ecr(?:-fips)?\\.(${region})\\.(?:${dualStack}))(?::443)?$`,
);

/**
 * Reads the name of a registry as one of ECR's hosts: `ACCOUNT.dkr.ecr.REGION.amazonaws.com`, with its FIPS, dual-stack
 * (`ACCOUNT.dkr-ecr.REGION.on.aws`) and partition forms; null for every other name.
 * (https://docs.aws.amazon.com/general/latest/gr/ecr.html)
 */
export function parseEcrHost(registry: string): EcrHost | null {
  const found = form.exec(registry.toLowerCase());
  return found === null ? null : { account: found[1]!, region: (found[2] ?? found[3])! };
}
