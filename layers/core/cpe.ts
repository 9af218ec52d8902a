/**
 * A CPE name (NISTIR 7695) in the words of its 2.3 binding, in lower case: `*` is any value, `-` that there is none, other
 * values have their punctuation escaped (`c\+\+`). {@link cpeLiteral} gives the text of a value.
 */
export interface Cpe {
  /** `a` application, `o` operating system, `h` hardware; `*` and `-` as elsewhere. */
  readonly part: string;
  readonly vendor: string;
  readonly product: string;
  readonly version: string;
  readonly update: string;
  readonly edition: string;
  readonly language: string;
  readonly swEdition: string;
  readonly targetSw: string;
  readonly targetHw: string;
  readonly other: string;
}

const maxLength = 2000;

/**
 * A CPE in its 2.3 binding (`cpe:2.3:a:openbsd:openssh:9.6:p1:*:*:*:*:*:*`) or as the URI of 2.2
 * (`cpe:/a:openbsd:openssh:9.6:p1`); what is left out at the end is any value. Null for a text that is none, that ends
 * before the product, or that has more than 2,000 characters.
 */
export function parseCpe(text: string): Cpe | null {
  if (text.length > maxLength) return null;
  const lower = text.trim().toLowerCase();
  const values = lower.startsWith('cpe:2.3:')
    ? boundValues(lower.slice('cpe:2.3:'.length))
    : lower.startsWith('cpe:/')
      ? uriValues(lower.slice('cpe:/'.length))
      : null;
  if (values === null || values.length > order.length || values.length < 3) return null;
  if (!/^[aoh*-]$/.test(values[0]!)) return null;
  return Object.fromEntries(order.map((name, at) => [name, values[at] ?? '*'])) as unknown as Cpe;
}

/** The 2.3 binding. */
export function formatCpe(cpe: Cpe): string {
  return `cpe:2.3:${order.map((name) => cpe[name]).join(':')}`;
}

/** What a value says as plain text; null where it is any value, none, or a pattern (`1.2*`). */
export function cpeLiteral(value: string): string | null {
  if (value === '*' || value === '-' || value === '' || /(?<!\\)(?:\\\\)*[*?]/.test(value)) return null;
  return value.replace(/\\(.)/g, '$1');
}

/** The name that advisories of the namespace `cpe` have for a product, `vendor:product`; null where the CPE does not say both. */
export function cpeName({ vendor, product }: Pick<Cpe, 'vendor' | 'product'>): string | null {
  const names = [cpeLiteral(vendor), cpeLiteral(product)];
  return names.includes(null) ? null : names.join(':');
}

/**
 * The version of a CPE with its update, as programs write it: `9.6` and `p1` are 9.6p1, `3.11.0` and `alpha1` are
 * 3.11.0-alpha1, `1.9.5` and `patch2` are 1.9.5p2, Java's `1.8.0` and `update_292` are 8.0.292. Null where the version is any, none, or a pattern.
 */
export function cpeVersion(cpe: Pick<Cpe, 'product' | 'version' | 'update'>): string | null {
  const version = cpeLiteral(cpe.version);
  if (version === null) return null;
  const update = cpeLiteral(cpe.update)?.replace(/^patch_?(?=\d)/, 'p') ?? '';
  const joint = update === '' || /^[a-z]\d*$/.test(update) ? '' : '-';
  return productVersion(cpe, version + joint + update);
}

/**
 * A version of a product as it is compared, whoever wrote it. Java's releases have two spellings, `1.8.0_292` and `8u292`: both
 * are 8.0.292 here, and builds (`11.0.10+9`) are left out, since advisories name none.
 */
export function productVersion({ product }: Pick<Cpe, 'product'>, version: string): string {
  if (!javas.has(product)) return version;
  const [, feature, update] =
    /^(?:1\.)?(\d{1,4})(?:\.0){0,2}(?:u|_|-u|-update_?)(\d{1,6})(?:[-+].*)?$/.exec(version) ?? [];
  if (feature !== undefined && update !== undefined) return `${feature}.0.${Number(update)}`;
  return version.replace(/^1\.(?=[5-9](?:\.0)?(?:$|[-+]))/, '').replace(/\+.*$/, '');
}

const javas: ReadonlySet<string> = new Set([
  'jdk',
  'jre',
  'java',
  'java_se',
  'java_se_embedded',
  'openjdk',
  'zulu',
  'temurin',
]);

const order = [
  'part',
  'vendor',
  'product',
  'version',
  'update',
  'edition',
  'language',
  'swEdition',
  'targetSw',
  'targetHw',
  'other',
] as const satisfies readonly (keyof Cpe)[];

/** Values stand between colons that are not escaped; an empty one, which is none of the binding, is any value. */
function boundValues(text: string): readonly string[] | null {
  const values = text.match(/(?:^|:)(?:[^:\\]|\\.)*/g) ?? [];
  if (values.join('') !== text) return null;
  return values.map((value, at) => (at === 0 ? value : value.slice(1)) || '*');
}

/** NISTIR 7695, 6.1: seven values, percent-encoded; `%01` and `%02` are `?` and `*`; the sixth may hold five behind tildes. */
function uriValues(text: string): readonly string[] | null {
  const values = text.split(':');
  if (values.length < 3 || values.length > 7) return null;
  const [part = '', vendor = '', product = '', version = '', update = '', edition = '', language = ''] = values;
  const [packed, ...rest] = edition.startsWith('~') ? edition.slice(1).split('~') : [edition];
  const all = [part, vendor, product, version, update, packed ?? '', language, ...rest].map(boundValue);
  return all.includes(null) ? null : (all as readonly string[]);
}

function boundValue(value: string): string | null {
  if (value === '') return '*';
  if (value === '-') return '-';
  if (!/^(?:[^%]|%[0-9a-f]{2})*$/.test(value)) return null;
  return value.replace(/%[0-9a-f]{2}|[^a-z0-9_.-]/g, (found) => {
    if (found === '%01') return '?';
    if (found === '%02') return '*';
    const plain = found.startsWith('%') ? String.fromCharCode(Number.parseInt(found.slice(1), 16)) : found;
    return /[a-z0-9_]/.test(plain) ? plain : `\\${plain}`;
  });
}
