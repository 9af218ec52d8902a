import type { Gate } from '../gate.ts';
import { publishedGate } from '../published-packages.ts';

/** Compares gems with what rubygems.org has published. */
export const rubyGems: Gate = publishedGate({
  gate: 'ruby_gems',
  type: 'gem',
  triggers: {
    newer: 'newer_version_found_in_feed',
    unknown: 'not_found_in_feed',
    version: 'version_not_found_in_feed',
    blacklist: 'blacklist',
  },
  upper: 'GEM',
  newerPrefix: '',
  word: 'Gem',
});
