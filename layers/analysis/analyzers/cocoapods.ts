import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { type Listed, listedFacts } from '../listed-facts.ts';
import { isObject } from '../texts/json-file.ts';
import { readYamlFile } from '../texts/yaml-file.ts';

/** Pods that a `Podfile.lock` names (CocoaPods: Core, lockfile.rb). Subspecs (`Anchor/Core`) are parts of their pod. */
export const cocoapods: Analyzer = {
  name: 'cocoapods',
  reads: '`Podfile.lock`',
  version: 1,
  wants: (path) => path.endsWith('Podfile.lock') && (path.length === 12 || path.at(-13) === '/'),
  read: readLock,
  assemble: assemblePackages,
};

const maxBytes = 4 * 1024 * 1024;
const maxNeeds = 1000;

interface Pod extends Listed {
  readonly name: string;
  readonly version: string;
  readonly requires: readonly string[];
}

function* readLock(file: WantedFile): Iterable<Fact> {
  const lock = readYamlFile(file.content, maxBytes);
  if (Array.isArray(lock['PODS'])) yield* listedFacts(podsOf(lock['PODS']));
}

/** `- NAME (VERSION)`, or a mapping from that to what it needs; one pod for all its subspecs. */
function podsOf(entries: readonly unknown[]): Iterable<Pod> {
  const pods = new Map<string, { name: string; version: string; needs: Set<string> }>();
  for (const entry of entries) {
    const [text, needs] = isObject(entry) ? (Object.entries(entry)[0] ?? []) : [entry, []];
    const [, place = '', version = ''] = typeof text === 'string' ? (/^([^(]+)\(([^()]+)\)$/.exec(text) ?? []) : [];
    const name = place.split('/', 1)[0]!.trim();
    // Each that cannot be read counts for itself.
    const key = name === '' ? String(pods.size) : `${name} ${version}`;
    const pod = pods.get(key) ?? { name, version, needs: new Set() };
    pods.set(key, pod);
    for (const need of Array.isArray(needs) ? needs.slice(0, maxNeeds) : []) {
      const root = typeof need === 'string' ? need.split(/[/(]/, 1)[0]!.trim() : '';
      if (root !== '' && root !== pod.name && root.length <= 200 && pod.needs.size < maxNeeds) pod.needs.add(root);
    }
  }
  return Array.from(pods.values(), ({ name, version, needs }) => ({ name, version, requires: [...needs].sort() }));
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, requires } = data as Pod;
      yield languagePackage({
        type: 'cocoapods',
        name,
        version,
        purl: formatPurl({ type: 'cocoapods', name, version }),
        declared: 'lock',
        ...(requires.length > 0 ? { requires } : {}),
        evidence: { path, key },
      });
    }
  }
}
