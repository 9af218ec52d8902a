/**
 * A person or organisation as a manifest declares it, `Name <mail>`, `Name` or the mail address, on one line of at most 256
 * characters; null when nobody is named.
 */
export function personText(name: unknown, mail: unknown): string | null {
  const who = line(name);
  const address = line(mail);
  if (address === '' || who.includes('@')) return who === '' ? null : who;
  return who === '' ? address : `${who} <${address}>`.slice(0, maxLength);
}

const maxLength = 256;

function line(text: unknown): string {
  if (typeof text !== 'string') return '';
  const clean = text
    .slice(0, 4 * maxLength)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return /^(unknown|none)?$/i.test(clean) ? '' : clean.slice(0, maxLength);
}
