import { type Field, type Item, itemsOf, listAt, rows, type Shown, textAt } from './shown.ts';

const packageFields = (more: readonly Field[]): readonly Field[] => [
  { title: 'Package', of: 'package', least: 16 },
  ...more,
];

const version: Field = { title: 'Version', of: 'version', least: 10 };
const location: Field = { title: 'Location', of: 'location', least: 16 };

/** Columns of each kind of content, and the one that it is in the order of. */
const kinds: Readonly<Record<string, { readonly fields: readonly Field[]; readonly sort: string }>> = {
  os: {
    fields: packageFields([
      version,
      { title: 'Licenses', of: (item) => item['licenses'] ?? item['license'], least: 12 },
    ]),
    sort: 'Package',
  },
  files: {
    fields: [
      { title: 'Filename', of: 'filename', least: 24 },
      { title: 'Size', of: 'size' },
    ],
    sort: 'Size:desc',
  },
  npm: { fields: packageFields([version, location]), sort: 'Package' },
  gem: { fields: packageFields([version, location]), sort: 'Package' },
  python: { fields: packageFields([version, location]), sort: 'Package' },
  java: {
    fields: packageFields([
      { title: 'Specification-Version', of: 'specification-version', least: 10 },
      { title: 'Implementation-Version', of: 'implementation-version', least: 10 },
      location,
    ]),
    sort: 'Package',
  },
};

const malwareFields: readonly Field[] = [
  { title: 'Scanner', of: 'scanner' },
  { title: 'Matched Signature', of: 'signature', least: 16, style: () => ['red'] },
  { title: 'Path', of: 'path', least: 20 },
];

/** What is in an image, by kind: packages and files as a table, documents as they are. */
export function contentShown(value: unknown, type: string): Shown {
  const [answer = {}] = itemsOf(value);
  const { content } = answer;
  if (typeof content === 'string') return documentShown(value, content, type);
  const items = listAt(answer, 'content');
  if (items.length === 0) return nothing(value, type);
  if (type === 'malware') return { value, blocks: [rows(items.flatMap(findings), malwareFields, 'Path')] };
  const kind = Object.hasOwn(kinds, type) ? kinds[type]! : kindOf(items[0]!);
  return { value, blocks: [rows(items, kind.fields, kind.sort)] };
}

/** A document of an image, decoded. */
export function metadataShown(value: unknown): Shown {
  const [answer = {}] = itemsOf(value);
  return documentShown(value, textAt(answer, 'metadata'), textAt(answer, 'metadata_type') || 'metadata');
}

function documentShown(value: unknown, base64: string, type: string): Shown {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0) return nothing(value, type);
  return { value, blocks: [{ kind: 'document', bytes }] };
}

/** Kinds that we do not know have the columns of packages where they are some, else their own. */
function kindOf(item: Item): { readonly fields: readonly Field[]; readonly sort: string } {
  if (item['package'] && item['version'] && item['location'])
    return { fields: packageFields([version, location]), sort: 'Package' };
  const fields = Object.keys(item).map((key): Field => ({ title: key, of: (one) => one[key], least: 8 }));
  return { fields, sort: fields[0]?.title ?? '' };
}

function findings(scan: Item): readonly Item[] {
  return listAt(scan, 'findings').map((finding) => ({ ...finding, scanner: scan['scanner'] }));
}

function nothing(value: unknown, type: string): Shown {
  return { value, blocks: [], nothing: `the image has no ${type.slice(0, 40)} to show` };
}
