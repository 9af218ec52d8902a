import type { Regex } from '#core/regex/regex.ts';
import type { FileEntry, FileType } from '#schema/layer-report.ts';
import { inheritedLayers } from '../inherited-layers.ts';
import type { Gate, Match, Trigger } from '../gate.ts';
import { boolean, octalMode, oneOf, regex, string } from '../parameter-types.ts';

const contentRegexMatch: Trigger = {
  name: 'content_regex_match',
  description: 'Fires for each file in which the content search found one of its patterns.',
  parameters: {
    regex_name: {
      type: string,
      description: 'Only the pattern of this name, or of this text.',
      example: 'PASSWORD',
    },
  },
  *fires({ image }, parameters) {
    const { regex_name: wanted } = parameters as { regex_name: string | null };
    for (const { path, matches } of image.details.contentMatches)
      for (const { name, regex: pattern } of matches) {
        const whole = `${name}=${pattern}`;
        if (wanted && ![name, pattern, whole].includes(wanted)) continue;
        yield reason(`File content analyzer found regexp match in container: file=${path} regexp=${whole}`);
      }
  },
};

const nameMatch: Trigger = {
  name: 'name_match',
  description: 'Fires for each file whose absolute path matches a regular expression from its start.',
  parameters: {
    regex: { type: regex, description: 'The regular expression.', example: '.*\\.pem', required: true },
  },
  needs: ['files'],
  *fires({ files }, parameters) {
    const { regex: pattern } = parameters as { regex: Regex };
    for (const path of files!.keys())
      if (pattern.matches(path))
        yield reason(`Application of regex matched file found in container: file=${path} regexp=${pattern.source}`);
  },
};

const operators = oneOf('equals', 'not_equals');

interface AttributeValues {
  readonly filename: string;
  readonly checksum: string | null;
  readonly checksum_match: 'equals' | 'not_equals';
  readonly mode: number | null;
  readonly mode_op: 'equals' | 'not_equals';
  readonly skip_missing: boolean;
}

const attributeMatch: Trigger = {
  name: 'attribute_match',
  description: 'Fires when a file is there with, or without, this content and this mode.',
  parameters: {
    filename: { type: string, description: 'Absolute path of the file.', example: '/etc/passwd', required: true },
    checksum_algorithm: {
      type: oneOf('sha256'),
      description: 'How the checksum is made.',
      example: 'sha256',
      default: 'sha256',
    },
    checksum: {
      type: string,
      description: 'Checksum of its content.',
      example: '832cd0f75b227d13aac82b1f70b7f90191a4186c151f9db50851d209c45ede11',
    },
    checksum_match: {
      type: operators,
      description: 'Whether the checksum is to be this one or another.',
      example: 'equals',
      default: 'equals',
    },
    mode: { type: octalMode, description: 'Permission bits in octal.', example: '00644' },
    mode_op: {
      type: operators,
      description: 'Whether the mode is to be this one or another.',
      example: 'equals',
      default: 'equals',
    },
    skip_missing: {
      type: boolean,
      description: 'Says nothing (true) or fires (false) when the file is not there.',
      example: 'true',
      default: true,
    },
  },
  needs: ['files'],
  *fires({ files }, parameters) {
    const values = parameters as unknown as AttributeValues;
    const file = files!.get(values.filename);
    const said = file === undefined ? missing(values) : [checksumTest(file, values), modeTest(file, values)];
    // A test that fails stops the match; one that was not asked for says nothing.
    if (said.includes(false)) return;
    const words = said.filter((one) => typeof one === 'string');
    if (words.length > 0) yield reason([`filename=${values.filename}`, ...words].join(' and '));
  },
};

function missing({ skip_missing: skipped }: AttributeValues): readonly (string | false)[] {
  return skipped ? [] : ['skip_missing=False'];
}

/** What the original writes for everything that has no content. */
const noContent = 'DIRECTORY_OR_OTHER';

function checksumTest({ sha256 }: FileEntry, { checksum, checksum_match: operator }: AttributeValues) {
  if (checksum === null) return null;
  const actual = sha256 ?? noContent;
  if ((actual === checksum.toLowerCase()) !== (operator === 'equals')) return false;
  return `checksum=${actual} op=${operator} specified_checksum=${checksum}`;
}

function modeTest(file: FileEntry, { mode, mode_op: operator }: AttributeValues) {
  if (mode === null) return null;
  if ((file.mode === mode) !== (operator === 'equals')) return false;
  return `mode=${octal(file.mode)} op=${operator} specified_mode=${octal(mode)}`;
}

const suidOrGuidSet: Trigger = {
  name: 'suid_or_guid_set',
  description: 'Fires for each file and folder with the setuid or the setgid bit.',
  parameters: {
    only_added: {
      type: boolean,
      description: 'Leaves out what comes from the image that this one was built on, where that is known.',
      example: 'true',
      default: false,
    },
  },
  needs: ['files'],
  *fires(facts, parameters) {
    const inherited = (parameters as { only_added: boolean }).only_added ? inheritedLayers(facts) : none;
    for (const [path, { mode, type, layer }] of facts.files!)
      if ((mode & 0o6000) !== 0 && !inherited.has(layer))
        yield reason(`SUID or SGID found set on file ${path}. Mode: ${octal(typeBits[type] | mode)}`);
  },
};

const none: ReadonlySet<string> = new Set();

/** As `st_mode` has them (inode(7)): the original's messages hold whole modes. */
const typeBits: Readonly<Record<FileType, number>> = {
  file: 0o100000,
  hardlink: 0o100000,
  dir: 0o040000,
  symlink: 0o120000,
  char: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
};

/** As Python's `oct` writes it. */
function octal(mode: number): string {
  return `0o${mode.toString(8)}`;
}

function reason(message: string): Match {
  return { id: null, message };
}

/** Looks at the files of the image: names, modes, checksums, and what the content search found in them. */
export const files: Gate = {
  name: 'files',
  description: 'Checks names, modes, checksums and content of files in the image.',
  triggers: [contentRegexMatch, nameMatch, attributeMatch, suidOrGuidSet],
};
