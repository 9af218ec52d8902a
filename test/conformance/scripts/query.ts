import { alpineApp } from '#test/support/api-images.ts';
import type { Script } from '../session.ts';

const byVulnerability = ['Full Tag', 'Severity', 'Package', 'Package Type', 'Namespace', 'Digest'];
const byPackage = ['Full Tag', 'Package', 'Package Type', 'Digest'];

/** `query ...`: which images have it. */
export const queryScript: Script = async ({ type, refused, world }) => {
  const tag = `${world.registry}/team/app:v1`;
  const vulnerability = ['query', 'images-by-vulnerability', '--vulnerability-id'];
  const named = ['query', 'images-by-package', '--name'];
  await type([...named, 'musl'], { exit: 0, columns: byPackage, count: 0 });
  await type(['image', 'add', tag], { exit: 0 });
  await type(['image', 'wait', tag, '--timeout', '60', '--interval', '1'], { exit: 0 });

  const found = [tag, 'Unknown', 'musl-1.2.5-r0', 'APKG', 'alpine:3.20', alpineApp.digest];
  await type([...vulnerability, 'CVE-2031-0001'], { exit: 0, columns: byVulnerability, rows: [found] });
  await type([...vulnerability, 'CVE-2031-0001', '--namespace', 'alpine:3.20', '--package', 'musl', '--vendor_only'], {
    exit: 0,
    columns: byVulnerability,
    rows: [found],
    count: 1,
  });
  await type([...vulnerability, 'CVE-2031-0001', '--severity', 'Critical'], {
    exit: 0,
    columns: byVulnerability,
    count: 0,
  });
  await type([...vulnerability, 'CVE-2031-9999'], { exit: 0, columns: byVulnerability, count: 0 });
  await type([...vulnerability, 'CVE-2031-0001', '--severity', 'Grave'], {
    exit: 1,
    prints: [/^Detail: .*severity/],
  });
  await type(['query', 'images-by-vulnerability'], { exit: 2, prints: ['Missing option'] });
  await refused([...vulnerability, 'CVE-2031-0001']);

  const row = [tag, 'musl-1.2.5-r0', 'APKG', alpineApp.digest];
  await type([...named, 'musl'], { exit: 0, columns: byPackage, rows: [row], count: 1 });
  await type([...named, 'musl', '--version', '1.2.5-r0', '--package-type', 'APKG'], {
    exit: 0,
    columns: byPackage,
    rows: [row],
    count: 1,
  });
  await type([...named, 'musl', '--version', '0'], { exit: 0, columns: byPackage, count: 0 });
  await type([...named, 'hull', '--package-type', 'npm'], {
    exit: 0,
    columns: byPackage,
    rows: [[tag, 'hull-1.2.2', 'npm', alpineApp.digest]],
  });
  await type(['query', 'images-by-package'], { exit: 2, prints: ['Missing option'] });
  await refused([...named, 'musl']);
};
