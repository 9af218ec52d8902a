/**
 * The groupId of an artifact that is built without Maven, so that its jar does not tell; null for one that is not known. Only
 * names that nobody else uses are listed; `majorVersion` decides where a project moved.
 */
export function knownGroup(artifact: string, majorVersion: number): string | null {
  // Scala's builds put the version of the language behind the name.
  const name = artifact.replace(/_(?:2\.\d+(?:\.\d+)?|3)$/, '');
  const candidates = exact.get(name) ?? families.filter(({ prefix }) => name.startsWith(prefix));
  return candidates.find(({ before }) => majorVersion < before)?.group ?? null;
}

/**
 * The artifact that a jar in Tomcat's own folders is, which have no versions in their names: `catalina` is published as
 * `tomcat-catalina`. Null for others.
 */
export function tomcatArtifact(stem: string): string | null {
  if (/^tomcat-[a-z0-9-]+$/.test(stem)) return stem;
  if (stem === 'catalina-storeconfig') return 'tomcat-storeconfig';
  if (stem === 'catalina-tribes') return 'tomcat-tribes';
  return tomcatStems.has(stem) ? `tomcat-${stem}` : null;
}

const tomcatStems: ReadonlySet<string> = new Set(
  `annotations-api catalina catalina-ant catalina-ha catalina-ssi el-api jasper jasper-el jaspic-api jsp-api servlet-api
  websocket-api websocket-client-api`.split(/\s+/),
);

interface Known {
  readonly group: string;
  /** A name ends with `*` where all names that begin so are meant. */
  readonly names: string;
  /** Major version from which the project has another group. */
  readonly before?: number;
}

const groovy = `groovy groovy-all groovy-ant groovy-cli-picocli groovy-console groovy-datetime groovy-dateutil groovy-jmx
  groovy-json groovy-jsr223 groovy-macro groovy-nio groovy-servlet groovy-sql groovy-templates groovy-xml groovy-yaml`;

