import { type PinnedRequirement, pinnedRequirement } from './requirement.ts';

/**
 * The pinned requirements of a requirements.txt (pip: requirements file format): lines joined at a backslash, without
 * comments and options. Includes, addresses and what is not pinned to one version are left out.
 */
export function* pinnedRequirements(text: string): Generator<PinnedRequirement> {
  let open = '';
  for (const line of text.split(/\r\n?|\n/)) {
    if (line.endsWith('\\') && !line.trimStart().startsWith('#')) {
      if (open.length < maxJoined) open += `${line.slice(0, -1)} `;
      continue;
    }
    const pinned = pinnedRequirement(withoutOptions(open + line));
    open = '';
    if (pinned !== null) yield pinned;
  }
  const last = pinnedRequirement(withoutOptions(open));
  if (last !== null) yield last;
}

/** Hashes of a requirement stand on joined lines, one a wheel; what is behind these characters says no version. */
const maxJoined = 4096;

/** A requirement ends before ` #` and before its first option (`--hash=...`). */
function withoutOptions(line: string): string {
  const end = /\s[#-]/.exec(` ${line}`)?.index;
  return (end === undefined ? line : line.slice(0, Math.max(0, end - 1))).trim();
}
