import { namespaceType } from '#core/distro.ts';
import { ecosystems } from '#core/ecosystem.ts';
import type { Comparator } from '#versions/comparator.ts';
import { comparators } from '#versions/comparators.ts';

/** The version order of an advisory namespace (`alpine:3.9`, `npm`); null for a namespace that no scheme is known for. */
export function namespaceComparator(namespace: string): Comparator | null {
  if (namespace === 'cpe') return comparators.generic;
  const type = namespaceType(namespace);
  return type === null ? null : comparators[ecosystems[type].scheme];
}
