import { libraryFile } from './language-runtimes.ts';
import type { Classifier } from './classifier.ts';

const openssl = ['openssl', libraryFile('libcrypto')];

/** Tools of a shell, libraries of many programs, browsers, and scripts that come as one file. */
export const tools: readonly Classifier[] = [
  {
    name: 'busybox',
    files: [{ begins: 'busybox', is: /^busybox(?:[-.]\w{1,10})?$/ }],
    versions: [{ near: 'BusyBox v', is: /BusyBox v(?<version>\d+\.\d+(?:\.\d+)?)/ }],
    cpes: ['busybox:busybox'],
  },
  {
    name: 'bash',
    files: ['bash', 'sh'],
    versions: [{ near: '@(#)Bash version ', is: /@\(#\)Bash version (?<version>\d+\.\d+\.\d+)\(\d{1,3}\) \w+ GNU/ }],
    cpes: ['gnu:bash'],
  },
  {
    name: 'util-linux',
    files: ['getopt', 'lsblk'],
    versions: [{ near: '\x00util-linux ', is: /\x00util-linux (?<version>\d+\.\d+(?:\.\d+)?)\x00/ }],
    cpes: ['kernel:util-linux'],
  },
  {
    name: 'curl',
    files: ['curl'],
    versions: [{ near: '\x00curl/', is: /\x00curl\/(?<version>\d+\.\d+\.\d+)/ }],
    cpes: ['haxx:curl'],
  },
  {
    name: 'libcurl',
    files: [libraryFile('libcurl')],
    versions: [
      { near: 'libcurl/', is: /\x00libcurl\/(?<version>\d+\.\d+\.\d+)/ },
      { near: 'CLIENT libcurl ', is: /CLIENT libcurl (?<version>\d+\.\d+\.\d+)/ },
    ],
    cpes: ['haxx:libcurl', 'haxx:curl'],
  },
  {
    name: 'aws-lc',
    files: openssl,
    versions: [{ near: 'AWS-LC ', is: /AWS-LC (?:FIPS )?(?<version>\d+\.\d+\.\d+)\)?\x00/ }],
    cpes: ['amazon:aws_libcrypto'],
  },
  {
    name: 'libressl',
    files: openssl,
    versions: [{ near: 'LibreSSL ', is: /\x00LibreSSL (?<version>\d+\.\d+\.\d+)/ }],
    cpes: ['openbsd:libressl'],
  },
  {
    name: 'openssl',
    files: openssl,
    versions: [
      {
        near: 'OpenSSL ',
        is: /\x00OpenSSL (?<version>\d+\.\d+\.\d+(?:[a-z]{1,2}|-(?:alpha|beta|pre|rc)\d{1,2})?)(?:-fips|-dev)?(?:\+quic)? {1,2}(?:\d|x)/,
      },
      { near: 'OpenSSL ', is: /\x00OpenSSL (?<version>\d+\.\d+\.\d+(?:[a-z]{1,2}|-(?:alpha|beta|rc)\d{1,2})?)/ },
    ],
    unless: ['AWS-LC ', 'LibreSSL ', 'BoringSSL'],
    cpes: ['openssl:openssl'],
  },
  {
    name: 'gzip',
    files: ['gzip'],
    versions: [{ near: '\x001.', is: /\x00(?<version>1\.\d{1,2})\x00/ }],
    needs: ['not in gzip format\n'],
    cpes: ['gnu:gzip'],
  },
  {
    name: 'xz',
    files: ['xz', libraryFile('liblzma')],
    versions: [
      { near: 'xz (XZ Utils) ', is: /\x00xz \(XZ Utils\) (?<version>\d+\.\d+\.\d+(?:alpha|beta)?)\x00/ },
      { near: '\x005.', is: /\x00(?<version>5\.\d{1,2}\.\d{1,2}(?:alpha|beta)?)\x00/ },
    ],
    cpes: ['tukaani:xz'],
  },
  {
    name: 'zstd',
    files: ['zstd'],
    versions: [{ near: '\x00v1.', is: /\x00v(?<version>1\.\d{1,2}\.\d{1,2})\x00/ }],
    needs: ['Yann Collet'],
    cpes: ['facebook:zstandard'],
  },
  {
    name: 'jq',
    files: ['jq', 'jq-linux64', 'jq-linux-amd64', 'jq-linux-arm64'],
    versions: [
      { near: 'jq-1.', is: /jq-(?<version>1\.\d(?:\.\d)?(?:rc\d)?)\x00/ },
      { near: '\x001.', is: /\x00(?<version>1\.\d(?:\.\d)?(?:rc\d)?)\x00/ },
    ],
    needs: ['jq: error'],
    cpes: ['jqlang:jq', 'jq_project:jq'],
  },
  {
    name: 'ffmpeg',
    files: [
      { begins: 'ffmpeg', is: /^ffmpeg(?:-[\w.-]{1,40})?$/ },
      'ffprobe',
      {
        begins: 'lib',
        is: /^lib(?:avcodec|avformat|avutil|avfilter|avdevice|swresample|swscale)(?:[-.][\w.]{1,40})?\.so(?:\.[\d.]+)?$/,
      },
    ],
    versions: [
      { near: 'FFmpeg version ', is: /FFmpeg version n?(?<version>\d+\.\d+(?:\.\d+)?)/ },
      { near: '%s version ', is: /\x00%s version n?(?<version>\d+\.\d+(?:\.\d+)?)/ },
    ],
    cpes: ['ffmpeg:ffmpeg'],
  },
  {
    name: 'qtbase',
    files: [{ begins: 'libQt', is: /^libQt\d?Core(?:[-.][\w.]{1,40})?\.so(?:\.[\d.]+)?$/ }],
    versions: [
      { near: '\x00Qt ', is: /\x00Qt (?<version>\d+\.\d+\.\d+) \(/ },
      { near: 'QtCore library version ', is: /QtCore library version (?:Qt )?(?<version>\d+\.\d+\.\d+)/ },
    ],
    cpes: ['qt:qt', 'qt:qtbase'],
  },
  {
    name: 'chrome',
    files: ['chrome', 'chromium', 'chrome-headless-shell', 'headless_shell'],
    versions: [{ near: '\x00Default', is: /\x00(?<version>\d{2,3}\.\d+\.\d+\.\d+)\x00Default/ }],
    cpes: ['google:chrome'],
  },
  {
    name: 'firefox',
    kind: 'script',
    files: ['application.ini'],
    versions: [
      {
        near: 'Name=Firefox',
        is: /Name=Firefox\s[\s\S]{0,200}\sVersion=(?<version>\d+(?:\.\d+){1,2}(?:[ab]\d{1,2})?)\s/,
      },
    ],
    cpes: ['mozilla:firefox'],
  },
  {
    name: 'composer',
    kind: 'script',
    files: ['composer', 'composer.phar', 'composer2', 'composer1'],
    versions: [
      {
        near: "const VERSION = '",
        is: /class Composer\b[\s\S]{0,200}const VERSION = '(?<version>\d+\.\d+\.\d+(?:-(?:alpha|beta|RC)\d{1,2})?)'/,
      },
      {
        near: "'composer/composer'",
        is: /'pretty_version' ?=> ?'(?<version>\d+\.\d+\.\d+(?:-(?:alpha|beta|RC)\d{1,2})?)'[\s\S]{0,400}'name' ?=> ?'composer\/composer'/,
      },
    ],
    cpes: ['getcomposer:composer'],
  },
  {
    name: 'wp-cli',
    kind: 'script',
    files: ['wp', 'wp-cli.phar'],
    versions: [{ near: 'wp-cli/wp-cli ', is: /wp-cli\/wp-cli (?<version>\d+\.\d+\.\d+)/ }],
    cpes: ['wp-cli:wp-cli'],
  },
];
