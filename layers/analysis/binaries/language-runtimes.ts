import type { Classifier, FileName } from './classifier.ts';

/**
 * Pre-releases are `3.13.0rc1`, builds from a checkout `3.13.1+`; 3.2.0 stands in each Python 3 (`unicodedata.ucd_3_2_0`). Where the
 * folder that it is installed in ends with the version, linkers keep one text for both.
 */
const pythonVersions: Classifier['versions'] = [
  { near: '\x003.', is: /\x00(?!3\.2\.0\x00)(?<version>3\.\d{1,2}\.\d{1,2}(?:(?:a|b|rc)\d{1,2})?)\+?\x00/ },
  { near: '\x002.', is: /\x00(?<version>2\.[0-7]\.\d{1,2}(?:(?:a|b|rc|c)\d{1,2})?)\+?\x00/ },
  { near: '/versions/', is: /\/versions\/(?<version>[23]\.\d{1,2}\.\d{1,2}(?:(?:a|b|rc)\d{1,2})?)\x00/ },
  { near: '/Python-', is: /\/Python-(?<version>[23]\.\d{1,2}\.\d{1,2}(?:(?:a|b|rc)\d{1,2})?)[/\x00]/ },
];

/** From 2.1 on the patch level (`2.7.7p221`) is no part of the version, which has a number of its own for each release. */
const rubyVersions: Classifier['versions'] = [
  {
    near: 'ruby ',
    is: /ruby (?<version>1\.\d\.\d(?:p\d{1,4})?|[2-9]\.\d{1,2}\.\d{1,2}(?:(?:preview|rc|dev)\d{0,2})?)(?:p\d{1,4})? \(\d{4}-\d\d-\d\d/,
  },
];

/** `libX.so`, `libX.so.1.2` and what tools that repair wheels make of it (`libX-ea28cefb.so.1.1`). */
export function libraryFile(begins: string): FileName {
  return { begins, is: new RegExp(`^${begins}(?:[-.][\\w.]{1,40})?\\.so(?:\\.[\\d.]+)?$`) };
}

/** Interpreters, compilers and the libraries that hold them. */
export const languageRuntimes: readonly Classifier[] = [
  {
    name: 'python',
    files: [
      { begins: 'python', is: /^python[23]?(?:\.\d{1,2})?[a-z]{0,2}(?:\.exe)?$/ },
      { begins: 'libpython', is: /^libpython[23](?:\.\d{1,2})?[a-z]{0,2}\.so(?:\.[\d.]+)?$/ },
    ],
    versions: pythonVersions,
    library: { near: 'libpython', name: /libpython[23]\.\d{1,2}[a-z]{0,2}\.so(?:\.\d[\d.]{0,8})?(?=\x00)/ },
    cpes: ['python:python'],
  },
  {
    name: 'pypy',
    files: ['pypy', 'pypy3', { begins: 'libpypy', is: /^libpypy\d?(?:\.\d{1,2})?-c\.so$/ }],
    versions: [{ near: '[PyPy ', is: /\[PyPy (?<version>\d+\.\d+\.\d+(?:(?:-?alpha|-?beta|rc)\d*)?)/ }],
    cpes: [],
  },
  {
    name: 'node',
    files: ['node', 'nodejs', libraryFile('libnode')],
    versions: [
      { near: 'node.js/v', is: /node\.js\/v(?<version>\d+\.\d+\.\d+(?:-[\w.]{1,40})?)/ },
      { near: '\x00node v0.', is: /\x00node v(?<version>0\.\d+\.\d+)\x00/ },
      { near: '\x00moduleLoad', is: /\x00v(?<version>[0456]\.\d+\.\d+)\x00moduleLoad/ },
    ],
    library: { near: 'libnode.so', name: /libnode\.so\.\d{1,4}(?=\x00)/ },
    cpes: ['nodejs:node.js'],
  },
  {
    name: 'deno',
    files: ['deno'],
    versions: [
      {
        near: 'Deno/',
        is: /Deno\/(?<version>\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?)(?:\+[0-9a-f]{7})?(?:Deno\/|cli\/)/,
      },
      { near: 'release/v', is: /deno-[0-9a-f]{40}release\/v(?<version>\d+\.\d+\.\d+)/ },
      { near: 'DENO_', is: /(?<version>1\.\d{1,2}\.\d{1,2})[0-9a-f]{40}DENO_/ },
      { near: 'deno-', is: /deno-[0-9a-f]{40}(?<version>1\.\d{1,2}\.\d{1,2})(?:release|dl)/ },
      { near: 'Deno/', is: /Deno\/(?<version>[12]\.\d+\.\d+)/ },
    ],
    cpes: ['deno:deno'],
  },
  {
    name: 'bun',
    files: ['bun'],
    versions: [{ near: 'Bun', is: /Bun(?: v|\/)(?<version>\d+\.\d+\.\d+)/ }],
    cpes: ['oven-sh:bun', 'oven:bun'],
  },
  {
    name: 'ruby',
    files: [
      { begins: 'ruby', is: /^ruby(?:\d\.?\d)?(?:\.exe)?$/ },
      { begins: 'libruby', is: /^libruby(?:-?\d\.\d)?\.so(?:\.[\d.]+)?$/ },
    ],
    versions: rubyVersions,
    library: { near: 'libruby', name: /libruby(?:-?\d\.\d)?\.so(?:\.\d[\d.]{0,8})?(?=\x00)/ },
    cpes: ['ruby-lang:ruby'],
  },
  {
    name: 'perl',
    files: [
      { begins: 'perl', is: /^perl(?:5(?:\.\d{1,2}){0,2})?(?:\.exe)?$/ },
      { begins: 'libperl', is: /^libperl\.so(?:\.[\d.]+)?$/ },
    ],
    versions: [
      { near: '\x00v5.', is: /\x00v(?<version>5\.\d{1,2}\.\d{1,2})\x00/ },
      { near: '/perl', is: /\/perl5?\/(?<version>5\.\d{1,2}\.\d{1,2})[/\x00]/ },
    ],
    library: { near: 'libperl.so', name: /libperl\.so(?:\.\d[\d.]{0,8})?(?=\x00)/ },
    cpes: ['perl:perl'],
  },
  {
    name: 'php',
    files: [
      { begins: 'php', is: /^php(?:\d(?:\.?\d)?)?(?:-(?:fpm|cgi|dbg)(?:\d(?:\.?\d)?)?)?(?:\.exe)?$/ },
      { begins: 'libphp', is: /^libphp\d?(?:\.\d)?\.so(?:\.[\d.]+)?$/ },
    ],
    versions: [{ near: 'X-Powered-By: PHP/', is: /PHP\/(?<version>\d+\.\d+\.\d+(?:(?:alpha|beta|RC)\d+)?)/ }],
    cpes: ['php:php'],
  },
  {
    name: 'erlang',
    files: ['erlexec', 'beam.smp', 'liberts_internal.a'],
    versions: [
      { near: '/src/otp', is: /\/src\/otp[_-](?:src_)?(?<version>\d+\.\d+(?:\.\d+){0,3}(?:-rc\d)?)\/erts\// },
      { near: 'Erlang/OTP', is: /\x00(?<version>\d{2}\.\d+(?:\.\d+){0,3}(?:-rc\d)?)\x00+Erlang\/OTP/ },
      { near: 'Erlang/OTP', is: /Erlang\/OTP[^\x00]{1,150}\x00+(?<version>\d{2}\.\d+(?:\.\d+){0,3})\x00/ },
    ],
    cpes: ['erlang:erlang\\/otp'],
  },
  {
    name: 'erlang',
    kind: 'script',
    files: ['OTP_VERSION'],
    versions: [{ near: '.', is: /^\s{0,4}(?<version>\d{2}\.\d+(?:\.\d+){0,3}(?:-rc\d)?)\s{0,4}$/ }],
    cpes: ['erlang:erlang\\/otp'],
  },
  {
    name: 'elixir',
    kind: 'script',
    files: ['elixir', 'elixir.app'],
    versions: [
      { near: 'ELIXIR_VERSION=', is: /ELIXIR_VERSION=(?<version>\d+\.\d+\.\d+(?:-[a-z]{1,8}(?:\.\d+)?)?)/ },
      {
        near: '{application,elixir,',
        is: /\{application,elixir,[\s\S]{0,200}\{vsn, ?"(?<version>\d+\.\d+\.\d+(?:-[a-z]{1,8}(?:\.\d+)?)?)"\}/,
      },
    ],
    cpes: ['elixir-lang:elixir'],
  },
  {
    name: 'julia',
    files: ['julia', { begins: 'libjulia', is: /^libjulia(?:-internal)?\.so(?:\.[\d.]+)?$/ }],
    versions: [
      { near: '\x00julia version', is: /\x00(?<version>\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d)?)\x00julia version/ },
      { near: '\x00branch\x00', is: /(?<version>\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d)?)\x00branch\x00/ },
      { near: '\x00__init__\x00', is: /\x00__init__\x00(?<version>\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d)?)\x00/ },
      { near: '\x00BigInt', is: /\x00(?<version>\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d)?)\x00BigInt/ },
      { near: '\x00core2', is: /\x00require\x00(?<version>\d+\.\d+\.\d+)\x00core2/ },
      { near: 'ObjectIdDict\x00', is: /ObjectIdDict\x00(?<version>\d+\.\d+\.\d+)\x00/ },
    ],
    library: { near: 'libjulia', name: /libjulia(?:-internal)?\.so(?:\.\d[\d.]{0,8})?(?=\x00)/ },
    cpes: ['julialang:julia'],
  },
  {
    name: 'swipl',
    files: ['swipl', libraryFile('libswipl')],
    versions: [{ near: 'swipl-', is: /swipl-(?<version>\d+\.\d+\.\d+)\// }],
    cpes: ['swi-prolog:swi-prolog'],
  },
  {
    name: 'dart',
    files: ['dart', 'dartaotruntime'],
    versions: [
      { near: ' (stable) (', is: /\x00(?<version>\d+\.\d+\.\d+) \(stable\) \(/ },
      { near: ' (beta) (', is: /\x00(?<version>\d+\.\d+\.\d+-\d+(?:\.\d+)?\.beta) \(beta\) \(/ },
      { near: ' (dev) (', is: /\x00(?<version>\d+\.\d+\.\d+-\d+(?:\.\d+)?\.dev) \(dev\) \(/ },
      { near: ' (stable)', is: /\x00(?<version>\d+\.\d+\.\d+) \(stable\)/ },
    ],
    cpes: ['dart:dart_software_development_kit'],
  },
  {
    name: 'ghc',
    files: [{ begins: 'ghc', is: /^ghc(?:-\d+\.\d+\.\d+)?$/ }],
    versions: [
      { near: '\x00GHC ', is: /\x00GHC (?<version>\d+\.\d+\.\d+)\x00/ },
      { near: 'libHSghc-', is: /libHSghc-(?<version>\d+\.\d+\.\d+)-(?:\w{1,40}-)?ghc\d+\.\d+\.\d+\.so\x00/ },
    ],
    cpes: ['haskell:ghc'],
  },
  {
    name: 'cabal',
    files: ['cabal'],
    versions: [
      { near: 'cabal-install-', is: /cabal-install-(?<version>\d+(?:\.\d+){2,3})(?:-|\x00)/ },
      { near: '\x00Cabal-', is: /\x00Cabal-(?<version>\d+(?:\.\d+){2,3})-/ },
    ],
    cpes: ['haskell:cabal'],
  },
  {
    name: 'stack',
    files: ['stack'],
    versions: [
      { near: ', Git revision', is: /Version (?<version>\d+\.\d+\.\d+), Git/ },
      { near: '\x00stack-', is: /\x00stack-(?<version>\d+\.\d+\.\d+)-\w{10,30}[:\x00]/ },
    ],
    cpes: ['haskell:stack'],
  },
  {
    name: 'rust',
    files: [
      { begins: 'libstd-', is: /^libstd-[0-9a-f]{16}\.(?:so|dylib)$/ },
      { begins: 'librustc_driver-', is: /^librustc_driver-[0-9a-f]{16}\.(?:so|dylib)$/ },
    ],
    versions: [
      { near: 'rustc version ', is: /rustc version (?<version>\d+\.\d+\.\d+(?:-beta(?:\.\d+)?|-nightly)?) \(/ },
      { near: '/rustc-', is: /\/rustc-(?<version>\d+\.\d+\.\d+)(?:-src)?\/(?:library|compiler|src)\// },
    ],
    cpes: ['rust-lang:rust'],
  },
  {
    name: 'gcc',
    files: [
      { begins: 'gcc', is: /^gcc(?:-\d{1,2})?$/ },
      { begins: 'x86_64-linux-gnu-gcc', is: /gcc(?:-\d{1,2})?$/ },
    ],
    versions: [
      { near: ') \x00', is: /\x00(?<version>\d+\.\d+\.\d+)(?: \d{8})?\x00\([^\x00]{1,100}\) \x00/ },
      { near: 'GCC: (GNU) ', is: /GCC: \(GNU\) (?<version>\d+\.\d+\.\d+)\x00/ },
    ],
    needs: ['gcc version '],
    cpes: ['gnu:gcc'],
  },
];
