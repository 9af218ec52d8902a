/** What a `release` file says of the Java that lies beside it, as far as it says it. */
export interface JavaRelease {
  /** `17.0.15`, `1.8.0_292`. */
  readonly javaVersion: string;
  readonly implementor: string;
  /** `Zulu17.34+19-CA`, `Temurin-25.0.3+9`. */
  readonly implementorVersion: string;
  readonly fullVersion: string;
  /** `openj9-0.43.0`, or a version of Java. */
  readonly jvmVersion: string;
  readonly graalVersion: string;
  readonly buildType: string;
  readonly source: string;
}

/** What a Java is called: by the field, and in CPE names, `VENDOR:PRODUCT` with a version each. */
export interface JvmProduct {
  readonly vendor: string;
  readonly product: string;
  readonly cpes: readonly (readonly [name: string, version: string])[];
}

/**
 * The product that a Java is, by who built it; `path` is where it lies, for old builds that do not say. Advisories speak of
 * Oracle's products and of OpenJDK, which all others are made from; Zulu, OpenJ9, IBM's Java 8 and GraalVM have versions of
 * their own beside.
 */
export function jvmProduct(release: JavaRelease, path: string, developmentKit: boolean): JvmProduct {
  const { javaVersion, implementor } = release;
  const builder = implementor.toLowerCase();
  const openjdk = ['oracle:openjdk', javaVersion] as const;
  const kits = developmentKit ? ['jdk', 'jre'] : ['jre'];
  if (builder.includes('azul') || (builder === '' && path.includes('zulu'))) {
    const zulu = /zulu\s?(\d+\.\d+)/i.exec(release.implementorVersion)?.[1];
    return {
      vendor: 'azul',
      product: 'zulu',
      cpes: [openjdk, ...(zulu === undefined ? [] : [['azul:zulu', zulu] as const])],
    };
  }
  if (release.graalVersion !== '') {
    const own: readonly [string, string] =
      Number.parseInt(release.graalVersion, 10) < 23
        ? ['oracle:graalvm', release.graalVersion]
        : ['oracle:graalvm_for_jdk', javaVersion];
    return { vendor: 'oracle', product: 'graalvm', cpes: [own, openjdk] };
  }
  if (builder.includes('ibm')) {
    const openj9 = /^openj9-(\d+(?:\.\d+)+)/.exec(release.jvmVersion)?.[1];
    if (openj9 !== undefined) return { vendor: 'ibm', product: 'semeru', cpes: [openjdk, ['eclipse:openj9', openj9]] };
    const own = /^\d+(?:\.\d+){3}/.exec(release.fullVersion)?.[0];
    if (own !== undefined) return { vendor: 'ibm', product: 'java', cpes: [['ibm:java', own]] };
  }
  if (/\bsun\b/.test(builder)) {
    return { vendor: 'sun', product: kits[0]!, cpes: kits.map((kit) => [`sun:${kit}`, javaVersion] as const) };
  }
  if (isOracles(release, builder, path)) {
    const names = ['java_se', ...kits].map((kit) => [`oracle:${kit}`, javaVersion] as const);
    return { vendor: 'oracle', product: kits[0]!, cpes: names };
  }
  const temurin = builder.includes('adoptium') ? [['eclipse:temurin', javaVersion] as const] : [];
  return { vendor: 'oracle', product: 'openjdk', cpes: [openjdk, ...temurin] };
}

/** Oracle builds OpenJDK too; its own Java says so, or is built from two repositories, of which one is open. */
function isOracles({ buildType, source }: JavaRelease, builder: string, path: string): boolean {
  if (builder.includes('oracle')) return buildType === 'commercial' || /\bopen:/.test(source);
  return builder === '' && (buildType === 'commercial' || path.includes('oracle'));
}
