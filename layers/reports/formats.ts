import type { Format } from './format.ts';
import { json } from './formats/json.ts';
import { packages } from './formats/packages.ts';
import { table } from './formats/table.ts';

/** Every format, the default first. */
export const formats: readonly Format[] = [table, json, packages];
