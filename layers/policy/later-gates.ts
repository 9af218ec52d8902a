/**
 * Gates and triggers of the original that Plimsoll does not have yet. A bundle that uses them is accepted; evaluating such
 * a rule is a problem of the verdict, and stops when the rule would stop: what cannot be evaluated never silently passes.
 * A gate leaves this table for gates.ts when it is built.
 */
export const laterGates: Readonly<Record<string, readonly string[]>> = {
  files: ['content_regex_match', 'name_match', 'attribute_match', 'suid_or_guid_set'],
  licenses: ['blacklist_exact_match', 'blacklist_partial_match'],
  malware: ['scans', 'scan_not_run'],
  metadata: ['attribute'],
  npms: [
    'newer_version_in_feed',
    'unknown_in_feeds',
    'version_not_in_feeds',
    'blacklisted_name_version',
    'feed_data_unavailable',
  ],
  packages: ['required_package', 'verify', 'blacklist'],
  passwd_file: [
    'content_not_available',
    'blacklist_usernames',
    'blacklist_userids',
    'blacklist_groupids',
    'blacklist_shells',
    'blacklist_full_entry',
  ],
  retrieved_files: ['content_not_available', 'content_regex'],
  ruby_gems: [
    'newer_version_found_in_feed',
    'not_found_in_feed',
    'version_not_found_in_feed',
    'blacklist',
    'feed_data_unavailable',
  ],
  secret_scans: ['content_regex_checks'],
};
