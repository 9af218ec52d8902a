import type { Beside } from './beside.ts';

const alpine39 = 'secdb.alpinelinux.org/v3.9/main.json';
const tracker = 'security-tracker.debian.org/tracker/data/json';
const ubuntu = 'security-metadata.canonical.com/osv/osv-all.tar.xz';
const vex = (path: string) => `security.access.redhat.com/data/csaf/v2/vex/${path}.json`;
const osv = (ecosystem: string) => `storage.googleapis.com/osv-vulnerabilities/${ecosystem}/all.zip`;
const mariner = 'raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/cbl-mariner-2.0-oval.xml';
const azure = 'raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/azurelinux-3.0-oval.xml';
const photon4 = 'packages.broadcom.com/photon/photon_cve_metadata/cve_data_photon4.0.json';
const repository = (name: string) =>
  `cdn.amazonlinux.com/repositories/updateinfo_${name}-xml-gz/repodata/updateinfo.xml.gz`;
const suse = (name: string) => `ftp.suse.com/pub/projects/security/oval/${name}.xml.gz`;
const oracle = 'linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2';

const deb = (name: string, version: string, origin = name, own = version) =>
  ({ type: 'deb', name, version, arch: 'amd64', origin: { name: origin, version: own } }) as const;
const rpm = (name: string, version: string, origin = name, own = version) => {
  const plain = own.replace(/^\d+:/, '');
  const source = `${origin}-${plain}.src.rpm`;
  return { type: 'rpm', name, version, arch: 'x86_64', source, origin: { name: origin, version: plain } } as const;
};
const apk = (name: string, version: string, origin = name) =>
  ({ type: 'apk', name, version, arch: 'x86_64', origin: { name: origin, version } }) as const;

