import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseBundle } from '#policy/bundle.ts';
import { gates } from '#policy/gates.ts';
import type { ScanReport } from '#schema/scan-report.ts';
import { plimsoll } from '#test/support/command-line.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { allRules } from './all-rules.ts';

/** Gates and triggers of the original, by its reference data. */
const originals: Readonly<Record<string, readonly string[]>> = {
  always: ['always'],
  dockerfile: ['instruction', 'effective_user', 'exposed_ports', 'no_dockerfile_provided'],
  files: ['content_regex_match', 'name_match', 'attribute_match', 'suid_or_guid_set'],
  ruby_gems: [
    ...['newer_version_found_in_feed', 'not_found_in_feed', 'version_not_found_in_feed'],
    ...['blacklist', 'feed_data_unavailable'],
  ],
  metadata: ['attribute'],
  licenses: ['blacklist_exact_match', 'blacklist_partial_match'],
  malware: ['scans', 'scan_not_run'],
  npms: [
    ...['newer_version_in_feed', 'unknown_in_feeds', 'version_not_in_feeds'],
    ...['blacklisted_name_version', 'feed_data_unavailable'],
  ],
  packages: ['required_package', 'verify', 'blacklist'],
  passwd_file: [
    ...['content_not_available', 'blacklist_usernames', 'blacklist_userids', 'blacklist_groupids'],
    ...['blacklist_shells', 'blacklist_full_entry'],
  ],
  retrieved_files: ['content_not_available', 'content_regex'],
  secret_scans: ['content_regex_checks'],
  vulnerabilities: ['package', 'stale_feed_data', 'vulnerability_data_unavailable', 'blacklist'],
};

test('all 13 gates and 40 triggers of the original are there, in its order', () => {
  assert.equal(Object.values(originals).flat().length, 40);
  const own = gates.slice(0, 13).map(({ name, triggers }) => [name, triggers.map((trigger) => trigger.name)] as const);
  for (const [at, [gate, triggers]] of Object.entries(originals).entries()) {
    assert.equal(own[at]![0], gate);
    assert.deepEqual(own[at]![1].slice(0, triggers.length), triggers);
  }
});

test('the examples of all parameters are good values', () => {
  const parsed = parseBundle(allRules());
  assert.deepEqual(parsed.kind === 'invalid' ? parsed.problems : [], []);
});

const image = join(import.meta.dirname, '../../../shared/images/debian-12-slim.tar');
const skip = existsSync(image) ? false : 'the folder ../shared/images is not there';

test('every trigger is evaluated on a real image without a problem', { skip }, async () => {
  await using folder = await temporaryFolder();
  const policy = join(folder.path, 'bundle.json');
  await writeFile(policy, JSON.stringify(allRules()));
  const data = join(folder.path, 'data');
  const argv = ['scan', `oci-archive:${image}`, '--policy', policy, '--offline', '--data', data, '--output', 'json'];
  const { code, out, err } = await plimsoll(argv);
  assert.deepEqual([code, err], [0, '']);
  const { verdict } = JSON.parse(out) as ScanReport;
  assert.deepEqual(verdict.problems, []);
  const fired = new Set(verdict.reasons.map(({ gate, trigger }) => `${gate}.${trigger}`));
  const wanted = [
    ...['always.always', 'dockerfile.no_dockerfile_provided', 'files.suid_or_guid_set', 'malware.scan_not_run'],
    ...['packages.required_package', 'packages.verify', 'passwd_file.blacklist_usernames'],
    ...['retrieved_files.content_not_available', 'npms.feed_data_unavailable'],
  ];
  assert.deepEqual(
    wanted.filter((one) => !fired.has(one)),
    [],
  );
});
