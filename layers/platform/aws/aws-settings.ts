import { Fault } from '#core/fault.ts';
import { environment, type ReaderRole, readRoles } from '#schema/deployment.ts';
import type { TraceSettings } from './xray-subsegments.ts';

/** What a deployment sets, by the keys of schema/deployment.ts. */
export interface AwsSettings {
  readonly region: string;
  /** Throws `state/not-found` when it is not set: the process is not given what it uses. */
  required(name: keyof typeof environment): string;
  /** Null when it is not set. */
  optional(name: keyof typeof environment): string | null;
  /** By account, the role by which its registry is read. Throws `input/invalid` when the variable is damaged. */
  readonly roles: ReadonlyMap<string, ReaderRole>;
}

/** What Lambda says of the trace of the invocation that it has begun; to be read at each. */
export function traceSettings(): TraceSettings {
  return {
    header: process.env['_X_AMZN_TRACE_ID'] || null,
    daemon: process.env['AWS_XRAY_DAEMON_ADDRESS'] || null,
  };
}

/** Reads the environment of this process; a missing variable is told when it is wanted, by its name. */
export function awsSettings(variables: Readonly<Record<string, string | undefined>> = process.env): AwsSettings {
  const needed = (name: string): string => {
    const value = variables[name];
    if (value !== undefined && value !== '') return value;
    throw new Fault('state/not-found', `The environment variable ${name} is not set; deploy this process by the stack`);
  };
  return {
    get region() {
      return needed('AWS_REGION');
    },
    required: (name) => needed(environment[name]),
    get roles() {
      return readRoles(variables[environment.assumeRoles] ?? '');
    },
    optional: (name) => variables[environment[name]] || null,
  };
}
