import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import type { SetAside } from '#feeds/advisory.ts';
import type { OvalDefinition, OvalPackage } from '#feeds/oval/oval-definition.ts';
import { type OvalLimits, readOval } from '#feeds/oval/read-oval.ts';

/** Tests, objects and states of a small fleet; criteria refer to tests by these names. */
const contents = `<tests>
  ${rpm('ship', 'Ship 9 is installed', 'release', 'nine')}
  ${rpm('boat', 'Boat 2 is installed', 'release', 'nine')}
  ${rpm('arm', 'Ship arch is aarch64', 'release', 'arm')}
  ${rpm('keel', 'keel is earlier than 0:1-2', 'keel', 'below')}
  ${rpm('keel-from', 'keel is at least 0:1-0', 'keel', 'from')}
  ${rpm('keel-signed', 'keel is signed', 'keel', 'signed')}
  ${rpm('mast', 'mast is installed', 'mast', '')}
  ${rpm('no-mast', 'mast is not installed', 'mast', '', 'check_existence="none_exist"')}
  ${rpm('not-affected', 'keel is ==0', 'keel', 'zero')}
  ${rpm('many', 'sails are earlier', 'many', 'below')}
  ${rpm('for-arch', 'keel is <1-2 for aarch64', 'keel', 'below-arm')}
  ${rpm('odd', 'keel is odd', 'keel', 'odd')}
  ${rpm('stateless', 'its state is gone', 'keel', 'gone')}
  <x:textfilecontent54_test id="stream" comment="Module sail:2 is enabled"/>
  <uname_test id="running" comment="keel 1 is running"/>
  </tests>
  <objects>
  <rpminfo_object id="o:release"><name>ship-release</name></rpminfo_object>
  <x:rpminfo_object id="o:keel"><x:name>keel</x:name></x:rpminfo_object>
  <rpminfo_object id="o:mast"><name>mast</name></rpminfo_object>
  <rpminfo_object id="o:many"><name var_ref="v:sails" var_check="at least one"/></rpminfo_object>
  </objects>
  <states>
  <rpminfo_state id="s:nine"><version operation="pattern match">^9</version></rpminfo_state>
  <rpminfo_state id="s:arm"><arch operation="pattern match">aarch64</arch></rpminfo_state>
  <rpminfo_state id="s:below"><evr datatype="evr_string" operation="less than">0:1-2</evr></rpminfo_state>
  <rpminfo_state id="s:below-arm"><arch operation="pattern match">(aarch64)</arch><evr operation="less than">0:1-2</evr></rpminfo_state>
  <rpminfo_state id="s:from"><evr datatype="evr_string" operation="greater than or equal">0:1-0</evr></rpminfo_state>
  <rpminfo_state id="s:signed"><signature_keyid operation="equals">abc</signature_keyid></rpminfo_state>
  <rpminfo_state id="s:odd"><evr operation="6">0:1-2</evr></rpminfo_state>
  <rpminfo_state id="s:zero"><version>0</version></rpminfo_state>
  </states>
  <variables><constant_variable id="v:sails"><value>jib</value><value>spinnaker</value></constant_variable></variables>`;

function rpm(id: string, comment: string, object: string, state: string, more = ''): string {
  const states = state === '' ? '' : `<state state_ref="s:${state}"/>`;
  const said = comment.replaceAll('<', '&lt;');
  return `<rpminfo_test id="${id}" comment="${said}" ${more}><object object_ref="o:${object}"/>${states}</rpminfo_test>`;
}

const is = (id: string, more = '') => `<criterion test_ref="${id}" ${more}/>`;
const all = (...of: string[]) => `<criteria operator="AND">${of.join('')}</criteria>`;
const any = (...of: string[]) => `<criteria operator="OR">${of.join('')}</criteria>`;
const none = (...of: string[]) => `<criteria operator="OR" negate="true">${of.join('')}</criteria>`;

function documentOf(...definitions: string[]): string {
  return `<oval_definitions><definitions>${definitions.join('')}</definitions>${contents}</oval_definitions>`;
}

