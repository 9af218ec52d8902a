import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scanReport } from '#schema/scan-report.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

/**
 * `node test/real-image/compare.ts FOLDER`: what Plimsoll finds in the image that make-image.sh made, beside what the tools said of it,
 * by type: how many each has, and every name and version that one has and the other does not.
 */

const folder = process.argv[2];
if (folder === undefined) throw new Error('give the folder of make-image.sh');

type Found = ReturnType<typeof scanReport.parse>['packages'][number];

/** How the tool calls a package of ours, and whether it can tell of it: what it cannot is counted, and no difference. */
const tools = {
  deb: { ours: () => true, name: ({ name, version, arch }: Found) => `${name}\t${version}\t${arch}` },
  python: { ours: () => true, name: ({ name, version }: Found) => `${name}\t${version}` },
  gem: { ours: () => true, name: ({ name, version }: Found) => `${name}\t${version}` },
  // npm does not look into what Debian installs as packages of Node.js, nor into a module's folders other than its node_modules.
  npm: {
    ours: ({ paths }: Found) =>
      paths.some((path) =>
        /^\/(srv|usr\/local\/lib)(\/node_modules\/(@[^/]+\/)?[^/]+)+\/package\.json$/.test(
          path.replace('/srv/web', '/srv'),
        ),
      ),
    name: ({ name, version }: Found) => `${name}\t${version}`,
  },
  cran: { ours: () => true, name: ({ name, version }: Found) => `${name}\t${version}` },
  golang: { ours: () => true, name: ({ name, version }: Found) => `${name}\t${version}` },
  // Maven knows the application's archives, and Debian leaves what it writes out of most of its own. Spring Boot adds its loader.
  java: {
    ours: ({ name, paths }: Found) =>
      paths.some((path) => path.startsWith('/srv/')) && !name.endsWith(':spring-boot-jarmode-layertools'),
    name: ({ name, version }: Found) => `${name}\t${version}`,
  },
} as const;

await using data = await temporaryFolder();
const program = join(import.meta.dirname, '../../bin/plimsoll.ts');
const argv = [program, 'scan', `oci:${folder}/image`, '--data', data.path, '--offline', '-q', '-o', 'json'];
const report = scanReport.parse(JSON.parse(scan(argv)));
console.log(`${report.packages.length} packages, ${report.notes.length} notes`);
for (const { analyzer, path, problem } of report.notes)
  if (path !== null) console.log(`  note: ${analyzer} ${path}: ${problem}`);
for (const [type, { ours, name }] of Object.entries(tools)) {
  const found = report.packages.filter((one) => one.type === type);
  const all = new Set(found.map((one) => plain(type, name(one))));
  const own = new Set(found.filter(ours).map((one) => plain(type, name(one))));
  const said = new Set(lines(readFileSync(join(folder, 'said', type), 'utf8')).map((line) => plain(type, line)));
  const more = [...own].filter((one) => !said.has(one)).sort();
  const less = [...said].filter((one) => !all.has(one)).sort();
  const both = [...said].filter((one) => all.has(one)).length;
  console.log(
    `${type}: ${all.size} of ours, ${said.size} of the tool, ${both} the same, ${all.size - both - more.length} that it cannot tell of`,
  );
  for (const one of more) console.log(`  only ours: ${one}`);
  for (const one of less) console.log(`  only the tool: ${one}`);
}

function scan(argv: readonly string[]): string {
  try {
    return execFileSync(process.execPath, argv, { encoding: 'utf8', maxBuffer: 1024 ** 3 });
  } catch (thrown) {
    // 1: may not ship.
    const { status, stdout } = thrown as { readonly status: number | null; readonly stdout: string };
    if (status === 1) return stdout;
    throw thrown;
  }
}

/** Names of Python are the same however they are spelled (PEP 503). */
function plain(type: string, line: string): string {
  return type === 'python' ? line.toLowerCase().replace(/[-_.]+(?=.*\t)/g, '-') : line;
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
