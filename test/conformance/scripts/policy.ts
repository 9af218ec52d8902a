import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Script } from '../session.ts';

const listed = ['Policy ID', 'Active', 'Created', 'Updated'];
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** A bundle with one rule; every image is stopped by it where `stops`. */
export function bundleOf(id: string, stops: boolean): object {
  const parameters = [{ name: 'users', value: 'root' }];
  const rule = {
    id: 'r1',
    gate: 'dockerfile',
    trigger: 'effective_user',
    action: 'STOP',
    params: [...parameters, { name: 'type', value: 'blacklist' }],
  };
  const policy = { id: 'p', name: 'of the script', version: '1_0', rules: stops ? [rule] : [] };
  const everything = { registry: '*', repository: '*', image: { type: 'tag', value: '*' } };
  return {
    ...{ id, name: id, version: '1_0' },
    policies: [policy],
    whitelists: [],
    mappings: [{ id: 'm', name: 'all', ...everything, policy_ids: ['p'], whitelist_ids: [] }],
    whitelisted_images: [],
    blacklisted_images: [],
  };
}

/** `policy ...`: bundles are added, made active and removed; gates are described; the hub is asked. */
export const policyScript: Script = async ({ type, typeJson, refused, world }) => {
  const file = join(world.folder, 'ballast.json');
  await writeFile(file, JSON.stringify(bundleOf('ballast', true)));
  const broken = join(world.folder, 'broken.json');
  await writeFile(broken, JSON.stringify({ id: 'broken', version: '1_0' }));

  await type(['policy', 'list'], { exit: 0, columns: listed, rows: [[/.+/, 'True', time, time]] });
  await type(['policy', 'add', file], {
    exit: 0,
    fields: { 'Policy ID': 'ballast', Active: 'False', Source: 'local', Created: time, Updated: time },
  });
  await type(['policy', 'add', broken], {
    exit: 1,
    prints: ["Detail: request body 'policies' is a required property", 'Hint: The "policies" key'],
  });
  await type(['policy', 'add', join(world.folder, 'none.json')], { exit: 2, prints: ['does not exist'] });
  await type(['policy', 'list'], { exit: 0, columns: listed, rows: [['ballast', 'False', time, time]], count: 2 });
  await type(['policy', 'get', 'ballast'], {
    exit: 0,
    fields: { 'Policy ID': 'ballast', Active: 'False', Source: 'local' },
  });
  await type(['policy', 'get', 'ballast', '--detail'], { exit: 0, prints: [/^\{/, '"effective_user"'] });
  await typeJson(['policy', 'get', 'ballast']);
  await type(['policy', 'get', 'none'], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['policy', 'activate', 'ballast'], { exit: 0, prints: ['Success'] });
  await type(['policy', 'list'], { exit: 0, columns: listed, rows: [['ballast', 'True', time, time]], count: 2 });
  await type(['policy', 'activate', 'none'], { exit: 1, prints: ['HTTP Code: 404'] });
  // Active bundles stay.
  await type(['policy', 'del', 'ballast'], { exit: refusedDelete, prints: ['Error: '] });
  await type(['policy', 'del', 'none'], { exit: 1, prints: ['HTTP Code: 404'] });
  await refused(['policy', 'list']);

  await type(['policy', 'describe'], {
    exit: 0,
    columns: ['Gate', 'Description'],
    rows: [
      ['vulnerabilities', /.+/],
      ['dockerfile', /.+/],
      ['always', /.+/],
    ],
  });
  await type(['policy', 'describe', '--all'], { exit: 0, columns: ['Gate', 'Description', 'State', 'Superceded By'] });
  await type(['policy', 'describe', '--gate', 'vulnerabilities'], {
    exit: 0,
    columns: ['Trigger', 'Description', 'Parameters'],
    rows: [['package', /.+/, /.+/]],
  });
  await type(['policy', 'describe', '--gate', 'vulnerabilities', '--trigger', 'package', '--all'], {
    exit: 0,
    columns: ['Parameter', 'Description', 'Required', 'Example', 'State', 'Supereceded By'],
    rows: [['package_type', /.+/, 'True', /.+/, 'active', /.*/]],
  });
  await refused(['policy', 'describe']);

  await type(['policy', 'hub', 'list'], {
    exit: 0,
    columns: ['Name', 'Description'],
    rows: [['calm_water', 'Stops nothing']],
    count: 1,
  });
  await type(['policy', 'hub', 'get', 'calm_water'], { exit: 0, fields: { 'Policy Bundle ID': 'calm_water' } });
  await type(['policy', 'hub', 'get', 'none'], { exit: 2, prints: ['not found in index'] });
  const elsewhere = { environment: { ANCHORE_CLI_HUB_URL: `${world.url}/no-hub` } };
  await type(['policy', 'hub', 'list'], { exit: 2, prints: ['Could not fetch index'] }, elsewhere);
  await type(['policy', 'hub', 'install', 'calm_water'], { exit: 0, fields: { 'Policy ID': 'calm_water' } });
  await type(['policy', 'hub', 'install', 'calm_water'], { exit: 2, prints: ['already installed'] });
  await type(['policy', 'hub', 'install', 'calm_water', '--target-id', 'flat_water'], {
    exit: 0,
    fields: { 'Policy ID': 'flat_water' },
  });
  await type(['policy', 'hub', 'install', 'calm_water', '--force'], { exit: 0 });
  await type(['policy', 'activate', 'calm_water'], { exit: 0, prints: ['Success'] });
  await type(['policy', 'del', 'ballast'], { exit: 0, prints: ['Success'] });
  await type(['policy', 'get', 'ballast'], { exit: 1, prints: ['HTTP Code: 404'] });
};

/** The original answers 500, which ends with 2; a client's mistake is no defect of ours, so it ends with 1. */
const refusedDelete = 1;