function defined(criteria: string): string {
  return documentOf(`<definition id="d" class="patch"><metadata/>${criteria}</definition>`);
}

async function* bytes(text: string) {
  yield Buffer.from(text);
}

async function read(text: string, limits?: OvalLimits): Promise<(OvalDefinition | SetAside)[]> {
  const read: (OvalDefinition | SetAside)[] = [];
  for await (const one of readOval(bytes(text), 'fleet.xml', limits)) read.push(one);
  return read;
}

async function packagesOf(criteria: string): Promise<readonly OvalPackage[]> {
  const [definition] = await read(defined(criteria));
  assert(definition !== undefined && 'packages' in definition, JSON.stringify(definition));
  return definition.packages;
}

const below = { of: 'evr', operation: 'less than', value: '0:1-2' } as const;
const keel = { name: 'keel', tests: [below], arch: null, products: [], module: null, conditions: [] };

test('what a definition says of itself is read', async () => {
  const [definition] = await read(
    documentOf(`<definition id="d:1" class="vulnerability"><metadata>
      <title> Leaking
         hull</title><affected family="unix"><platform>Ship 9</platform></affected>
      <reference source="CVE" ref_id="CVE-2031-1" ref_url="https://example.test/1"/><patchable>true</patchable>
      <description>long</description><advisory><severity>Moderate</severity><issued date="2031-01-02"/><updated date="2031-02-03"/>
      <cve cvss3="7.8/CVSS:3.1/AV:L" impact="low" public="20310101" href="https://example.test/1">CVE-2031-1</cve>
      <affected><resolution state="Will not fix"><component>keel</component></resolution></affected>
      <affected_cpe_list><cpe>cpe:/o:ship:9</cpe></affected_cpe_list></advisory></metadata></definition>`),
  );
  assert.deepEqual(definition, {
    id: 'd:1',
    class: 'vulnerability',
    title: 'Leaking hull',
    platforms: ['Ship 9'],
    references: [{ source: 'CVE', id: 'CVE-2031-1', url: 'https://example.test/1' }],
    severity: 'Moderate',
    issued: '2031-01-02',
    updated: '2031-02-03',
    cves: [
      {
        ...{ text: 'CVE-2031-1', url: 'https://example.test/1', cvss3: '7.8/CVSS:3.1/AV:L' },
        ...{ cvss2: null, impact: 'low', published: '20310101' },
      },
    ],
    resolutions: [{ state: 'Will not fix', components: ['keel'] }],
    cpes: ['cpe:/o:ship:9'],
    extra: { patchable: 'true' },
    packages: [],
  });
});

test('criteria become packages with the product, module, architecture and words that stand beside them', async () => {
  assert.deepEqual(
    await packagesOf(all(is('ship'), any(all(is('arm'), all(is('stream'), any(all(is('keel'), is('keel-signed')))))))),
    [{ ...keel, arch: 'aarch64', products: ['Ship 9'], module: 'sail:2' }],
  );
  assert.deepEqual(await packagesOf(all(any(is('ship'), is('boat')), any(is('keel'), is('mast')))), [
    { ...keel, products: ['Ship 9', 'Boat 2'] },
    { ...keel, products: ['Ship 9', 'Boat 2'], name: 'mast', tests: [] },
  ]);
  assert.deepEqual(await packagesOf(all(is('keel'), any(is('running'), is('no-mast')))), [
    { ...keel, conditions: ['keel 1 is running or mast'] },
  ]);
  assert.deepEqual(await packagesOf(is('keel')), []);
  assert.deepEqual(await packagesOf(any(is('for-arch'))), [{ ...keel, arch: '(aarch64)' }]);
});

test('the name of a product is the one that the criterion gives it', async () => {
  const [one] = await packagesOf(all(is('ship', 'comment="Ship 9 for Pilots is installed"'), is('keel')));
  assert.deepEqual(one?.products, ['Ship 9 for Pilots']);
});

