import { type Field, listAt, textAt } from './shown.ts';

const name = (title: string): Field => ({ title, of: (item) => textAt(item, 'name').toLowerCase() });
const description: Field = { title: 'Description', of: 'description', wraps: true };

export const gateFields: readonly Field[] = [name('Gate'), description];

export const triggerFields: readonly Field[] = [
  name('Trigger'),
  {
    title: 'Parameters',
    of: (item) => listAt(item, 'parameters').map((one) => textAt(one, 'name').toLowerCase()),
    least: 20,
  },
  description,
];

export const parameterFields: readonly Field[] = [
  name('Parameter'),
  { title: 'Required', of: (item) => item['required'] ?? true },
  { title: 'Example', of: 'example', least: 12 },
  description,
];

/** Of all three, where also those are shown that have ended. */
export const specParts: readonly Field[] = [
  { title: 'State', of: 'state' },
  { title: 'Superceded By', of: 'superceded_by' },
];
