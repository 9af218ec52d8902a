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

test('there are the 13 gates and 40 triggers of the original, each with examples that are good values', () => {
  assert.equal(gates.length, 13);
  assert.equal(gates.flatMap(({ triggers }) => triggers).length, 40);
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
