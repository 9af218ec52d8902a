import { Fault } from '#core/fault.ts';

/**
 * What the database said of an import from S3, with what to do about it. What it says in its own words of S3 is nowhere documented:
 * they are looked at for the status only. What is not PostgreSQL's refusal is passed on as it is.
 */
export function importFault(thrown: unknown, bucket: string, key: string): Fault {
  const fault = Fault.from(thrown);
  const { sqlstate } = fault.detail;
  if (fault.code !== 'sql/failed' || typeof sqlstate !== 'string') return fault;
  const advice = advices.find(({ sqlstates, says }) => sqlstates?.test(sqlstate) === true || says?.test(fault.message));
  return new Fault(
    fault.code,
    `The database cannot import ${key} of bucket ${bucket}: ${fault.message}; ${advice?.todo ?? otherwise}`,
    { detail: fault.detail, cause: fault },
  );
}

interface Advice {
  readonly sqlstates?: RegExp;
  /** What the message has in it. */
  readonly says?: RegExp;
  readonly todo: string;
}

const advices: readonly Advice[] = [
  {
    // No such schema, function, type or table.
    sqlstates: /^(3F000|42883|42704|42P01)$/,
    todo: 'the extension aws_s3 is not installed: deploy the stack again, whose migrator installs it',
  },
  {
    sqlstates: /^42501$/,
    todo: 'this role may not use aws_s3: deploy the stack again, whose migrator allows it',
  },
  {
    sqlstates: /^22/,
    todo: 'the file is damaged, or not what was written: stage it again',
  },
  {
    says: /\b404\b|not found|does not exist|no such/i,
    todo: 'the bucket or the file is not there: look at the setting of the bucket, and whether a rule of the bucket removes files within minutes',
  },
  {
    says: /\b403\b|denied|forbidden|credential|s3Import/i,
    todo: 'give the cluster its role with the feature s3Import, and the role s3:GetObject and s3:ListBucket on the bucket',
  },
  {
    says: /curl|time[d ]*out|connect|resolve/i,
    todo: "the database does not reach S3: look at the gateway endpoint of its subnets and at its security group's way out",
  },
];

const otherwise = 'look at the log of the cluster';
