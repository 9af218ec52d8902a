import type { Severity } from '#core/severity.ts';

/** SGR codes of ECMA-48 that every terminal knows. */
const codes = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  magenta: '35',
  cyan: '36',
} as const;

export type Style = keyof typeof codes;

/** Puts styles around printable text; gives it back as it is where there is no colour. */
export type Paint = (text: string, ...styles: readonly Style[]) => string;

export function paintOn(color: boolean): Paint {
  return (text, ...styles) =>
    color && styles.length > 0 ? `\x1b[${styles.map((style) => codes[style]).join(';')}m${text}\x1b[0m` : text;
}

export const severityStyles: Readonly<Record<Severity, readonly Style[]>> = {
  Critical: ['bold', 'red'],
  High: ['red'],
  Medium: ['yellow'],
  Low: ['blue'],
  Negligible: ['dim'],
  Unknown: ['magenta'],
};

export const actionStyles: Readonly<Record<'go' | 'warn' | 'stop', readonly Style[]>> = {
  go: ['bold', 'green'],
  warn: ['bold', 'yellow'],
  stop: ['bold', 'red'],
};
