/** What is wrong with a bundle, in the words of the v1 API (`validation_details`). */
export interface BundleProblem {
  readonly severity: 'error';
  readonly problem_type:
    | 'ValidationError'
    | 'UnsupportedVersionError'
    | 'ReferencedObjectNotFoundError'
    | 'DuplicateIdentifierFoundError'
    | 'GateNotFoundError'
    | 'TriggerNotFoundError'
    | 'EndOfLifedError'
    | 'InvalidGateAction'
    | 'InvalidParameterError'
    | 'ParameterValueInvalidError';
  readonly details: string;
}

/** A problem: one sentence and, in brackets, the things it speaks of. */
export function bundleProblem(
  type: BundleProblem['problem_type'],
  sentence: string,
  things: Readonly<Record<string, string | null | undefined>> = {},
): BundleProblem {
  const named = Object.entries(things).map(([name, value]) => `${name}=${short(value ?? 'None')}`);
  return {
    severity: 'error',
    problem_type: type,
    details: named.length === 0 ? sentence : `${sentence} (${named.join(',')})`,
  };
}

/** Texts of a bundle may be long; a problem stays readable. */
function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
