import { testPublishedGate } from '../published-gate.ts';

testPublishedGate({
  gate: 'npms',
  type: 'npm',
  triggers: {
    newer: 'newer_version_in_feed',
    unknown: 'unknown_in_feeds',
    version: 'version_not_in_feeds',
    blacklist: 'blacklisted_name_version',
  },
  upper: 'NPM',
  newerPrefix: 'NPMNOTLATEST ',
  word: 'NPM',
});
