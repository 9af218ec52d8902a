import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  type SecurityHubClient,
  type SeverityLabel,
} from '@aws-sdk/client-securityhub';
import type { FindingHub, HubFinding } from '../finding-hub.ts';
import { awsFault } from './aws-fault.ts';

export interface SecurityHubOptions {
  readonly client: SecurityHubClient;
  /** The account of this process: Security Hub takes findings for no other. */
  readonly accountId: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`; `aws` when left out. */
  readonly partition?: string;
}

/** Of one BatchImportFindings: findings, and bytes that stay under the 6 MB of a request. */
const batch = { findings: 100, bytes: 5_000_000 } as const;

/** Packages, links and tags of one finding: with texts cut they stay under the 240 KB that a finding may have, whatever they hold. */
const most = { packages: 40, urls: 20, tags: 20 } as const;

/**
 * AWS Security Hub, by the AWS Security Finding Format under the default product of the account. It keeps what people have
 * written there: workflow status and notes are not ours to change.
 */
export function securityHub({ client, accountId, region, partition = 'aws' }: SecurityHubOptions): FindingHub {
  const product = `arn:${partition}:securityhub:${region}:${accountId}:product/${accountId}/default`;
  return {
    async bringIn(findings) {
      const refused: { readonly id: string; readonly why: string }[] = [];
      // One after the other: 10 calls a second are allowed.
      for (const some of inBatches(findings.map((finding) => asff(finding, accountId, region, partition, product)))) {
        try {
          const { FailedFindings = [] } = await client.send(new BatchImportFindingsCommand({ Findings: some }));
          for (const { Id = '', ErrorCode, ErrorMessage } of FailedFindings) {
            refused.push({ id: Id.slice('plimsoll/'.length), why: `${ErrorCode}: ${ErrorMessage}` });
          }
        } catch (thrown) {
          throw awsFault(thrown, `Security Hub: bringing in ${some.length} findings`);
        }
      }
      return refused;
    },
  };
}

function inBatches(findings: readonly AwsSecurityFinding[]): readonly AwsSecurityFinding[][] {
  const batches: AwsSecurityFinding[][] = [];
  let bytes = 0;
  for (const finding of findings) {
    const size = Buffer.byteLength(JSON.stringify(finding));
    const last = batches.at(-1);
    if (last === undefined || last.length === batch.findings || bytes + size > batch.bytes) {
      batches.push([finding]);
      bytes = size;
    } else {
      last.push(finding);
      bytes += size;
    }
  }
  return batches;
}

/** The finding in ASFF; lengths by its description (Security Hub user guide, "Required top-level ASFF attributes"). */
function asff(
  finding: HubFinding,
  accountId: string,
  region: string,
  partition: string,
  product: string,
): AwsSecurityFinding {
  const { image } = finding;
  const fixable = finding.packages.filter(({ fixedIn }) => fixedIn !== null).length;
  return {
    SchemaVersion: '2018-10-08',
    Id: `plimsoll/${finding.id}`,
    ProductArn: product,
    ProductName: 'Plimsoll',
    CompanyName: 'Plimsoll',
    GeneratorId: cut(`plimsoll/${finding.vulnerability}`, 512),
    AwsAccountId: accountId,
    Types: ['Software and Configuration Checks/Vulnerabilities/CVE'],
    CreatedAt: new Date(finding.firstSeenAt).toISOString(),
    UpdatedAt: new Date(finding.updatedAt).toISOString(),
    Severity: { Label: finding.severity.toUpperCase() as SeverityLabel },
    Title: cut(finding.title, 256),
    Description: cut(finding.description, 1024),
    RecordState: finding.active ? 'ACTIVE' : 'ARCHIVED',
    Resources: [
      {
        Type: 'AwsEcrContainerImage',
        Id: cut(image.id, 512),
        Partition: partition as 'aws',
        Region: region,
        Details: {
          AwsEcrContainerImage: {
            RepositoryName: cut(image.repository, 256),
            Architecture: cut(image.architecture, 64),
            ImageDigest: image.digest,
            ImageTags: image.tags.slice(0, most.tags).map((tag) => cut(tag, 128)),
          },
        },
      },
    ],
    Vulnerabilities: [
      {
        Id: cut(finding.vulnerability, 256),
        VulnerablePackages: finding.packages.slice(0, most.packages).map(({ name, version, fixedIn }) => ({
          Name: cut(name, 256),
          Version: cut(version, 256),
          ...(fixedIn === null ? {} : { FixedInVersion: cut(fixedIn, 256) }),
        })),
        FixAvailable: fixable === 0 ? 'NO' : fixable === finding.packages.length ? 'YES' : 'PARTIAL',
        ReferenceUrls: finding.urls.slice(0, most.urls).map((url) => cut(url, 512)),
      },
    ],
  };
}

/** At most so many characters, with a sign where something was left out; never empty, which ASFF refuses. */
function cut(text: string, length: number): string {
  if (text === '') return '-';
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}