/** Packages of distributions: at least one of every upstream, and of every state. */
export const distributionCases: readonly Beside[] = [
  {
    distro: ['alpine', '3.9.0'],
    image: 'alpine-3.9.0',
    package: apk('musl-utils', '1.1.20-r3', 'musl'),
    vulnerability: 'CVE-2019-14697',
    raw: { file: alpine39, cut: [/"name":"musl","secfixes":\{"1\.1\.20-r5":\["CVE-2019-14697"\]/] },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['1.1.20-r5'] },
  },
  {
    distro: ['alpine', '3.9.0'],
    image: 'alpine-3.9.0',
    package: apk('libssl1.1', '1.1.1a-r1', 'openssl'),
    vulnerability: 'CVE-2018-0734',
    raw: { file: alpine39, cut: [/"name":"openssl"/, /"1\.1\.1a-r0":\["CVE-2018-0734"/] },
    expected: { is: 'fixed' },
  },
  {
    distro: ['debian', '12'],
    package: deb('sope4.9', '5.8.0-1', 'sope'),
    vulnerability: 'CVE-2025-53603',
    raw: {
      file: tracker,
      cut: [/"sope":/, /"CVE-2025-53603"/, /"bookworm":\{"status":"resolved"/, /"fixed_version":"5\.8\.0-1\+deb12u1"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['5.8.0-1+deb12u1'] },
  },
  {
    distro: ['debian', '10'],
    package: deb('chromium', '97.0.4692.71-0.1'),
    vulnerability: 'CVE-2022-0456',
    raw: {
      file: tracker,
      cut: [/"chromium":/, /"CVE-2022-0456"/, /"buster":\{"status":"open"/, /"urgency":"end-of-life"/],
    },
    expected: { is: 'affected', state: 'end-of-life', fixedIn: [] },
  },
  {
    distro: ['debian', '10'],
    package: deb('libjs-prototype', '1.7.1-3', 'prototypejs'),
    vulnerability: 'CVE-2007-2383',
    raw: {
      file: tracker,
      cut: [/"prototypejs":/, /"CVE-2007-2383"/, /"buster":\{"status":"resolved"/, /"fixed_version":"0"/],
    },
    expected: { is: 'not affected' },
  },
  {
    distro: ['debian', '11'],
    package: deb('libssl1.1', '1.1.1n-0+deb11u3', 'openssl'),
    vulnerability: 'CVE-2022-4304',
    raw: {
      file: 'salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/DSA/list',
      cut: [/DSA-5343-1 openssl/, /\{CVE-2022-2097 CVE-2022-4304[^}]*\}/, /\[bullseye\] - openssl \S+/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['1.1.1n-0+deb11u4'] },
  },
  {
    distro: ['ubuntu', '20.04'],
    package: deb('libwayland-client0', '1.18.0-1', 'wayland'),
    vulnerability: 'CVE-2021-3782',
    raw: {
      file: ubuntu,
      member: 'osv/cve/2021/UBUNTU-CVE-2021-3782.json',
      cut: [/"ecosystem":\s*"Ubuntu:20\.04:LTS",\s*"name":\s*"wayland"/, /"fixed":\s*"1\.18\.0-1ubuntu0\.1"/],
    },
    expected: {
      is: 'affected',
      state: 'fixed',
      fixedIn: ['1.18.0-1ubuntu0.1'],
      severity: 'Medium',
      severitySource: 'ubuntu',
      channel: null,
    },
  },
  {
    distro: ['ubuntu', '22.04'],
    package: deb('libnetty-java', '1:4.1.48-4+deb11u1build0.22.04.1', 'netty'),
    vulnerability: 'CVE-2022-24823',
    raw: {
      file: ubuntu,
      member: 'osv/cve/2022/UBUNTU-CVE-2022-24823.json',
      cut: [
        /"ecosystem":\s*"Ubuntu:Pro:22\.04:LTS",\s*"name":\s*"netty"/,
        /"fixed":\s*"1:4\.1\.48-4\+deb11u2ubuntu0\.1~esm1"/,
      ],
    },
    expected: {
      ...{ is: 'affected', state: 'fixed', fixedIn: ['1:4.1.48-4+deb11u2ubuntu0.1~esm1'] },
      ...{ severity: 'Low', severitySource: 'ubuntu', channel: 'esm-apps' },
    },
  },
  {
    distro: ['ubuntu', '16.04'],
    package: deb('syslinux', '3:6.03+dfsg-11ubuntu1'),
    vulnerability: 'CVE-2016-20013',
    raw: {
      file: 'security-metadata.canonical.com/vex/vex-all.tar.xz',
      member: 'vex-all/vex/cve/2016/CVE-2016-20013.json',
      cut: [
        /syslinux@3:6\.03\+dfsg-11ubuntu1\?arch=source&distro=xenial/,
        /"status": "affected"/,
        /decided to not fix it/,
      ],
    },
    expected: { is: 'affected', state: 'wont-fix', fixedIn: [], severity: 'Negligible', severitySource: 'ubuntu' },
  },
  {
    distro: ['rhel', '9.3'],
    package: rpm('openssl-libs', '1:3.0.7-25.el9', 'openssl'),
    vulnerability: 'CVE-2024-0727',
    raw: {
      file: vex('2024/cve-2024-0727'),
      cut: [/"text":"Low"/, /"AppStream-9\.4\.0\.GA:openssl-libs-1:3\.0\.7-27\.el9\.x86_64"/],
    },
    expected: {
      is: 'affected',
      state: 'fixed',
      fixedIn: ['1:3.0.7-27.el9'],
      severity: 'Low',
      severitySource: 'redhat',
    },
  },
  {
    distro: ['rhel', '7.9'],
    package: rpm('libxml2', '2.9.1-6.el7_9.6'),
    vulnerability: 'CVE-2023-28484',
    raw: {
      file: vex('2023/cve-2023-28484'),
      cut: [
        /"known_affected":\[[^\]]*"red_hat_enterprise_linux_7:libxml2"/,
        /"category":"no_fix_planned","details":"Out of support scope"/,
      ],
    },
    expected: { is: 'affected', state: 'end-of-life', fixedIn: [], severity: 'Medium', severitySource: 'redhat' },
  },
  {
    distro: ['rhel', '8.10'],
    package: rpm('edk2-ovmf', '20220126gitbb1bba3d77-13.el8', 'edk2'),
    vulnerability: 'CVE-2024-0727',
    raw: {
      file: vex('2024/cve-2024-0727'),
      cut: [
        /"known_affected":\[/,
        /"category":"no_fix_planned","details":"Will not fix"[^}]*"red_hat_enterprise_linux_8:edk2-ovmf"/,
      ],
    },
    expected: { is: 'affected', state: 'wont-fix', fixedIn: [], severity: 'Low', severitySource: 'redhat' },
  },
  {
    distro: ['rhel', '8.10'],
    package: rpm('openssl-libs', '1:1.1.1k-14.el8_6', 'openssl'),
    vulnerability: 'CVE-2024-0727',
    raw: {
      file: vex('2024/cve-2024-0727'),
      cut: [
        /"known_affected":\[/,
        /"category":"none_available","details":"Fix deferred"[^}]*"red_hat_enterprise_linux_8:openssl-libs"/,
      ],
    },
    expected: { is: 'affected', state: 'deferred', fixedIn: [], severity: 'Low', severitySource: 'redhat' },
  },
  {
    distro: ['rhel', '6.10'],
    package: rpm('curl', '7.19.7-54.el6'),
    vulnerability: 'CVE-2023-38545',
    raw: { file: vex('2023/cve-2023-38545'), cut: [/"known_not_affected":\[/, /"red_hat_enterprise_linux_6:curl"/] },
    expected: { is: 'not affected' },
  },
  {
    distro: ['almalinux', '9.3'],
    image: 'almalinux-9-micro',
    package: { ...rpm('glibc-common', '2.34-83.el9_3.7', 'glibc'), arch: 'aarch64' },
    vulnerability: 'ALSA-2023:5453',
    raw: {
      file: osv('AlmaLinux'),
      member: 'ALSA-2023:5453.json',
      cut: [/"AlmaLinux:9","name":"glibc-common"/, /"fixed":"2\.34-60\.el9_2\.7"/],
    },
    expected: { is: 'fixed' },
  },
  {
    distro: ['almalinux', '9.4'],
    package: rpm('avahi', '0.8-15.el9'),
    vulnerability: 'ALSA-2024:2433',
    raw: {
      file: osv('AlmaLinux'),
      member: 'ALSA-2024:2433.json',
      cut: [/"AlmaLinux:9","name":"avahi"/, /"fixed":"0\.8-20\.el9"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['0.8-20.el9'] },
  },
  {
    distro: ['rocky', '8.5'],
    package: rpm('java-11-openjdk', '1:11.0.12.0.7-0.el8_4'),
    vulnerability: 'RLSA-2021:3891',
    raw: {
      file: osv('Rocky Linux'),
      member: 'RLSA-2021:3891.json',
      cut: [/"Rocky Linux:8","name":"java-11-openjdk"/, /"fixed":"1:11\.0\.13\.0\.8-1\.el8_4"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['1:11.0.13.0.8-1.el8_4'] },
  },
  {
    distro: ['ol', '5.11'],
    package: rpm('bind-libs', '30:9.3.3-7.el5', 'bind'),
    vulnerability: 'ELSA-2007-0057',
    raw: { file: oracle, cut: [/ELSA-2007-0057/, /bind-libs is earlier than 30:9\.3\.3-8\.el5/] },
    expected: {
      is: 'affected',
      state: 'fixed',
      fixedIn: ['30:9.3.3-8.el5'],
      related: ['CVE-2007-0493', 'CVE-2007-0494'],
    },
  },
  {
    distro: ['amzn', '2023'],
    package: rpm('rsyslog', '8.2204.0-2.amzn2023.0.1'),
    vulnerability: 'ALAS2023-2023-001',
    raw: {
      file: repository('2023'),
      cut: [
        /<id>ALAS2023-2023-001<\/id>/,
        /<severity>Important<\/severity>/,
        /<package name="rsyslog" version="8\.2204\.0" release="3\.amzn2023\.0\.2"/,
      ],
    },
    expected: {
      ...{
        is: 'affected',
        state: 'fixed',
        fixedIn: ['8.2204.0-3.amzn2023.0.2'],
        severity: 'High',
        severitySource: 'amazon',
      },
      related: ['CVE-2014-3634', 'CVE-2022-24903'],
    },
  },
  {
    distro: ['mariner', '2.0'],
    image: 'cbl-mariner-2.0-bdb',
    package: rpm('curl-libs', '7.76.0-6.cm2', 'curl'),
    vulnerability: 'CVE-2023-38545',
    raw: { file: mariner, cut: [/curl is earlier than 8\.3\.0-2, affected by CVE-2023-38545/, />0:8\.3\.0-2\.cm2</] },
    expected: {
      is: 'affected',
      state: 'fixed',
      fixedIn: ['8.3.0-2.cm2'],
      severity: 'Critical',
      severitySource: 'azurelinux',
    },
  },
  {
    distro: ['mariner', '2.0'],
    package: rpm('libpng', '1.6.37-6.cm2'),
    vulnerability: 'CVE-2022-3857',
    raw: { file: mariner, cut: [/libpng is installed with version 1\.6\.37-6 or earlier/] },
    expected: { is: 'affected', state: 'not-fixed', fixedIn: [] },
  },
  {
    distro: ['azurelinux', '3.0'],
    package: rpm('thrift', '0.15.0-4.azl3'),
    vulnerability: 'CVE-2024-45773',
    raw: {
      file: azure,
      cut: [/thrift is earlier than 0\.15\.0-5, affected by CVE-2024-45773/, />0:0\.15\.0-5\.azl3</],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['0.15.0-5.azl3'] },
  },
  {
    distro: ['opensuse-leap', '15.2'],
    package: rpm('fastjar', '0.98-lp152.3.1'),
    vulnerability: 'CVE-2010-2322',
    raw: {
      file: suse('opensuse.leap.15.2'),
      cut: [/CVE-2010-2322/, /<severity>Low<\/severity>/, /fastjar is &lt;0\.98-lp152\.4\.3\.1/],
    },
    expected: {
      is: 'affected',
      state: 'fixed',
      fixedIn: ['0.98-lp152.4.3.1'],
      severity: 'Low',
      severitySource: 'suse',
    },
  },
  {
    distro: ['sl-micro', '6.1'],
    package: rpm('kernel-default', '6.4.0-28.1'),
    vulnerability: 'CVE-2001-0405',
    raw: { file: suse('suse.linux.micro.6-affected'), cut: [/CVE-2001-0405/, /kernel-default is not affected/] },
    expected: { is: 'not affected' },
  },
  {
    distro: ['photon', '4.0'],
    package: rpm('curl', '7.88.1-3.ph4'),
    vulnerability: 'CVE-2023-38545',
    raw: { file: photon4, cut: [/"cve_id": "CVE-2023-38545",\s*"pkg": "curl"/, /"res_ver": "7\.88\.1-4\.ph4"/] },
    expected: {
      is: 'affected',
      state: 'fixed',
      fixedIn: ['7.88.1-4.ph4'],
      severity: 'Critical',
      severitySource: 'photon',
    },
  },
  {
    distro: ['photon', '4.0'],
    package: rpm('httpd', '2.4.57-1.ph4'),
    vulnerability: 'CVE-2023-44487',
    raw: { file: photon4, cut: [/"cve_id": "CVE-2023-44487",\s*"pkg": "httpd"/, /"status": "Not Affected"/] },
    expected: { is: 'not affected' },
  },
  {
    distro: ['arch', 'rolling'],
    package: { type: 'pacman', name: 'pam', version: '1.7.0-2' },
    vulnerability: 'CVE-2025-6020',
    raw: {
      file: 'security.archlinux.org/all.json',
      cut: [/"AVG-9999"/, /"pam"/, /"fixed": null/, /"severity": "Medium"/, /"status": "Vulnerable"/],
    },
    expected: { is: 'affected', state: 'not-fixed', fixedIn: [], severity: 'Medium', severitySource: 'arch' },
  },
  {
    distro: ['wolfi', '20230201'],
    package: apk('coreutils', '9.1-r1'),
    vulnerability: 'CVE-2016-2781',
    raw: {
      file: 'packages.wolfi.dev/os/security.json',
      cut: [/"name": "coreutils",\s*"secfixes": \{\s*"0": \[\s*"CVE-2016-2781"/],
    },
    expected: { is: 'not affected' },
  },
  {
    distro: ['wolfi', '20230201'],
    package: apk('libbrotlicommon1', '1.0.8-r0', 'brotli'),
    vulnerability: 'CVE-2020-8927',
    raw: {
      file: 'packages.wolfi.dev/os/security.json',
      cut: [/"name": "brotli",\s*"secfixes": \{\s*"1\.0\.9-r0": \[\s*"CVE-2020-8927"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['1.0.9-r0'] },
  },
  {
    distro: ['fedora', '40'],
    package: { ...rpm('expat', '2.6.4-1.fc40'), vendor: 'Fedora Project' },
    vulnerability: 'FEDORA-2025-bbb2222222',
    raw: {
      file: 'bodhi.fedoraproject.org/updates.json',
      cut: [/"alias":"FEDORA-2025-bbb2222222"/, /"nvr":"expat-2\.7\.0-1\.fc40"/],
    },
    expected: { is: 'affected', state: 'fixed', fixedIn: ['2.7.0-1.fc40'] },
  },
];
