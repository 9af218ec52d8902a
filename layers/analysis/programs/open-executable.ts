import type { RandomAccess } from '../analyzer.ts';
import { openElf } from './elf.ts';
import type { Executable } from './executable.ts';
import { openMachO } from './mach-o.ts';
import { openPe } from './pe.ts';

/**
 * What a file holds of executables: one for ELF, PE and thin Mach-O, one a machine for fat Mach-O, none for anything else.
 * Only headers are read. Never throws, whatever the bytes.
 */
export function openExecutables(bytes: RandomAccess): readonly Executable[] {
  const single = openElf(bytes) ?? openPe(bytes);
  return single === null ? openMachO(bytes) : [single];
}
