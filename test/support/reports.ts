import type { Package } from '#core/package.ts';
import { type ImageReport, noDetails } from '#schema/image-report.ts';

/** A package with everything that a test does not care about. */
export function somePackage(found: Pick<Package, 'type' | 'name' | 'version'> & Partial<Package>): Package {
  return {
    arch: null,
    source: null,
    origin: null,
    purl: `pkg:${found.type}/${found.name}@${found.version}`,
    paths: [`/somewhere/${found.name}`],
    layer: `sha256:${'1'.repeat(64)}`,
    licenses: [],
    vendor: null,
    size: null,
    files: [],
    ...found,
  };
}

/** An image report that holds these packages. */
export function someReport(packages: readonly Package[], more: Partial<ImageReport> = {}): ImageReport {
  return {
    version: 1,
    analyzers: 'test',
    reference: 'registry.example/app:1',
    digest: `sha256:${'a'.repeat(64)}`,
    parentDigest: null,
    configDigest: `sha256:${'b'.repeat(64)}`,
    platform: 'linux/amd64',
    size: 1,
    created: null,
    layers: [],
    history: [],
    config: {},
    manifest: null,
    distro: null,
    packages,
    details: noDetails,
    base: null,
    notes: [],
    files: 0,
    ...more,
  };
}
