import { testPublishedGate } from '../published-gate.ts';

testPublishedGate({
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
