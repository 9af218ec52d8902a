import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { comparePrecedence, identifiers, type Precedence, writePrecedence } from '../precedence.ts';

/**
 * .NET packages (NuGet.Versioning, its default comparison): one to four numbers, missing ones are 0; then a pre-release as
 * in semantic versions, but without regard to case; build metadata is ignored. Unlike NuGet: numbers of any size.
 */
export const nuget: Comparator = defineComparator<Precedence>({
  scheme: 'nuget',
  rules: 1,
  read: readNuget,
  order: comparePrecedence,
  write: writePrecedence,
});

/** A label above it is a text for NuGet, which keeps numeric labels in an int. */
const largestLabel = '2147483647';

const dotted = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const form = new RegExp(`^([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${dotted}))?(?:\\+${dotted})?$`);

function readNuget(text: string): Precedence | Refused {
  const found = form.exec(text.trim());
  if (found === null) return { refused: 'it is not one to four numbers, then [-pre-release][+build]' };
  const [, major = '', minor = '0', patch = '0', revision = '0', prerelease] = found;
  const labels = prerelease === undefined ? [] : identifiers(prerelease.toUpperCase(), largestLabel);
  const strange = labels.find((label) => /^0[0-9]+$|^-[0-9]+$/.test(label.text));
  if (strange !== undefined) return { refused: `the label '${strange.text}' is a number with a sign or leading zeros` };
  return { numbers: [major, minor, patch, revision], prerelease: labels };
}
