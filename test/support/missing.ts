/** Absent is what this machine cannot have, broken what it has and what does not work. */
export interface Missing {
  readonly kind: 'absent' | 'broken';
  readonly reason: string;
}

/** Milliseconds for an installation: a mirror that is slow must not hold up a build. */
export const installTime = 90_000;

/**
 * Why an installation by a child process did not come about. What a machine without the program, without packages or without a way
 * to them says is absence, and so is slowness; everything else that an installation says means that it is broken.
 */
export function whyNot(thrown: unknown, program: string): Missing {
  const { code, killed, stderr, stdout } = thrown as Failure;
  if (code === 'ENOENT') return { kind: 'absent', reason: `there is no ${program} on the PATH` };
  if (killed === true) return { kind: 'absent', reason: `installing took longer than ${installTime / 1000} s` };
  const said = `${stdout ?? ''}\n${stderr ?? String(thrown)}`.trim();
  const reason = `it could not be installed: ${said.split('\n').slice(-3).join(' ').slice(0, 300)}`;
  return { kind: unreachable.test(said) ? 'absent' : 'broken', reason };
}

interface Failure {
  readonly code?: unknown;
  readonly killed?: boolean;
  readonly stderr?: string;
  readonly stdout?: string;
}

const unreachable =
  /ensurepip is not available|No module named '?(venv|ensurepip|pip)|No matching distribution|Could not find a version|Could not fetch|HTTP error|Connection|Read timed out|ProxyError|SSLError|Unable to locate package|Failed to fetch|Unable to fetch/i;
