import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alpineApp, alpineAppNext } from '#test/support/api-images.ts';
import type { Script } from '../session.ts';

const unknown = `sha256:${'0'.repeat(64)}`;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const contentTypes = ['os', 'files', 'npm', 'gem', 'python', 'java', 'binary', 'go', 'malware'];
const listed = ['Full Tag', 'Image Digest', 'Analysis Status'];
const packages = ['Package', 'Version', 'Location'];

/** `image ...`: an image is added, waited for, looked at in every way, and deleted. */
export const imageScript: Script = async (session) => {
  const { type, typeJson, refused, world } = session;
  const v1 = `${world.registry}/team/app:v1`;
  const v2 = `${world.registry}/team/app:v2`;
  const dockerfile = join(world.folder, 'Dockerfile');
  await writeFile(dockerfile, 'FROM alpine:3.20\nCOPY hull /srv\n');

  await type(['image', 'list'], { exit: 0, columns: listed, count: 0 });
  await type(['image', 'get', v1], { exit: 1, prints: ['HTTP Code: 404', 'image data not found in DB'] });
  await type(['image', 'vuln', v1, 'all'], { exit: 1, prints: ['no discovered imageDigest'] });
  await type(['image', 'wait', v1, '--interval', '1'], { exit: 2, prints: ['not found in system'] });
  await type(['image', 'add', v1, '--annotation', 'owner=harbour', '--dockerfile', dockerfile], {
    exit: 0,
    fields: {
      'Image Digest': alpineApp.digest,
      'Parent Digest': alpineApp.digest,
      'Analysis Status': /^(not_analyzed|analyzing|analyzed)$/,
      'Image Type': 'docker',
      'Analyzed At': /^(None|\d{4}-.*Z)$/,
      'Image ID': /^[0-9a-f]{64}$/,
      Annotations: 'owner=harbour',
      'Full Tag': v1,
      'Tag Detected At': time,
    },
  });
  await type(['image', 'wait', v1, '--timeout', '0'], { exit: 2, prints: ['Timed-out waiting'] });
  await type(['image', 'wait', v1, '--timeout', '60', '--interval', '1'], { exit: 0, fields: analyzed(v1) });
  await type(['image', 'add', v2, '--noautosubscribe'], { exit: 0, fields: { 'Image Digest': alpineAppNext.digest } });
  await type(['image', 'wait', alpineAppNext.digest, '--timeout', '60', '--interval', '1'], { exit: 0 });
  await type(['image', 'add', v1, '--annotation', 'owner'], { exit: 2, prints: ['annotation format error'] });
  await type(['image', 'add', alpineApp.digest], { exit: 2, prints: ['can only add a tag'] });
  await type(['image', 'add', `${world.registry}/team/app:none`], {
    exit: 1,
    prints: ['HTTP Code: 400', /error_codes.*REGISTRY_IMAGE_NOT_FOUND/],
  });
  await type(['image', 'add', `${world.locked}/team/app:v1`], { exit: 1, prints: ['HTTP Code: 400'] });
  await type(['image', 'add', v1, '--force'], { exit: 0, fields: { 'Image Digest': alpineApp.digest } });
  await type(['image', 'wait', v1, '--timeout', '60', '--interval', '1'], { exit: 0, fields: analyzed(v1) });
  await refused(['image', 'add', v1]);

  await type(['image', 'list'], {
    exit: 0,
    columns: listed,
    rows: [
      [v1, alpineApp.digest, 'analyzed'],
      [v2, alpineAppNext.digest, 'analyzed'],
    ],
    count: 2,
  });
  await type(['image', 'list', '--full', '--show-all'], {
    exit: 0,
    columns: [...listed, 'Image ID'],
    rows: [[v1, alpineApp.digest, 'analyzed', /^[0-9a-f]{64}$/]],
  });
  await refused(['image', 'list']);

  await type(['image', 'get', v1], { exit: 0, fields: analyzed(v1) });
  await type(['image', 'get', v1, '--show-history'], { exit: 0, fields: analyzed(v1) });
  await type(['image', 'get', alpineApp.digest], { exit: 0, fields: analyzed(v1) });
  const [record] = (await typeJson<{ image_detail: { imageId: string }[] }[]>(['image', 'get', v1])) ?? [];
  const id = record?.image_detail[0]?.imageId ?? 'no-image-id';
  await type(['image', 'get', id], { exit: 0, fields: { ...analyzed(v1), 'Image ID': id } });
  await type(['image', 'get', unknown], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['image', 'get', '0'.repeat(64)], { exit: 1, prints: ['HTTP Code: 404'] });

  await type(['image', 'content', v1], { exit: 0, prints: contentTypes.map((name) => `${name}: available\n`) });
  await type(['image', 'content', v1, 'os'], {
    exit: 0,
    columns: ['Package', 'Version', 'Licenses'],
    rows: [
      ['musl', '1.2.5-r0', 'MIT'],
      ['musl-utils', '1.2.5-r0', 'MIT BSD-2-Clause'],
    ],
  });
  await type(['image', 'content', alpineApp.digest, 'files'], {
    exit: 0,
    columns: ['Filename', 'Size'],
    rows: [['/etc/passwd', /^2\d$/]],
  });
  await type(['image', 'content', v1, 'npm'], {
    exit: 0,
    columns: packages,
    rows: [['hull', '1.2.2', '/srv/node_modules/hull/package.json']],
  });
  await type(['image', 'content', v1, 'python'], {
    exit: 0,
    columns: packages,
    rows: [['PyShip', '2.0', /^\/usr\/lib\/python3.12\/site-packages/]],
  });
  // Nothing of these types is in the image, and the client takes nothing for an error.
  for (const name of ['gem', 'java', 'go', 'binary'])
    await type(['image', 'content', v1, name], { exit: 2, prints: ['There is no image content'] });
  await type(['image', 'content', v1, 'malware'], {
    exit: 0,
    columns: ['Scanner', 'Matched Signature', 'Path'],
    rows: [['clamav', 'Test.Barnacle', '/srv/app.env']],
    count: 1,
  });
  await type(['image', 'content', v1, 'manifest'], { exit: 0, prints: ['"schemaVersion"'] });
  await type(['image', 'content', v1, 'docker_history'], { exit: 0, prints: [/^\[/] });
  await type(['image', 'content', v1, 'dockerfile'], { exit: 0, prints: ['FROM alpine:3.20'] });
  await type(['image', 'content', v1, 'keel'], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['image', 'content', unknown, 'os'], { exit: 1, prints: ['HTTP Code: 404'] });

  await type(['image', 'metadata', v1], {
    exit: 0,
    prints: ['manifest: available\n', 'docker_history: available\n', 'dockerfile: available\n'],
  });
  for (const name of ['manifest', 'docker_history', 'dockerfile'])
    await type(['image', 'metadata', v1, name], {
      exit: 0,
      fields: { 'Image Digest': alpineApp.digest, 'Metadata Type': name },
      prints: [/^Metadata: ./m],
    });
  await type(['image', 'metadata', v1, 'keel'], { exit: 1, prints: ['HTTP Code: 404'] });

  const vulnerabilities = [
    ...['Vulnerability ID', 'Package', 'Severity', 'Fix', 'CVE Refs'],
    ...['Vulnerability URL', 'Type', 'Feed Group', 'Package Path'],
  ];
  const ofSystem = [
    'CVE-2031-0001',
    'musl-1.2.5-r0',
    'Unknown',
    '1.2.5-r1',
    /.*/,
    /^http/,
    'APKG',
    'alpine:3.20',
    'pkgdb',
  ];
  const ofProgram = [/^GHSA-/, 'hull-1.2.2', 'Critical', '1.2.3', /.*/, /^http/, 'npm', /.+/, /package\.json$/];
  await type(['image', 'vuln', v1], { exit: 0, prints: ['os: available', 'non-os: available', 'all: available'] });
  await type(['image', 'vuln', v1, 'os'], { exit: 0, columns: vulnerabilities, rows: [ofSystem], never: ['GHSA-'] });
  await type(['image', 'vuln', v1, 'non-os'], {
    exit: 0,
    columns: vulnerabilities,
    rows: [ofProgram],
    never: ['musl'],
  });
  await type(['image', 'vuln', alpineApp.digest, 'all', '--vendor-only', 'False'], {
    exit: 0,
    columns: vulnerabilities,
    rows: [ofSystem, ofProgram],
  });
  await type(['image', 'vuln', v1, 'keel'], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['image', 'vuln', unknown, 'all'], { exit: 1, prints: ['HTTP Code: 404'] });

  // The client has it, no engine ever did.
  const exported = join(world.folder, 'export.json');
  await writeFile(exported, '[{"docker": {}}]');
  await type(['image', 'import', '--infile', exported], { exit: 1, prints: ['Detail: '] });

  // It is the newest of a tag that is watched.
  await type(['image', 'del', v1], { exit: 1, prints: [/subscription/i] });
  await type(['image', 'del', v1, '--force'], { exit: 0, prints: ['Success'] });
  await type(['image', 'del', unknown], { exit: 1 });
  await type(['image', 'del'], { exit: 2, prints: ['Missing argument'] });
  await type(['image', 'del', '--all', '--force'], { exit: 0, prints: [v2] });
  await type(['image', 'list'], { exit: 0, columns: listed, count: 0 });
};

function analyzed(tag: string) {
  return {
    'Image Digest': alpineApp.digest,
    'Analysis Status': 'analyzed',
    'Analyzed At': time,
    'Dockerfile Mode': 'Actual',
    Distro: 'alpine',
    'Distro Version': '3.20.3',
    Size: /^\d+$/,
    Architecture: 'amd64',
    'Layer Count': '2',
    'Full Tag': tag,
    'Tag Detected At': time,
  };
}
