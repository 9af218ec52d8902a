/**
 * Orders two runs of decimal digits as the numbers they write, of any length and exactly: leading zeros count for nothing,
 * an empty run is 0. Negative, 0 or positive.
 */
export function compareDigits(a: string, b: string): number {
  const x = withoutLeadingZeros(a);
  const y = withoutLeadingZeros(b);
  return x.length - y.length || compareAscii(x, y);
}

/** The digits without leading zeros; empty for zero. */
export function withoutLeadingZeros(digits: string): string {
  let from = 0;
  while (digits.charCodeAt(from) === 0x30) from++;
  return from === 0 ? digits : digits.slice(from);
}

/** Orders two texts of ASCII characters by their codes. */
export function compareAscii(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True for the code of `0` to `9`; false for NaN, which is what `charCodeAt` gives past the end. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** True for the code of an ASCII letter; false for NaN. */
export function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

/** Where the run of characters that satisfy `is` ends, looking from `from`. */
export function endOfRun(text: string, from: number, is: (code: number) => boolean): number {
  let at = from;
  while (at < text.length && is(text.charCodeAt(at))) at++;
  return at;
}
