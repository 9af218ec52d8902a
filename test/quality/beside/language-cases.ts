import type { Beside } from './beside.ts';

const osv = (ecosystem: string) => `storage.googleapis.com/osv-vulnerabilities/${ecosystem}/all.zip`;

/** Packages of languages. */
export const languageCases: readonly Beside[] = [
  {
    image: 'node-app-alpine-3.13',
    package: { type: 'npm', name: 'lodash', version: '4.17.15' },
    vulnerability: 'CVE-2020-8203',
    raw: {
      file: osv('npm'),
      member: 'CVE-2020-8203.json',
      cut: [/"name":"lodash"/, /"introduced":"3\.7\.0"\},\{"fixed":"4\.17\.19"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['4.17.19'], severity: 'High' },
  },
  {
    package: { type: 'python', name: 'Jinja2', version: '2.10' },
    vulnerability: 'CVE-2019-10906',
    raw: {
      file: osv('PyPI'),
      member: 'GHSA-462w-v97r-4m45.json',
      cut: [/"CVE-2019-10906"/, /"name":"jinja2"/, /"fixed":"2\.10\.1"/, /"severity":"HIGH"/],
    },
    expected: {
      is: 'affected',
      state: 'fixed',
      fixedIn: ['2.10.1'],
      severity: 'High',
      aliases: ['CVE-2019-10906', 'PYSEC-2019-217'],
    },
  },
  {
    package: { type: 'python', name: 'jinja2', version: 'unknown' },
    vulnerability: 'CVE-2019-10906',
    raw: { file: osv('PyPI'), member: 'GHSA-462w-v97r-4m45.json', cut: [/"name":"jinja2"/, /"fixed":"2\.10\.1"/] },
    expected: { is: 'undecidable' },
  },
  {
    image: 'java-nested-alpine-3.12',
    package: { type: 'java', name: 'org.apache.logging.log4j:log4j-core', version: '2.14.1' },
    vulnerability: 'CVE-2021-44228',
    raw: {
      file: osv('Maven'),
      member: 'CVE-2021-44228.json',
      cut: [/"name":"org\.apache\.logging\.log4j:log4j-core"/, /"fixed":"2\.15\.0"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['2.15.0'], severity: 'Critical' },
  },
  {
    image: 'distroless-like-go',
    package: { type: 'golang', name: 'stdlib', version: '1.20.4', source: 'toolchain' },
    vulnerability: 'CVE-2023-29406',
    raw: {
      file: osv('Go'),
      member: 'GO-2023-1878.json',
      cut: [/"CVE-2023-29406"/, /"name":"stdlib"/, /"introduced":"1\.20\.0-0"\},\{"fixed":"1\.20\.6"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['1.20.6'] },
  },
  {
    image: 'distroless-like-go',
    package: { type: 'golang', name: 'stdlib', version: '1.20.4', source: 'toolchain' },
    vulnerability: 'CVE-2023-29402',
    raw: { file: osv('Go'), member: 'GO-2023-1839.json', cut: [/"CVE-2023-29402"/, /"name":"toolchain"/] },
    expected: { is: 'not affected' },
  },
  {
    package: { type: 'cargo', name: 'smallvec', version: '1.6.0' },
    vulnerability: 'CVE-2021-25900',
    raw: {
      file: osv('crates.io'),
      member: 'GHSA-43w2-9j62-hq99.json',
      cut: [/"introduced":"1\.0\.0"\},\{"fixed":"1\.6\.1"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['1.6.1'], severity: 'Critical' },
  },
  {
    package: { type: 'gem', name: 'globalid', version: '1.0.0' },
    vulnerability: 'CVE-2023-22799',
    raw: {
      file: osv('RubyGems'),
      member: 'GHSA-23c2-gwp5-pxw9.json',
      cut: [/"name":"globalid"/, /"fixed":"1\.0\.1"/, /"severity":"LOW"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['1.0.1'], severity: 'Low' },
  },
  {
    package: { type: 'nuget', name: 'log4net', version: '1.2.10' },
    vulnerability: 'CVE-2006-0743',
    raw: { file: osv('NuGet'), member: 'CVE-2006-0743.json', cut: [/"name":"log4net"/, /"fixed":"1\.2\.10"/] },
    expected: { is: 'fixed' },
  },
  {
    package: { type: 'hex', name: 'ecto', version: '2.2.0' },
    vulnerability: 'CVE-2017-20166',
    raw: {
      file: osv('Hex'),
      member: 'GHSA-4r2f-6fm9-2qgh.json',
      cut: [/"name":"ecto"/, /"introduced":"2\.2\.0"\},\{"fixed":"2\.2\.1"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['2.2.1'], severity: 'Critical' },
  },
];
