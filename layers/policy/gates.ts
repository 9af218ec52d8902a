import type { Gate } from './gate.ts';
import { always } from './gates/always.ts';
import { dockerfile } from './gates/dockerfile.ts';
import { vulnerabilities } from './gates/vulnerabilities.ts';

/** Every gate, in the order of the policy spec. */
export const gates: readonly Gate[] = [always, dockerfile, vulnerabilities];
