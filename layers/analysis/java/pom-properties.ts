/** What Maven's archiver writes beside the pom.xml of a jar. */
export interface PomProperties {
  readonly groupId: string | null;
  readonly artifactId: string | null;
  readonly version: string | null;
}

/**
 * The three properties of a pom.properties (java.util.Properties, "load": `#` and `!` begin comments; `=`, `:` or a blank ends
 * a key; a backslash escapes). Of a key that stands twice the last counts.
 */
export function parsePomProperties(text: string): PomProperties {
  const values = new Map<string, string>();
  for (const line of text.split(/\r\n|\r|\n/, maxLines)) {
    const [, key, value] = /^[ \t\f]*([A-Za-z]{1,20})[ \t\f]*[=: \t\f][ \t\f]*(.*)$/.exec(line.slice(0, maxLine)) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, value.replace(/\\(.)/g, '$1').trim());
  }
  const value = (key: string) => values.get(key) || null;
  return { groupId: value('groupId'), artifactId: value('artifactId'), version: value('version') };
}

const maxLines = 1000;
const maxLine = 1024;
