import type { FileCheck } from '#analysis/list-file-checks.ts';
import { ecosystems } from '#core/ecosystem.ts';
import { Fault } from '#core/fault.ts';
import type { Package } from '#core/package.ts';
import { comparators } from '#versions/comparators.ts';
import type { Gate, Match, Trigger } from '../gate.ts';
import { csv, oneOf, patterns, string } from '../parameter-types.ts';
import type { Pattern } from '../pattern.ts';

const requiredPackage: Trigger = {
  name: 'required_package',
  description: 'Fires when no package of this name, or of this name and version, is in the image.',
  parameters: {
    name: { type: string, description: 'Name of the package.', example: 'libssl', required: true },
    version: { type: string, description: 'The version that it must have.', example: '1.10.3rc3' },
    version_match_type: {
      type: oneOf('exact', 'minimum'),
      description: 'Whether the version must be this one, or this one or a later one.',
      example: 'exact',
      default: 'exact',
    },
  },
  /** Of several packages of the name one is enough; the first is named where none will do. */
  *fires({ image }, parameters) {
    const {
      name,
      version,
      version_match_type: how,
    } = parameters as {
      name: string;
      version: string | null;
      version_match_type: 'exact' | 'minimum';
    };
    const found = image.packages.filter((one) => one.name === name);
    const first = found[0];
    const wanted = version || null;
    if (first === undefined) {
      const what = wanted === null ? name : `${name},${wanted}`;
      yield reason(`Required input package (${what}) is not present in container image`);
      return;
    }
    if (wanted === null || found.some((one) => one.version === wanted)) return;
    // The original names the package where the version should stand, and ids are made of it.
    if (how === 'exact')
      yield reason(
        `Required input package (${name}) is present (${first.version}), but not at the version specified in policy (${name})`,
      );
    else if (!found.some((one) => isAtLeast(one, wanted)))
      yield reason(
        `Required min-version input package (${name}) is present (${first.version}), but is lower version than what is specified in policy (${wanted})`,
      );
  },
};

function isAtLeast({ type, name, version }: Package, wanted: string): boolean {
  const { compare } = comparators[ecosystems[type].scheme];
  // Who names no epoch means the version that people see.
  const installed = hasEpoch(wanted) ? version : withoutEpoch(version);
  const order = compare(installed, wanted);
  if (typeof order !== 'number')
    throw new Fault('input/invalid', `the versions ${version} of ${name} and ${wanted} cannot be compared`);
  return order >= 0;
}

const hasEpoch = (version: string) => /^\d+:/.test(version);
const withoutEpoch = (version: string) => version.replace(/^\d+:/, '');

interface VerifyValues {
  readonly only_packages: readonly string[] | null;
  readonly only_directories: readonly string[] | null;
  readonly check: 'changed' | 'missing' | null;
}

const verify: Trigger = {
  name: 'verify',
  description: "Fires for each file that is not as the distribution's package brought it, or is gone.",
  parameters: {
    only_packages: { type: csv, description: 'Only files of these packages.', example: 'libssl,openssl' },
    only_directories: { type: csv, description: 'Only files below these folders.', example: '/usr,/var/lib' },
    check: {
      type: oneOf('changed', 'missing'),
      description: 'Only files that were changed, or only such as are gone.',
      example: 'changed',
    },
  },
  needs: ['fileChecks'],
  *fires({ fileChecks }, parameters) {
    const values = parameters as unknown as VerifyValues;
    const unread = new Map<string, number>();
    for (const one of fileChecks!) {
      if (!isAsked(one, values)) continue;
      if (one.state.kind === 'unread') {
        const { algorithm } = one.state;
        unread.set(algorithm, (unread.get(algorithm) ?? 0) + 1);
      }
      const status = statusOf(one);
      if (status !== null && (values.check ?? status) === status)
        yield reason(
          `VERIFY check against package db for package '${one.package.name}' failed on entry '${one.path}' with status: '${status}'`,
        );
    }
    if (values.check !== 'missing' && unread.size > 0) throw unreadFault(unread);
  },
};

function isAsked(
  { path, package: owner }: FileCheck,
  { only_packages: names, only_directories: folders }: VerifyValues,
) {
  return (names?.includes(owner.name) ?? true) && (folders?.some((folder) => path.startsWith(folder)) ?? true);
}

/** Configuration is there to be changed; owners are not compared, as in the original. */
function statusOf({ state, expected }: FileCheck): 'changed' | 'missing' | null {
  if (state.kind === 'missing') return 'missing';
  if (state.kind !== 'changed' || expected.config) return null;
  return state.what.some((what) => what !== 'owner') ? 'changed' : null;
}

/** Content that nobody compared is not content that is as it was. */
function unreadFault(unread: ReadonlyMap<string, number>): Fault {
  const counts = [...unread].map(([algorithm, count]) => `${count} by ${algorithm}`).join(', ');
  const option = [...unread.keys()].map((algorithm) => `--digest ${algorithm}`).join(' ');
  return new Fault(
    'state/conflict',
    `the content of files could not be compared, for their package knows them by digests that were not made (${counts}): analyze the image again with ${option}, or check for missing files only`,
  );
}

const blacklist: Trigger = {
  name: 'blacklist',
  description: 'Fires for each package of this name, or of this name and version.',
  parameters: {
    name: { type: string, description: 'Name of the package.', example: 'openssh-server', required: true },
    version: {
      type: string,
      description: "Only this version of it: with or without the distribution's release behind it.",
      example: '1.0.1',
    },
  },
  *fires({ image }, parameters) {
    const { name, version } = parameters as { name: string; version: string | null };
    const wanted = version || null;
    const found = image.packages.filter(
      (one) => one.name === name && (wanted === null || [one.version, withoutRelease(one)].includes(wanted)),
    );
    for (const called of new Set(found.map((one) => (wanted === null ? name : `${name}-${withoutRelease(one)}`))))
      yield reason(`Package is blacklisted: ${called}`);
  },
};

const untrustedVendor: Trigger = {
  name: 'untrusted_vendor',
  description:
    'Fires for each package of the distribution that none of the trusted vendors built; who names none is not trusted.',
  parameters: {
    vendors: {
      type: patterns,
      description: 'Vendors or maintainers as packages name them, with * for any characters.',
      example: 'Red Hat*,*@lists.debian.org>',
      required: true,
    },
  },
  *fires({ image }, parameters) {
    const { vendors } = parameters as { vendors: readonly Pattern[] };
    for (const { type, name, version, vendor } of image.packages) {
      if (!ecosystems[type].os || vendors.some((pattern) => pattern.matches(vendor ?? ''))) continue;
      const who = vendor === null ? 'a vendor that it does not name' : `'${vendor}'`;
      yield reason(`Package ${name}-${version} is of ${who}, who is not trusted`);
    }
  },
};

/** The version as the original keeps it: what stands before the last hyphen, of packages of a distribution. */
function withoutRelease({ type, version }: Package): string {
  const at = ecosystems[type].os ? version.lastIndexOf('-') : -1;
  return at < 1 ? version : version.slice(0, at);
}

function reason(message: string): Match {
  return { id: null, message };
}

/** Looks at the packages of the image, those of the distribution and those of languages. */
export const packages: Gate = {
  name: 'packages',
  description: 'Checks which packages are in the image, and that their files are as they were brought.',
  triggers: [requiredPackage, verify, blacklist, untrustedVendor],
};