test('tests of one package side by side hold together, and SUSE says by version 0 that it is not affected', async () => {
  const from = { of: 'evr', operation: 'greater than or equal', value: '0:1-0' };
  assert.deepEqual(await packagesOf(all(is('keel'), is('keel-from'))), [{ ...keel, tests: [below, from] }]);
  const zero = { of: 'version', operation: 'equals', value: '0' };
  assert.deepEqual(await packagesOf(any(is('not-affected'))), [{ ...keel, tests: [zero] }]);
});

test('a package with its name in a variable is each of its values', async () => {
  assert.deepEqual(
    (await packagesOf(all(is('many')))).map(({ name }) => name),
    ['jib', 'spinnaker'],
  );
});

test('negations turn operators and comparisons over', async () => {
  const from = { of: 'evr', operation: 'greater than or equal', value: '0:1-2' };
  assert.deepEqual(await packagesOf(all(is('keel', 'negate="true"'))), [{ ...keel, tests: [from] }]);
  assert.deepEqual(await packagesOf(none(is('keel'), is('running'))), [
    { ...keel, tests: [from], conditions: ['not: keel 1 is running'] },
  ]);
  assert.deepEqual(await packagesOf(none(none(is('keel')))), [keel]);
});

test('a package that has to be there and not to be there makes nothing true', async () => {
  assert.deepEqual(await packagesOf(all(is('ship'), any(all(is('mast'), is('no-mast')), all(is('keel'))))), [
    { ...keel, products: ['Ship 9'] },
  ]);
});

test('a definition that refers to what is not there is set aside in part, one without an id wholly', async () => {
  assert.deepEqual(
    (await read(defined(any(is('keel'), is('nowhere', 'comment="oars are old"'))))).map((one) =>
      'reason' in one ? one : one.packages,
    ),
    [
      {
        record: 'd',
        reason: "in part: 1 of its tests cannot be read, as 'oars are old', which is not in the document",
      },
      [keel],
    ],
  );
  assert.deepEqual(await read(defined(all(is('stateless')))).then(([first]) => first), {
    record: 'd',
    reason: "in part: 1 of its tests cannot be read, as 'its state is gone', whose state is not in the document",
  });
  assert.deepEqual(await read(documentOf('<definition/>')), [
    { record: 'definition', reason: 'a definition without an id' },
  ]);
});

const isFailed = (form: RegExp) => (thrown: unknown) =>
  thrown instanceof Fault && thrown.code === 'feed/failed' && form.test(thrown.message);

test('a comparison that OVAL does not have is not taken for any version', async () => {
  const [aside, definition] = await read(defined(all(is('odd'))));
  assert.deepEqual(aside, {
    record: 'd',
    reason: "in part: 1 of its tests cannot be read, as 'keel is odd', whose state compares in an unknown way",
  });
  assert(definition !== undefined && 'packages' in definition);
  assert.deepEqual(definition.packages, []);
});

test('nothing is given of a document that is cut off or too large', async () => {
  const text = defined(all(is('keel')));
  const got: unknown[] = [];
  await assert.rejects(
    async () => {
      for await (const one of readOval(bytes(text.slice(0, -30)), 'fleet.xml')) got.push(one);
    },
    isFailed(/fleet\.xml: it is no XML/),
  );
  assert.deepEqual(got, []);
  await assert.rejects(read(text, { keptBytes: 1000, contents: 10 }), isFailed(/more than 10 tests/));
  const many = Array.from({ length: 60_000 }, (_, at) => `<definition id="${at}" class="patch"/>`);
  await assert.rejects(read(documentOf(...many), { keptBytes: 100, contents: 100 }), isFailed(/more than 100 bytes/));
});

test('more definitions than are compressed together come in their order', async () => {
  const many = Array.from({ length: 12_000 }, (_, at) => `<definition id="${at}" class="patch"/>`);
  const ids = (await read(documentOf(...many))).map((one) => ('id' in one ? one.id : one.record));
  assert.deepEqual(ids, [...many.keys()].map(String));
});
