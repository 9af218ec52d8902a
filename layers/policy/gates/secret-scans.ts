import type { Regex } from '#core/regex/regex.ts';
import type { Gate, Trigger } from '../gate.ts';
import { oneOf, regex, string } from '../parameter-types.ts';

interface Values {
  readonly content_regex_name: string | null;
  readonly filename_regex: Regex | null;
  readonly match_type: 'found' | 'notfound';
}

const contentRegexChecks: Trigger = {
  name: 'content_regex_checks',
  description: 'Fires for each file and pattern of the search for secrets, or once when nothing was found.',
  parameters: {
    content_regex_name: {
      type: string,
      description:
        'Only patterns of these names, separated by commas: AWS_ACCESS_KEY, AWS_SECRET_KEY, PRIV_KEY, DOCKER_AUTH, API_KEY and those of the analysis settings; or the one of this text.',
      example: 'AWS_ACCESS_KEY',
    },
    filename_regex: {
      type: regex,
      description: 'Only files whose absolute path matches this regular expression from its start.',
      example: '/etc/.*',
    },
    match_type: {
      type: oneOf('notfound', 'found'),
      description: 'Whether to fire for what was found, or when nothing was.',
      example: 'found',
      default: 'found',
    },
  },
  *fires({ image }, parameters) {
    const { content_regex_name: named, filename_regex: file, match_type: type } = parameters as unknown as Values;
    const names = named ? [named, ...named.split(',').map((name) => name.trim())] : null;
    let any = false;
    for (const { path, matches } of image.details.secrets) {
      if (file !== null && !file.matches(path)) continue;
      for (const { name, regex: pattern } of matches) {
        const whole = `${name}=${pattern}`;
        if (names !== null && ![name, pattern, whole].some((one) => names.includes(one))) continue;
        any = true;
        if (type === 'found')
          yield reason(`Secret content search analyzer found regexp match in container: file=${path} regexp=${whole}`);
      }
    }
    if (type === 'notfound' && !any)
      yield reason(
        `Secret content search analyzer did not find regexp match in container: filename_regex=${file?.source || '*'} content_regex_name=${named || 'all'}`,
      );
  },
};

function reason(message: string) {
  return { id: null, message };
}

/** Looks at where the search for secrets found something; what it found is kept nowhere. */
export const secretScans: Gate = {
  name: 'secret_scans',
  description: 'Checks where the search for secrets found one of its patterns.',
  triggers: [contentRegexChecks],
};
