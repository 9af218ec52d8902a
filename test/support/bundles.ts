import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Bundle, bundle } from '../../infra/bundle.ts';
import { type FunctionName, functions } from '../../infra/functions.ts';

export interface BuiltBundle extends Bundle {
  readonly name: FunctionName;
  /** The file that Lambda loads. */
  readonly file: string;
}

let folder: Promise<string> | null = null;
const built = new Map<FunctionName, BuiltBundle>();

after(async () => {
  if (folder !== null) await rm(await folder, { recursive: true });
  folder = null;
  built.clear();
});

/** A function's bundle as the template has it made, built once a test process. */
export async function builtBundle(name: FunctionName): Promise<BuiltBundle> {
  folder ??= mkdtemp(join(tmpdir(), 'plimsoll-bundles-'));
  const file = join(await folder, name, 'main.mjs');
  const line = functions[name];
  const found = built.get(name) ?? {
    name,
    file,
    ...bundle(line.entry, file, { split: true, files: 'files' in line ? line.files : [] }),
  };
  built.set(name, found);
  return found;
}
