import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { type JavaRelease, jvmProduct } from '../java/jvm-products.ts';
import { languagePackage } from '../language-package.ts';
import { personText } from '../texts/declared-person.ts';
import { shellAssignments } from '../texts/shell-assignments.ts';

/**
 * Javas, as development kit or runtime, by the `release` file at the top of each: with the CPE names that they are judged by.
 *
 * Metadata: `java-version`, and `implementor`, `implementor-version`, `image-type` (`JDK` or `JRE`), `vendor-version` of GraalVM,
 * as far as it is said.
 */
export const jvm: Analyzer = {
  name: 'jvm',
  reads: '`release` files of Java',
  version: 1,
  wants: (path, size) =>
    path.endsWith('release') && (path === 'release' || path.endsWith('/release')) && size <= maxBytes,
  read: readRelease,
  assemble: assemblePackages,
};

/** The list of modules takes 2,000. */
const maxBytes = 64 * 1024;
const maxValue = 256;

interface JvmFact extends JavaRelease {
  /** As long as it is told, with the build. */
  readonly version: string;
  readonly imageType: string;
  readonly repository: string;
  /** Whether the compiler is among its modules. */
  readonly compiler: boolean;
}

function* readRelease(file: WantedFile): Iterable<Fact> {
  const values = shellAssignments(Buffer.from(file.content.all(maxBytes)).toString());
  const text = (name: string) =>
    (values.get(name) ?? '')
      .replace(/\p{Cc}+/gu, ' ')
      .slice(0, maxValue)
      .trim();
  const javaVersion = text('JAVA_VERSION');
  const runtimeVersion = text('JAVA_RUNTIME_VERSION');
  // Other programs have files of this name, and nothing of Java in them.
  if (!isVersion(javaVersion) && !isVersion(runtimeVersion)) return;
  const fullVersion = text('FULL_VERSION');
  const short = isVersion(javaVersion) ? javaVersion : runtimeVersion.replace(/\+.*$/, '');
  // IBM's Java 8 has a numbering of its own there.
  const full = [runtimeVersion, fullVersion].find((one) => isVersion(one) && feature(one) === feature(short));
  const data: JvmFact = {
    version: full ?? short,
    javaVersion: short,
    implementor: text('IMPLEMENTOR'),
    implementorVersion: text('IMPLEMENTOR_VERSION'),
    fullVersion,
    jvmVersion: text('JVM_VERSION'),
    graalVersion: text('GRAALVM_VERSION'),
    buildType: text('BUILD_TYPE'),
    source: text('SOURCE'),
    imageType: text('IMAGE_TYPE').toUpperCase(),
    repository: text('SOURCE_REPO') || text('BUILD_SOURCE_REPO'),
    compiler: /(?:^| )jdk\.compiler(?: |$)/.test(values.get('MODULES') ?? ''),
  };
  yield { key: `${data.implementor} ${data.version}`, data };
}

const isVersion = (text: string) => /^\d{1,4}(?:[._+-][\w.+-]*)?$/.test(text);
const feature = (version: string) => /^\d+/.exec(version)?.[0];

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    const root = path.slice(0, -'release'.length);
    const compiler = view.resolve(`${root}bin/javac`) !== null;
    for (const { key, data } of facts) yield foundPackage(path, key, data as JvmFact, compiler);
  }
}

function foundPackage(path: string, key: string, fact: JvmFact, compiler: boolean): FoundPackage {
  const { version, imageType, repository } = fact;
  const { vendor, product, cpes } = jvmProduct(fact, path, imageType === 'JDK' || compiler || fact.compiler);
  return languagePackage({
    type: 'binary',
    name: product,
    version,
    purl: formatPurl({
      type: 'generic',
      namespace: vendor,
      name: product,
      version,
      qualifiers: { repository_url: repository },
    }),
    vendor: personText(fact.implementor, null),
    metadata: metadataOf(fact),
    cpes: cpes.map(([name, its]) => cpeText(name, its)),
    evidence: { path, key },
  });
}

function metadataOf(fact: JvmFact): Readonly<Record<string, string>> {
  const all = {
    'java-version': fact.javaVersion,
    implementor: fact.implementor,
    'implementor-version': fact.implementorVersion,
    'image-type': fact.imageType,
    'vendor-version': fact.graalVersion,
  };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''));
}

/** As NVD writes Java's releases: `1.8.0_292` is version 1.8.0 with update292. */
function cpeText(name: string, version: string): string {
  const [, short = version, update] = /^([^_]+)_0*(\d+)(?:-.*)?$/.exec(version) ?? [];
  const value = short.toLowerCase().replace(/[^a-z0-9._-]/g, (char) => `\\${char}`);
  return `cpe:2.3:a:${name}:${value}:${update === undefined ? '*' : `update${update}`}:*:*:*:*:*:*`;
}
