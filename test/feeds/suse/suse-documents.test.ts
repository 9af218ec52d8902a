import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suse } from '#feeds/feeds/suse.ts';
import { suseDocuments } from '#feeds/suse/suse-documents.ts';

const stems = (namespace: string) =>
  suseDocuments(namespace).flatMap((name) => /^(.+)-affected\.xml\.gz$/.exec(name)?.[1] ?? []);

test('a release of SUSE has documents of its own, then those of its generation', () => {
  assert.deepEqual(stems('sles:15.5'), [
    ...['suse.linux.enterprise.15-sp5', 'suse.linux.enterprise.15', 'suse.linux.enterprise.server.15'],
  ]);
  assert.deepEqual(stems('sles:15'), ['suse.linux.enterprise.15', 'suse.linux.enterprise.server.15']);
  assert.deepEqual(stems('sles:16.0'), ['suse.linux.enterprise.16.0', 'suse.linux.enterprise.16']);
  assert.deepEqual(stems('sle-micro:5.5'), ['suse.linux.enterprise.micro.5.5', 'suse.linux.enterprise.micro.5']);
  assert.deepEqual(stems('sle-micro:6.1'), ['suse.linux.micro.6.1', 'suse.linux.micro.6']);
  assert.deepEqual(stems('opensuse-leap:15.6'), ['opensuse.leap.15.6']);
  assert.deepEqual(stems('opensuse:42.3'), ['opensuse.leap.42.3']);
  assert.deepEqual(stems('opensuse-tumbleweed:rolling'), ['opensuse.tumbleweed']);
});

test('the first form of a document is the one with everything in it that inflates fastest', () => {
  assert.deepEqual(suseDocuments('opensuse-leap:15.6'), [
    ...['opensuse.leap.15.6-affected.xml.gz', 'opensuse.leap.15.6-affected.xml.bz2', 'opensuse.leap.15.6-affected.xml'],
    'opensuse.leap.15.6.xml.gz',
  ]);
});

test('what is no release of SUSE has no documents, and nothing is asked for it', () => {
  for (const namespace of ['rhel:9', 'sles:../x', 'sles:15.5/x', 'sles:9', 'opensuse-leap:15', 'constructor:1', 'sles'])
    assert.deepEqual(suse.groupsFor(namespace), [], namespace);
});

test('every group of SUSE that is offered has documents', () => {
  for (const group of suse.knownGroups) assert.deepEqual(suse.groupsFor(group), [group]);
});
