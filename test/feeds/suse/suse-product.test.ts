import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suseProduct } from '#feeds/suse/suse-product.ts';

/** Namespace, channel, and whether it is for all service packs. */
const products: readonly (readonly [string, string | null])[] = [
  ['SUSE Linux Enterprise Server 15 SP5', 'sles:15.5 null false'],
  ['SUSE Linux Enterprise Server 15', 'sles:15 null false'],
  ['SUSE Linux Enterprise Server 15-LTSS', 'sles:15 ltss false'],
  ['SUSE Linux Enterprise Server 12 SP5-LTSS', 'sles:12.5 ltss false'],
  ['SUSE Linux Enterprise Server LTSS Extended Security 12 SP5', 'sles:12.5 ltss false'],
  ['SUSE Linux Enterprise High Performance Computing 15 SP1-ESPOS', 'sles:15.1 espos false'],
  ['SUSE Linux Enterprise Server for SAP Applications 15 SP3', 'sles:15.3 sap false'],
  ['SUSE Linux Enterprise Server for SAP applications 16.0', 'sles:16.0 sap false'],
  ['SUSE Linux Enterprise Server 16.0', 'sles:16.0 null false'],
  ['SUSE Linux Enterprise Module for Basesystem 15 SP6', 'sles:15.6 null false'],
  ['SUSE Linux Enterprise Module for Containers 12', 'sles:12 null true'],
  ['SUSE Real Time Module 15 SP6', 'sles:15.6 null false'],
  ['SUSE Package Hub 15 SP6', 'sles:15.6 null false'],
  ['SUSE Linux Enterprise Micro 5.5', 'sle-micro:5.5 null false'],
  ['SUSE Linux Micro 6.0', 'sle-micro:6.0 null false'],
  ['openSUSE Leap 15.6', 'opensuse-leap:15.6 null false'],
  ['openSUSE Leap 15.2 NonFree', 'opensuse-leap:15.2 null false'],
  ['openSUSE Leap 42.3', 'opensuse:42.3 null false'],
  ['openSUSE 13.2', 'opensuse:13.2 null false'],
  ['openSUSE Tumbleweed', 'opensuse-tumbleweed:rolling null false'],
  ['SUSE Manager Server 4.3', null],
  ['SUSE Enterprise Storage 7.1', null],
  ['Open Enterprise Server 24.4', null],
  ['SUSE OpenStack Cloud 9', null],
  ['openSUSE Leap Micro 5.5', null],
];

test('products of SUSE belong to the release that their names say', () => {
  for (const [name, want] of products) {
    const product = suseProduct(name);
    const got = product && `${product.namespace} ${product.channel} ${product.everyPack}`;
    assert.equal(got, want, name);
  }
});
