import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { analyzeImage } from '#analysis/analyze-image.ts';
import { ecosystems } from '#core/ecosystem.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { parseBundle } from '#policy/bundle.ts';
import { evaluate } from '#policy/evaluate.ts';
import type { Facts, JudgedFinding } from '#policy/gate.ts';
import { gates } from '#policy/gates.ts';
import { neededBy, readNeeded } from '#policy/needed-facts.ts';
import { openImage } from '#registry/open-image.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { fetchFrom } from './shared-mirror.ts';
import { latencies, timed } from './matching/measured.ts';
import { shown } from './matching/table.ts';

/**
 * Times what a verdict costs beyond judging: `node bench/policy.ts [IMAGE]`. The bundle has 100 rules, every trigger with its own examples
 * again and again; the image is a real one (../shared/images/node-app-alpine-3.13.tar where none is named) with a made finding for each of
 * its packages, or four where it has few.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const file = positionals[0] ?? resolve(import.meta.dirname, '../../shared/images/node-app-alpine-3.13.tar');
const rounds = 200;

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
try {
  const blobs = await openFolderBlobs(join(folder, 'blobs'), { alone: true });
  const temporaryFile = (name: string) => join(folder, name);
  await using source = await openImage({ fetch: fetchFrom(folder), clock: systemClock }, `oci-archive:${file}`, {
    ...{ limits: defaultLimits, temporaryFile },
  });
  const image = await analyzeImage({ blobs, log: silentLog }, source, { limits: defaultLimits, temporaryFile });
  const bundle = hundredRules();
  const { result: parsed, seconds: parsing } = await timed(async () => parseBundle(bundle));
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems));
  const { result: needed, seconds: reading } = await timed(() =>
    readNeeded({ blobs, limits: defaultLimits }, image, neededBy(parsed.bundle)),
  );
  const facts = factsOf(image, needed);
  const times: number[] = [];
  let rows = 0;
  for (let round = 0; round < rounds; round++) {
    // Facts are those of another image each time: what is kept beside them is made anew.
    const { result, seconds } = await timed(async () => evaluate(parsed.bundle, { ...facts }));
    times.push(seconds * 1000);
    rows = result.rows.length;
  }
  const { length: packages } = image.packages;
  console.log(`${packages} packages, ${image.files} files, ${facts.findings.length} findings, 100 rules, ${rows} rows`);
  console.log(
    `bundle parsed: ${(parsing * 1000).toFixed(1)} ms; files and file checks read: ${(reading * 1000).toFixed(1)} ms`,
  );
  for (const line of latencies('evaluated', times.slice(10))) console.log(`${line.what}: ${shown(line)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function hundredRules(): PolicyBundle {
  const triggers = gates.flatMap((gate) => gate.triggers.map((trigger) => ({ gate, trigger })));
  const rules = Array.from({ length: 100 }, (_, at) => {
    const { gate, trigger } = triggers[at % triggers.length]!;
    const params = Object.entries(trigger.parameters).map(([name, { example }]) => ({ name, value: example }));
    return { id: String(at), gate: gate.name, trigger: trigger.name, action: 'WARN' as const, params };
  });
  const any = { name: 'all', registry: '*', repository: '*', image: { type: 'tag' as const, value: '*' } };
  return {
    ...{ id: 'bench', version: '1_0', policies: [{ id: 'p', version: '1_0', rules }] },
    mappings: [{ ...any, policy_ids: ['p'], whitelist_ids: [] }],
  };
}

function factsOf(image: ImageReport, needed: Pick<Facts, 'files' | 'fileChecks'>): Facts {
  const now = Date.now();
  const many = Math.max(1, Math.ceil(400 / Math.max(1, image.packages.length)));
  const findings = image.packages.flatMap((found, at) =>
    Array.from(
      { length: many },
      (_, n): JudgedFinding => ({
        id: `CVE-2026-${at * many + n}`,
        ...{ aliases: [], related: [], title: null, severity: n % 2 ? 'High' : 'Low', severitySource: null, cvss: [] },
        ...{ epss: null, kev: null, risk: 10, disputed: false, fixedIn: ['99'], state: 'fixed', channel: null },
        ...{ fixedAt: null, judgement: 'affected', reason: null, namespace: '', group: '', sources: [], urls: [] },
        package: { type: found.type, name: found.name, version: found.version, purl: found.purl },
        ...{ layer: found.layer, paths: ecosystems[found.type].os ? [] : found.paths },
        ...{ firstSeen: now - 1e9, fixSeen: null },
      }),
    ),
  );
  return {
    ...{ image, tag: 'registry.example/app:1', findings, distroFeeds: [], lifecycle: null, base: image.base },
    ...{ notes: image.notes, dockerfile: null, published: { npm: null, gem: null }, knownSince: now - 1e10, now },
    ...needed,
  };
}
