/**
 * The source packages of Debian's and Ubuntu's packages that minimal images are cut from, where they are not called as their source:
 * first match counts. `$major` is the first number of the version. From the package indexes of these distributions.
 */
const sources: readonly (readonly [pattern: RegExp, source: string])[] = [
  [
    /^(base-files|base-passwd|bash|ca-certificates|coreutils|curl|dash|debianutils|diffutils|findutils|gawk|grep|gzip|hostname|jq|mawk|media-types|nano|netbase|openssl|perl|procps|sed|tar|tzdata|util-linux|wget|xz-utils)$/,
    '$1',
  ],
  [/^(?:libc6|libc-bin|libc-dev-bin|libc6-dev|locales|libc-l10n|multiarch-support)$/, 'glibc'],
  [/^(?:libgcc-s1|libstdc\+\+6|libgomp1|libatomic1|libquadmath0|libgfortran5|gcc-\d+-base)$/, 'gcc-$major'],
  [/^libssl(?:1\.1|3)$/, 'openssl'],
  [/^zlib1g$/, 'zlib'],
  [/^libbz2-1\.0$/, 'bzip2'],
  [/^liblzma5$/, 'xz-utils'],
  [/^libzstd1$/, 'libzstd'],
  [/^liblz4-1$/, 'lz4'],
  [/^libexpat1$/, 'expat'],
  [/^libicu\d+$/, 'icu'],
  [/^libffi\d+$/, 'libffi'],
  [/^libsqlite3-0$/, 'sqlite3'],
  [/^(?:libreadline8|readline-common)$/, 'readline'],
  [/^(?:libtinfo6|libncurses6|libncursesw6|ncurses-base|ncurses-bin)$/, 'ncurses'],
  [/^(?:libuuid1|libblkid1|libmount1|libsmartcols1|libfdisk1|mount|bsdutils|uuid-runtime)$/, 'util-linux'],
  [/^(?:libpam0g|libpam-modules|libpam-modules-bin|libpam-runtime)$/, 'pam'],
  [/^libselinux1$/, 'libselinux'],
  [/^libpcre2-(?:8-0|16-0|32-0|posix3)$/, 'pcre2'],
  [/^libcrypt1$/, 'libxcrypt'],
  [/^libdb5\.3$/, 'db5.3'],
  [/^libgdbm(?:6|-compat4)$/, 'gdbm'],
  [/^libnsl2$/, 'libnsl'],
  [/^libtirpc(?:3|-common)$/, 'libtirpc'],
  [/^(?:libkrb5-3|libkrb5support0|libk5crypto3|libgssapi-krb5-2|krb5-locales)$/, 'krb5'],
  [/^(?:libcom-err2|libss2|libext2fs2|logsave)$/, 'e2fsprogs'],
  [/^libkeyutils1$/, 'keyutils'],
  [/^libcurl(?:3-gnutls|3-nss|4)$/, 'curl'],
  [/^libnghttp2-14$/, 'nghttp2'],
  [/^libssh2-1$/, 'libssh2'],
  [/^libssh-(?:4|gcrypt-4)$/, 'libssh'],
  [/^libpsl5$/, 'libpsl'],
  [/^librtmp1$/, 'rtmpdump'],
  [/^(?:libldap-2\.[45]-0|libldap2|libldap-common)$/, 'openldap'],
  [/^libsasl2-(?:2|modules|modules-db)$/, 'cyrus-sasl2'],
  [/^libgnutls30$/, 'gnutls28'],
  [/^libp11-kit0$/, 'p11-kit'],
  [/^libtasn1-6$/, 'libtasn1-6'],
  [/^libidn2-0$/, 'libidn2'],
  [/^libunistring\d+$/, 'libunistring'],
  [/^lib(?:nettle|hogweed)\d+$/, 'nettle'],
  [/^libgmp10$/, 'gmp'],
  [/^libbrotli1$/, 'brotli'],
  [/^(?:lib)?(python[23]\.\d+)(?:-(?:minimal|stdlib|venv|dev))?$/, '$1'],
  [/^libxml2(?:-16)?$/, 'libxml2'],
  [/^libxslt1\.1$/, 'libxslt'],
  [/^(?:login|passwd)$/, 'shadow'],
  [/^(?:libsystemd0|libudev1|libsystemd-shared|udev)$/, 'systemd'],
  [/^libcap2(?:-bin)?$/, 'libcap2'],
  [/^libgpg-error0$/, 'libgpg-error'],
  [/^libaudit(?:1|-common)$/, 'audit'],
  [/^(?:perl-base|perl-modules-[\d.]+|libperl[\d.]+)$/, 'perl'],
  [/^libpng16-16$/, 'libpng1.6'],
  [/^libjpeg-turbo8$/, 'libjpeg-turbo'],
  [/^libfreetype6$/, 'freetype'],
  [/^(?:libfontconfig1|fontconfig-config)$/, 'fontconfig'],
  [/^libglib2\.0-(?:0|data|bin)$/, 'glib2.0'],
  [/^libx11-(?:6|data)$/, 'libx11'],
  [/^libyaml-0-2$/, 'libyaml'],
  [/^libc-ares2$/, 'c-ares'],
  [/^libuv1$/, 'libuv1'],
  [/^libpq5$/, 'postgresql-$major'],
  [/^libedit2$/, 'libedit'],
  [/^(openjdk-\d+)-(?:jre|jdk)(?:-headless|-zero)?$/, '$1'],
  [/^(?:dotnet-(?:runtime|sdk|host|hostfxr)|aspnetcore-runtime)-(?:deps-)?(\d+)\.0$/, 'dotnet$1'],
];

/**
 * The source package of a binary package by its name, for databases that do not tell it; null where the name is not known: it may then
 * be called as its source or not. Ubuntu's and Debian's names of the change to 64-bit times (`libssl3t64`) are the ones before.
 */
export function debianSourceName(name: string, version: string): string | null {
  const plain = name.replace(/t64$/, '');
  for (const [pattern, source] of sources) {
    const match = pattern.exec(plain);
    if (match === null) continue;
    const major = /^(?:\d+:)?(\d+)/.exec(version)?.[1] ?? '';
    return source.replace('$major', major).replace('$1', match[1] ?? '');
  }
  return null;
}
