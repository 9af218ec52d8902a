import { stat } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';

/** A path with what was written behind it. */
export interface PathAndTag {
  readonly path: string;
  readonly tag: string | null;
}

/**
 * Splits `PATH[:TAG]` or `PATH[@DIGEST]`. Both may hold colons, so the longest path that exists is taken. Throws
 * `input/invalid` when none exists.
 */
export async function splitSource(rest: string, reference: string): Promise<PathAndTag> {
  if (rest === '') throw new Fault('input/invalid', `'${reference}' does not say which file or folder`);
  if (rest.includes('\0')) throw new Fault('input/invalid', 'a path cannot have a NUL in it');
  if (await exists(rest)) return { path: rest, tag: null };
  for (let end = rest.length - 1; end > 0; end--) {
    const mark = rest[end];
    if ((mark === ':' || mark === '@') && (await exists(rest.slice(0, end)))) {
      return { path: rest.slice(0, end), tag: rest.slice(end + 1) };
    }
  }
  throw new Fault('input/invalid', `${reference}: there is no file or folder '${rest}'`);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
