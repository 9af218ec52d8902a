import type { Regex } from '#core/regex/regex.ts';
import type { Gate, Trigger } from '../gate.ts';
import { oneOf, regex, string } from '../parameter-types.ts';
import { retrievedText } from '../retrieved-text.ts';

const path = {
  type: string,
  description: 'Absolute path of the file.',
  example: '/etc/httpd.conf',
  required: true,
};

const contentNotAvailable: Trigger = {
  name: 'content_not_available',
  description: 'Fires when a file was not kept when the image was analyzed.',
  parameters: { path },
  *fires(facts, parameters) {
    const { path: wanted } = parameters as { path: string };
    if (retrievedText(facts, wanted) === null) yield { id: null, message: 'Cannot locate file in the image analysis' };
  },
};

interface RegexValues {
  readonly path: string;
  readonly regex: Regex;
  readonly check: 'match' | 'no_match';
}

const contentRegex: Trigger = {
  name: 'content_regex',
  description:
    'Fires when a word of a kept file (what stands between white space) matches a regular expression from its start, or when none does.',
  parameters: {
    path,
    check: {
      type: oneOf('match', 'no_match'),
      description: 'Whether to fire when a word matches, or when none does.',
      example: 'match',
      required: true,
    },
    regex: { type: regex, description: 'The regular expression.', example: '.*SSlEnabled.*', required: true },
  },
  *fires(facts, parameters, ruleId) {
    const { path: wanted, regex: pattern, check } = parameters as unknown as RegexValues;
    const text = retrievedText(facts, wanted);
    if (text === null) return;
    const matched = text.split(/\s+/u).some((word) => word !== '' && pattern.matches(word));
    if (matched !== (check === 'match')) return;
    yield {
      id: `${ruleId ?? 'None'}+file://${wanted}`,
      message: `Content regex '${pattern.source}' check '${check}' found in retrieved file '${wanted}'`,
    };
  },
};

/** Looks at files that were kept when the image was analyzed. */
export const retrievedFiles: Gate = {
  name: 'retrieved_files',
  description: 'Checks files that were kept when the image was analyzed: whether they are there, and what they hold.',
  triggers: [contentNotAvailable, contentRegex],
};
