/** Attributes of a manifest's main section, by their names in lower case. */
export type Manifest = ReadonlyMap<string, string>;

/**
 * The main section of META-INF/MANIFEST.MF (JAR File Specification, "JAR Manifest"): `Name: value` lines; a line that begins
 * with a blank continues the one before, whatever character was cut at its 72 bytes; an empty line ends the section. Of a name
 * that stands twice the last counts, as in Java. Of lines that are neither nothing is kept. Values are on one line, trimmed
 * and cut at 1,024 characters; so are attributes beyond the first 1,000.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  const attributes = new Map<string, string>();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  let name = '';
  let value = '';
  const close = () => {
    if (name !== '' && attributes.size < maxAttributes) attributes.set(name, valueText(value));
    name = '';
  };
  // Some tools leave empty lines in front.
  for (let at = /[^\r\n]/.exec(text)?.index ?? text.length; at < text.length; ) {
    const end = lineEnd(text, at);
    if (end === at) break;
    if (text[at] === ' ') {
      if (value.length < 4 * maxValue) value += text.slice(at + 1, end);
    } else {
      close();
      const colon = text.indexOf(':', at);
      if (colon > at && colon < end && colon - at <= maxName) {
        name = text.slice(at, colon).toLowerCase();
        value = text.slice(colon + 1, end);
      }
    }
    at = text.startsWith('\r\n', end) ? end + 2 : end + 1;
  }
  close();
  return attributes;
}

const maxAttributes = 1000;
/** "Name: alphanum *headerchar", of 70 characters at most. */
const maxName = 70;
const maxValue = 1024;

function lineEnd(text: string, from: number): number {
  lineBreak.lastIndex = from;
  return lineBreak.exec(text)?.index ?? text.length;
}

const lineBreak = /[\r\n]/g;

function valueText(latin1: string): string {
  const text = Buffer.from(latin1.slice(0, 4 * maxValue), 'latin1').toString('utf8');
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, maxValue);
}
