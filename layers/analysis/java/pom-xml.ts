import sax from 'sax';
import { Fault } from '#core/fault.ts';

/** What a pom.xml says of its project. */
export interface Pom {
  readonly groupId: string | null;
  readonly artifactId: string | null;
  readonly version: string | null;
  /** Names of its licences. */
  readonly licenses: readonly string[];
}

/**
 * The coordinates and licences in a pom.xml (https://maven.apache.org/pom.html): group and version are the parent's where the
 * project has none, `${...}` stands for a coordinate or property of the same file. Nothing is told of another kind of XML. Throws
 * `input/invalid` for what is no XML.
 */
export function parsePom(text: string): Pom {
  const values = new Map<string, string>();
  const licenses: string[] = [];
  for (const [path, value] of leaves(text)) {
    if (path === 'project/licenses/license/name') {
      if (licenses.length < maxLicenses && value !== '') licenses.push(value);
    } else if (values.size < maxValues && !values.has(path) && ofInterest.test(path)) values.set(path, value);
  }
  const own = (name: string) => values.get(`project/${name}`) ?? values.get(`project/parent/${name}`) ?? '';
  const filled = (name: string) => fill(own(name), values) || null;
  return {
    groupId: filled('groupId'),
    artifactId: fill(values.get('project/artifactId') ?? '', values) || null,
    version: filled('version'),
    licenses,
  };
}

const maxDepth = 64;
const maxValue = 1024;
const maxValues = 10_000;
const maxLicenses = 16;

const ofInterest = /^project\/(?:(?:parent\/)?(?:groupId|artifactId|version)|properties\/[^/]+)$/;

/** Texts of a document, each with the names of the elements around it, without prefixes and joined by `/`. */
function leaves(text: string): readonly (readonly [path: string, value: string])[] {
  const found: [string, string][] = [];
  const path: string[] = [];
  let content = '';
  const parser = sax.parser(true);
  parser.onopentag = ({ name }) => {
    content = '';
    path.push(name.slice(name.indexOf(':') + 1));
    if (path.length > maxDepth) throw new Fault('input/invalid', `is nested more than ${maxDepth} levels deep`);
  };
  parser.ontext = parser.oncdata = (more) => {
    if (content.length < maxValue) content += more.slice(0, maxValue);
  };
  parser.onclosetag = () => {
    // Nothing that is asked for stands deeper.
    if (path.length <= 4) found.push([path.join('/'), content.trim()]);
    content = '';
    path.pop();
  };
  parser.onerror = (error) => {
    // `&copy;` of HTML in somebody's name.
    if (error.message.startsWith('Invalid character entity')) {
      parser.resume();
      return;
    }
    throw new Fault('input/invalid', `is not XML: ${error.message.split('\n')[0]}`);
  };
  parser.write(text).close();
  return found;
}

/** A value with the properties in it; as it stands where one is unknown, so that nobody takes it for a version. */
function fill(text: string, values: ReadonlyMap<string, string>): string {
  let value = text;
  // Properties may name others; a circle ends here too.
  for (let rounds = 0; rounds < 4 && value.includes('${') && value.length <= maxValue; rounds++) {
    value = value.replace(/\$\{([^{}]{1,200})\}/g, (whole, name: string) => {
      const coordinate = name.replace(/^(?:pom|project)\./, '').replaceAll('.', '/');
      return (
        values.get(`project/properties/${name}`) ??
        values.get(`project/${coordinate}`) ??
        values.get(`project/parent/${coordinate}`) ??
        whole
      );
    });
  }
  return value.slice(0, maxValue);
}
