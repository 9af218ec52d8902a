import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rhelStream } from '#feeds/redhat/rhel-stream.ts';

const everybodys = {
  'cpe:/o:redhat:enterprise_linux:8': '8',
  'cpe:/a:redhat:enterprise_linux:9::appstream': '9',
  'cpe:/o:redhat:enterprise_linux:10.1': '10',
  'cpe:/o:redhat:enterprise_linux:7::computenode': '7',
  'cpe:/a:redhat:rhel_extras:7': '7',
  'cpe:/a:redhat:rhel_software_collections:3': '7',
  'cpe:/a:redhat:rhel_software_collections:3::el6': '6',
  'cpe:/a:redhat:rhel_dotnet:6.0::el7': '7',
};

for (const [cpe, major] of Object.entries(everybodys)) {
  test(`${cpe} is everybody's stream of ${major}`, () => {
    assert.deepEqual(rhelStream(cpe), { major, channel: null });
  });
}

const paid = {
  'cpe:/o:redhat:rhel_eus:8.6::baseos': ['8', 'eus'],
  'cpe:/o:redhat:rhel_aus:8.2': ['8', 'aus'],
  'cpe:/a:redhat:rhel_e4s:9.0::appstream': ['9', 'e4s'],
  'cpe:/a:redhat:rhel_tus:8.4::appstream': ['8', 'tus'],
  'cpe:/o:redhat:rhel_eus_long_life:8.4::baseos': ['8', 'eus-long-life'],
  'cpe:/o:redhat:rhel_els:7': ['7', 'els'],
  'cpe:/o:redhat:enterprise_linux_eus:10.0': ['10', 'eus'],
  'cpe:/a:redhat:rhel_extras_sap_hana_eus:7.7': ['7', 'eus'],
} as const;

for (const [cpe, [major, channel]] of Object.entries(paid)) {
  test(`${cpe} is the stream ${channel} of ${major}`, () => assert.deepEqual(rhelStream(cpe), { major, channel }));
}

for (const cpe of [
  'cpe:/a:redhat:openshift:4.12::el8',
  'cpe:/a:redhat:enterprise_linux:8::hypervisor',
  'cpe:/a:redhat:enterprise_linux_ai:3',
  'cpe:/a:redhat:rhel_satellite_client:6::el9',
  'cpe:/a:redhat:devtools:2023::el8',
  'cpe:/o:redhat:enterprise_linux:4::as',
  'cpe:/o:redhat:enterprise_linux',
  'cpe:/o:debian:debian_linux:12',
  'nonsense',
]) {
  test(`${cpe} is no stream of the operating system`, () => assert.equal(rhelStream(cpe), null));
}
