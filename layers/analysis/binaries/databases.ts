import type { Classifier, VersionPattern } from './classifier.ts';

const release = /(?<version>\d+\.\d+\.\d+)/.source;

/**
 * Redis and what was forked from it end a text with their version, the machine that built it, the time, and `0` and eight zeros
 * where that was no checkout: `7.2.4buildkitsandbox-17069...000000000`, `4.0.11841ce7054bd9-15423...`. Others have the version beside the kind of
 * atomic operations, as INFO shows both.
 */
const redisVersions: readonly VersionPattern[] = [
  { near: 'buildkitsandbox-', is: new RegExp(`(?<!\\d)${release}buildkitsandbox-\\d{10}`) },
  { near: '000000000\x00', is: /(?<![\d.])(?<version>\d+\.\d+\.\d{1,2})[0-9a-f]{12}-1[5-9]\d{8}/ },
  { near: '000000000\x00', is: /(?<![\d.])(?<version>\d+\.\d+\.\d{1,2}?)1[5-9]\d{8}0{9}\x00/ },
  { near: '-builtin\x00', is: new RegExp(`\\x00${release}\\x00(?:c11|atomic|sync)-builtin\\x00`) },
  { near: 'Redis version ', is: new RegExp(`Redis version ${release}\\x00`) },
];

/** Paths of source files name the folder that was built: `/src/mysql-8.0.37/sql/`. */
const builtFrom = (folder: string): VersionPattern => ({
  near: `/${folder}-`,
  is: new RegExp(`/${folder}-(?<version>\\d+\\.\\d+\\.\\d+(?:-\\d{1,2}(?:\\.\\d{1,2})?)?)(?:-[a-z]\\w{0,20})?/`),
});

const mysqlFiles = ['mysql', 'mysqld', 'mysqladmin', 'mysqldump'];
const clusterFiles = ['ndbd', 'ndbmtd', 'ndb_mgmd', 'mysqld'];

/** What keeps data, and their clients. */
export const databases: readonly Classifier[] = [
  {
    name: 'redis',
    files: ['redis-server', 'redis-check-rdb', 'redis-sentinel'],
    versions: redisVersions,
    unless: ['valkey-server', 'KeyDB'],
    cpes: ['redis:redis', 'redislabs:redis'],
  },
  {
    name: 'valkey',
    files: ['valkey-server', 'valkey-check-rdb', 'valkey-sentinel'],
    versions: redisVersions,
    cpes: ['lfprojects:valkey', 'linuxfoundation:valkey', 'valkey-io:valkey'],
  },
  {
    name: 'memcached',
    files: ['memcached'],
    versions: [{ near: 'memcached ', is: /memcached (?<version>\d+\.\d+\.\d+)/ }],
    cpes: ['memcached:memcached'],
  },
  {
    name: 'postgresql',
    files: ['postgres'],
    versions: [
      {
        near: 'PostgreSQL ',
        is: /[^ \w"']PostgreSQL (?<version>\d{1,2}(?:\.\d{1,2}){0,2}(?:(?:alpha|beta|rc)\d)?)(?=[ \x00])/,
      },
    ],
    cpes: ['postgresql:postgresql'],
  },
  {
    name: 'mariadb',
    files: ['mariadb', 'mariadbd', 'mariadb-admin', 'mariadb-dump', ...mysqlFiles],
    versions: [
      { near: '-MariaDB', is: /\x00(?:5\.5\.5-)?(?<version>\d{1,2}\.\d{1,2}\.\d{1,2})-MariaDB/ },
      { near: '/mariadb-', is: /\/mariadb-(?<version>\d{1,2}\.\d{1,2}\.\d{1,2})[-/]/ },
    ],
    cpes: ['mariadb:mariadb'],
  },
  {
    name: 'percona-xtradb-cluster',
    files: mysqlFiles,
    versions: [builtFrom('percona-xtradb-cluster'), builtFrom('Percona-XtraDB-Cluster')],
    unless: ['-MariaDB'],
    cpes: ['oracle:mysql', 'percona:percona_server', 'percona:xtradb_cluster'],
  },
  {
    name: 'percona-server',
    files: mysqlFiles,
    versions: [builtFrom('percona-server')],
    unless: ['-MariaDB', 'percona-xtradb-cluster-', 'Percona-XtraDB-Cluster-'],
    cpes: ['oracle:mysql', 'percona:percona_server'],
  },
  {
    // Before 8.0 its builds name the server and the cluster: `5.7.33-ndb-7.5.21`.
    name: 'mysql-cluster',
    files: clusterFiles,
    versions: [
      { near: 'cluster-gpl', is: /cluster-gpl\x00\d+\.\d+\.\d+-ndb-(?<version>\d+\.\d+\.\d+)/ },
      builtFrom('mysql-cluster-gpl'),
    ],
    cpes: ['oracle:mysql_cluster'],
  },
  {
    name: 'mysql',
    files: mysqlFiles,
    versions: [
      builtFrom('mysql-community'),
      builtFrom('mysql'),
      { near: '\x00mysql', is: /\x00(?<version>[5-9]\.\d{1,2}\.\d{1,2})\x00{1,32}(?:\d\.[\d.]{1,8}\x00)?mysql_/ },
      { near: '\x00MySQL ', is: /\x00MySQL (?<version>[5-9]\.\d{1,2}\.\d{1,2})\x00/ },
      { near: '-ndb-', is: /\x00(?<version>5\.\d\.\d{1,2})-ndb-/ },
      builtFrom('mysql-cluster-gpl'),
    ],
    unless: ['-MariaDB', '/mariadb-', '/percona-server-', 'percona-xtradb-cluster-', 'Percona-XtraDB-Cluster-'],
    cpes: ['oracle:mysql', 'oracle:mysql_server'],
  },
  {
    name: 'percona-xtrabackup',
    files: ['xtrabackup'],
    versions: [builtFrom('percona-xtrabackup')],
    cpes: ['percona:xtrabackup'],
  },
  {
    // Versions 4 to 8 have other neighbours in the list of what `buildInfo` shows.
    name: 'mongodb',
    files: ['mongod', 'mongos'],
    versions: [
      { near: '\x00tcmalloc', is: new RegExp(`(?<![\\w.])${release}\\x00+tcmalloc`) },
      { near: '\x00heap_size', is: new RegExp(`(?<![\\w.])${release}\\x00+heap_size`) },
      { near: '\x00cppdefines', is: new RegExp(`(?<![\\w.])${release}\\x00+cppdefines`) },
    ],
    cpes: ['mongodb:mongodb'],
  },
  {
    name: 'arangodb',
    files: ['arangosh', 'arangod'],
    versions: [{ near: '[linux]', is: /(?<![\d.])(?<version>\d+\.\d+\.\d+(?:-\d+)?) (?:enterprise )?\[linux\]/ }],
    cpes: ['arangodb:arangodb'],
  },
  {
    name: 'sqlcipher',
    files: ['sqlcipher', { begins: 'libsqlcipher', is: /^libsqlcipher\.so(?:\.[\d.]+)?$/ }],
    versions: [{ near: '\x004.', is: /\x00(?<version>4\.\d{1,2}\.\d{1,2})(?: community)?\x00/ }],
    needs: ['cipher_version'],
    cpes: ['zetetic:sqlcipher'],
  },
];