/** A line a group; of several that fit the first counts, but names written out go before families. */
const groups: readonly Known[] = [
  {
    group: 'org.springframework',
    names: `spring-aop spring-aspects spring-beans spring-context spring-context-indexer spring-context-support spring-core
    spring-core-test spring-expression spring-instrument spring-jcl spring-jdbc spring-jms spring-messaging spring-orm spring-oxm
    spring-r2dbc spring-test spring-tx spring-web spring-webflux spring-webmvc spring-webmvc-portlet spring-websocket`,
  },
  { group: 'org.springframework.ai', names: 'spring-ai-*' },
  { group: 'org.springframework.amqp', names: 'spring-amqp spring-rabbit spring-rabbit-*' },
  { group: 'org.springframework.batch', names: 'spring-batch-*' },
  { group: 'org.springframework.boot', names: 'spring-boot spring-boot-*' },
  { group: 'de.codecentric', names: 'spring-boot-admin-server spring-boot-admin-client spring-boot-admin-server-ui' },
  { group: 'org.springframework.cloud', names: 'spring-cloud-*' },
  { group: 'org.springframework.data', names: 'spring-data-*' },
  { group: 'org.springframework.graphql', names: 'spring-graphql' },
  { group: 'org.springframework.hateoas', names: 'spring-hateoas' },
  { group: 'org.springframework.integration', names: 'spring-integration-*' },
  { group: 'org.springframework.kafka', names: 'spring-kafka spring-kafka-*' },
  { group: 'org.springframework.ldap', names: 'spring-ldap-*' },
  { group: 'org.springframework.retry', names: 'spring-retry' },
  { group: 'org.springframework.security', names: 'spring-security-*' },
  { group: 'org.springframework.security.oauth', names: 'spring-security-oauth spring-security-oauth2' },
  { group: 'org.springframework.session', names: 'spring-session-*' },
  { group: 'org.springframework.vault', names: 'spring-vault-core' },
  { group: 'org.springframework.webflow', names: 'spring-webflow spring-faces spring-js' },
  { group: 'org.springframework.ws', names: 'spring-ws-*' },
  { group: 'io.projectreactor', names: 'reactor-core reactor-test reactor-tools' },
  { group: 'io.projectreactor.netty', names: 'reactor-netty-core reactor-netty-http reactor-netty-http-brave' },
  { group: 'io.projectreactor.kafka', names: 'reactor-kafka' },
  { group: 'io.micrometer', names: 'micrometer-*' },
  { group: 'io.rsocket', names: 'rsocket-core rsocket-transport-netty' },
  {
    group: 'io.micronaut',
    names: 'micronaut-core micronaut-http* micronaut-inject* micronaut-runtime micronaut-router',
  },
  { group: 'io.grpc', names: 'grpc-*' },
  { group: 'io.opentelemetry', names: 'opentelemetry-api opentelemetry-sdk opentelemetry-sdk-* opentelemetry-context' },
  { group: 'io.ktor', names: 'ktor-*' },
  { group: 'io.reactivex', names: 'rxjava', before: 3 },
  { group: 'io.reactivex.rxjava2', names: 'rxjava', before: 3 },
  { group: 'io.reactivex.rxjava3', names: 'rxjava' },
  {
    group: 'org.jetbrains.kotlin',
    names: 'kotlin-stdlib kotlin-stdlib-* kotlin-reflect kotlin-script-runtime kotlin-compiler*',
  },
  { group: 'org.jetbrains.kotlinx', names: 'kotlinx-*' },
  { group: 'org.codehaus.groovy', names: groovy, before: 4 },
  { group: 'org.apache.groovy', names: groovy },
  { group: 'org.scala-lang', names: 'scala-library scala-compiler scala-reflect scala3-library' },
  { group: 'com.typesafe.akka', names: 'akka-*' },
  {
    group: 'com.typesafe.play',
    names: 'play play-server play-ws play-json play-functional play-akka-http-server play-netty-server',
  },
  { group: 'com.typesafe', names: 'config ssl-config-core' },
  { group: 'org.apache.pekko', names: 'pekko-*' },
  { group: 'org.http4s', names: 'http4s-*' },
  { group: 'com.squareup.okhttp', names: 'okhttp', before: 3 },
  { group: 'com.squareup.okhttp3', names: 'okhttp okhttp-* okhttp-jvm logging-interceptor' },
  { group: 'com.squareup.okio', names: 'okio okio-jvm' },
  { group: 'com.squareup.retrofit2', names: 'retrofit' },
  { group: 'com.graphql-java', names: 'graphql-java graphql-java-*' },
  {
    group: 'org.apache.kafka',
    names:
      'kafka kafka-clients kafka-streams kafka-server kafka-metadata kafka-raft kafka-tools connect-runtime connect-api connect-json connect-mirror',
  },
  { group: 'org.apache.lucene', names: 'lucene-*' },
  { group: 'org.apache.solr', names: 'solr-core solr-solrj' },
  {
    group: 'org.elasticsearch',
    names:
      'elasticsearch elasticsearch-core elasticsearch-x-content elasticsearch-cli elasticsearch-geo elasticsearch-lz4',
  },
  {
    group: 'org.elasticsearch.client',
    names: 'elasticsearch-rest-client elasticsearch-rest-high-level-client transport',
  },
  { group: 'co.elastic.clients', names: 'elasticsearch-java' },
  {
    group: 'org.opensearch',
    names:
      'opensearch opensearch-core opensearch-common opensearch-x-content opensearch-cli opensearch-geo opensearch-ssl-config',
  },
  { group: 'org.apache.tomcat.embed', names: 'tomcat-embed-*' },
  { group: 'org.apache.tomcat', names: 'tomcat-*' },
  { group: 'org.apache.ant', names: 'ant ant-launcher ant-junit ant-antlr ant-jsch ant-commons-net' },
  { group: 'org.apache.ivy', names: 'ivy' },
  { group: 'org.apache.geode', names: 'geode-*' },
  { group: 'org.apache.beam', names: 'beam-sdks-*' },
  { group: 'org.apache.poi', names: 'poi poi-*' },
  { group: 'org.apache.xmlbeans', names: 'xmlbeans' },
  { group: 'org.apache.xmlgraphics', names: 'batik-* fop xmlgraphics-commons' },
  { group: 'org.apache.velocity', names: 'velocity velocity-engine-core' },
  { group: 'org.apache.derby', names: 'derby derbyclient derbynet derbytools derbyshared' },
  {
    group: 'org.bouncycastle',
    names: 'bcprov-* bcpkix-* bcpg-* bcmail-* bctls-* bcutil-* bctsp-* bc-fips bcpkix-fips bctls-fips',
  },
  {
    group: 'org.hibernate',
    names: 'hibernate-core hibernate-entitymanager hibernate-envers hibernate-jcache hibernate-c3p0',
    before: 6,
  },
  {
    group: 'org.hibernate.orm',
    names: 'hibernate-core hibernate-envers hibernate-jcache hibernate-c3p0 hibernate-community-dialects',
  },
  { group: 'org.hibernate', names: 'hibernate-commons-annotations', before: 4 },
  { group: 'org.hibernate.common', names: 'hibernate-commons-annotations' },
  { group: 'org.junit.jupiter', names: 'junit-jupiter junit-jupiter-*' },
  { group: 'org.junit.platform', names: 'junit-platform-*' },
  { group: 'org.mockito', names: 'mockito-*' },
  { group: 'org.aspectj', names: 'aspectjrt aspectjweaver aspectjtools' },
  { group: 'mysql', names: 'mysql-connector-java' },
  { group: 'com.mysql', names: 'mysql-connector-j' },
  { group: 'org.mariadb.jdbc', names: 'mariadb-java-client' },
  { group: 'org.postgresql', names: 'postgresql' },
  { group: 'com.microsoft.sqlserver', names: 'mssql-jdbc' },
  { group: 'com.oracle.database.jdbc', names: 'ojdbc8 ojdbc10 ojdbc11 ucp' },
  { group: 'com.h2database', names: 'h2' },
  { group: 'hsqldb', names: 'hsqldb', before: 2 },
  { group: 'org.hsqldb', names: 'hsqldb' },
  { group: 'org.xerial', names: 'sqlite-jdbc' },
  { group: 'com.mchange', names: 'c3p0 mchange-commons-java' },
  { group: 'net.sf.ehcache', names: 'ehcache-core' },
  { group: 'asm', names: 'asm asm-*', before: 4 },
  { group: 'org.ow2.asm', names: 'asm asm-*' },
  { group: 'cglib', names: 'cglib cglib-nodep' },
  { group: 'dom4j', names: 'dom4j', before: 2 },
  { group: 'org.dom4j', names: 'dom4j' },
  { group: 'org.jdom', names: 'jdom jdom2' },
  { group: 'xerces', names: 'xercesImpl' },
  { group: 'xalan', names: 'xalan serializer' },
  { group: 'xml-apis', names: 'xml-apis xml-apis-ext' },
  { group: 'com.thoughtworks.xstream', names: 'xstream' },
  { group: 'antlr', names: 'antlr' },
  { group: 'org.antlr', names: 'antlr4 antlr4-runtime antlr-runtime ST4 stringtemplate' },
  { group: 'org.beanshell', names: 'bsh' },
  { group: 'org.mozilla', names: 'rhino rhino-runtime rhino-engine' },
  { group: 'org.python', names: 'jython jython-standalone' },
  { group: 'org.jruby', names: 'jruby-core jruby-complete jruby-stdlib' },
  { group: 'org.json', names: 'json' },
  { group: 'org.testng', names: 'testng' },
  { group: 'junit', names: 'junit junit-dep' },
  { group: 'log4j', names: 'log4j' },
  { group: 'commons-beanutils', names: 'commons-beanutils' },
  { group: 'commons-codec', names: 'commons-codec' },
  { group: 'commons-collections', names: 'commons-collections' },
  { group: 'commons-fileupload', names: 'commons-fileupload' },
  { group: 'commons-httpclient', names: 'commons-httpclient' },
  { group: 'commons-io', names: 'commons-io' },
  { group: 'commons-lang', names: 'commons-lang' },
  { group: 'commons-logging', names: 'commons-logging' },
  { group: 'commons-net', names: 'commons-net' },
  { group: 'org.apache.struts', names: 'struts2-core' },
  { group: 'com.netflix.eureka', names: 'eureka-client eureka-core' },
  { group: 'com.netflix.hystrix', names: 'hystrix-core' },
  { group: 'com.netflix.zuul', names: 'zuul-core' },
  { group: 'com.linecorp.armeria', names: 'armeria' },
  { group: 'org.gradle', names: 'gradle-tooling-api' },
];

interface Family {
  readonly prefix: string;
  readonly group: string;
  readonly before: number;
}

const listed = groups.flatMap(({ group, names, before = Number.POSITIVE_INFINITY }) =>
  names.split(/\s+/).map((name) => ({ group, before, name })),
);

const exact: ReadonlyMap<string, readonly { readonly group: string; readonly before: number }[]> = Map.groupBy(
  listed.filter(({ name }) => !name.endsWith('*')),
  ({ name }) => name,
);

const families: readonly Family[] = listed
  .filter(({ name }) => name.endsWith('*'))
  .map(({ group, before, name }) => ({ group, before, prefix: name.slice(0, -1) }));
