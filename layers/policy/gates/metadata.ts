import { compileRegex } from '#core/regex/regex.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { comparators } from '#versions/comparators.ts';
import type { Gate, Trigger } from '../gate.ts';
import { integer, oneOf, string } from '../parameter-types.ts';

type Attribute = 'size' | 'architecture' | 'os_type' | 'distro' | 'distro_version' | 'like_distro' | 'layer_count';

const checks = [
  ...(['=', '!=', '>', '<', '>=', '<='] as const),
  ...(['exists', 'not_exists', 'like', 'not_like', 'in', 'not_in'] as const),
] as const;

type Check = (typeof checks)[number];

interface Values {
  readonly attribute: Attribute;
  readonly check: Check;
  readonly value: string | null;
}

const attribute: Trigger = {
  name: 'attribute',
  description: 'Fires when a check of an attribute of the image holds.',
  parameters: {
    attribute: {
      type: oneOf('size', 'architecture', 'os_type', 'distro', 'distro_version', 'like_distro', 'layer_count'),
      description: 'The attribute; size is in bytes.',
      example: 'size',
      required: true,
    },
    check: { type: oneOf(...checks), description: 'The check to make.', example: '>', required: true },
    value: {
      type: string,
      description:
        'What to compare with: a number, for size also with kb, mb, gb or tb; a text; a comma-separated list for in and not_in; a regular expression for like and not_like. Not needed for exists and not_exists.',
      example: '1073741824',
    },
  },
  refuses: (parameters) => problemOf(parameters as unknown as Values),
  *fires({ image }, parameters) {
    const values = parameters as unknown as Values;
    const actual = attributes[values.attribute](image);
    if (!holds(actual, values)) return;
    const { attribute: name, check, value } = values;
    yield {
      id: null,
      message: `Attribute check for attribute: '${name}' check: '${check}' check_value: '${shown(name, check, value)}' matched image value: '${actual ?? 'None'}'`,
    };
  },
};

const needsNoValue: readonly Check[] = ['exists', 'not_exists'];
const listed: readonly Check[] = ['in', 'not_in'];
const patterned: readonly Check[] = ['like', 'not_like'];

function problemOf({ attribute: name, check, value }: Values): string | null {
  if (needsNoValue.includes(check)) return null;
  if (value === null) return `The check ${check} needs a value`;
  if (patterned.includes(check)) {
    const compiled = compileRegex(value);
    return compiled.kind === 'invalid' ? `The value must be a regular expression: ${compiled.reason}` : null;
  }
  const items = listed.includes(check) ? itemsOf(value) : [value];
  if (name === 'size' && items.some((item) => bytesOf(item) === null))
    return 'The value must be a number of bytes, or one with kb, mb, gb or tb behind it';
  if (name === 'layer_count' && items.some((item) => !/^\s*\d{1,15}\s*$/.test(item)))
    return 'The value must be a whole number without a sign';
  return null;
}

/** As the original has them: a distribution that is not known is `Unknown`, one that is like none is like itself. */
const attributes: Readonly<Record<Attribute, (image: ImageReport) => string | number | null>> = {
  size: ({ size }) => size,
  architecture: ({ config }) => textOf(config['architecture']),
  os_type: ({ config }) => textOf(config['os']),
  distro: ({ distro }) => distro?.id ?? 'Unknown',
  distro_version: ({ distro }) => (distro === null ? '0' : (distro.versionId ?? '0')),
  like_distro: ({ distro }) =>
    distro === null ? 'Unknown' : distro.idLike.length > 0 ? distro.idLike.join(',') : distro.id,
  layer_count: ({ layers }) => layers.length,
};

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A value that is not there differs from every other, and nothing else can be said of it. */
function holds(actual: string | number | null, { attribute: name, check, value }: Values): boolean {
  if (check === 'exists') return Boolean(actual);
  if (check === 'not_exists') return !actual;
  if (actual === null) return check === '!=' || check === 'not_in';
  if (patterned.includes(check)) return matches(value!, String(actual)) === (check === 'like');
  if (listed.includes(check))
    return itemsOf(value!).some((item) => coerced(name, item) === actual) === (check === 'in');
  const wanted = coerced(name, value!);
  if (check === '=' || check === '!=') return (actual === wanted) === (check === '=');
  const order = compared(name, actual, wanted);
  return order !== null && { '>': order > 0, '<': order < 0, '>=': order >= 0, '<=': order <= 0 }[check as '>'];
}

function matches(pattern: string, text: string): boolean {
  const compiled = compileRegex(pattern);
  if (compiled.kind === 'invalid') throw new Error(`'${pattern}' is no regular expression: ${compiled.reason}`);
  return compiled.regex.matches(text);
}

/** Releases are compared as versions (`9` is before `10`), numbers as numbers, other texts letter by letter. */
function compared(name: Attribute, actual: string | number, wanted: string | number): number | null {
  if (name === 'distro_version') {
    const order = comparators.generic.compare(String(actual), String(wanted));
    return typeof order === 'number' ? order : null;
  }
  return actual < wanted ? -1 : actual > wanted ? 1 : 0;
}

function coerced(name: Attribute, text: string): string | number {
  if (name === 'size') return bytesOf(text) ?? Number.NaN;
  return name === 'layer_count' ? Number(text) : text;
}

function itemsOf(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim());
}

const units = ['', 'kb', 'mb', 'gb', 'tb'];

/** Bytes of `100mb`: units are powers of 1024. */
function bytesOf(text: string): number | null {
  const [, digits, unit] = /^\s*(\d{1,15})([kmgt]b)?\s*$/i.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * 1024 ** units.indexOf((unit ?? '').toLowerCase());
}

/** The value as the message has it: a number where the attribute is one. */
function shown(name: Attribute, check: Check, value: string | null): string {
  if (value === null) return '';
  const plain = needsNoValue.includes(check) || patterned.includes(check) || listed.includes(check);
  return plain ? value : String(coerced(name, value));
}

const day = 86_400_000;

const age: Trigger = {
  name: 'age',
  description:
    'Fires when the image was made more than so many days ago. One that does not tell (reproducible builds write 1970 or 1980) is as old as it is known here.',
  parameters: {
    max_days: { type: integer, description: 'Days since the image was made.', example: '90', required: true },
  },
  *fires({ image, knownSince, now }, parameters) {
    const { max_days: days } = parameters as { max_days: number };
    const told = Date.parse(image.created ?? '');
    const since = told > unset ? told : knownSince;
    if (since >= now - days * day) return;
    const date = new Date(since).toISOString().slice(0, 10);
    yield { id: null, message: `The image is of ${date}, which is more than ${days} days ago` };
  },
};

/** A day past what reproducible builds take for the beginning of time (SOURCE_DATE_EPOCH of 0, of the ZIP format). */
const unset = Date.UTC(1980, 0, 3);

/** Looks at the image as a whole: size, layers, architecture, distribution. */
export const metadata: Gate = {
  name: 'metadata',
  description: 'Checks attributes of the image: size, number of layers, architecture, distribution.',
  triggers: [attribute, age],
};
