import { readFile } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';

/** The bytes of a file that a command line names. Throws `input/invalid` when it cannot be read. */
export async function readInput(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Fault('input/invalid', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** As {@link readInput}, parsed as JSON. */
export async function readJson(file: string): Promise<unknown> {
  const text = (await readInput(file)).toString('utf8').replace(/^\ufeff/, '');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('input/invalid', `${file} is no JSON: ${(cause as Error).message}`, { cause });
  }
}
