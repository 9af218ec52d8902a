import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress, isRefusedAddress } from '#platform/address-rules.ts';

test('addresses of the public internet are told from all others, however they are written', () => {
  const open = ['1.1.1.1', '100.63.255.255', '172.15.0.1', '172.32.0.1', '192.167.1.1', '223.255.255.255'];
  for (const address of [
    ...open,
    ...open.map((one) => `::ffff:${one}`),
    '2606:4700::1111',
    '64:ff9b::101:101',
    '2002:101:101::1',
  ])
    assert.equal(isPublicAddress(address), true, address);
  const closed = [
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.0.1', '169.254.1.1', '172.16.0.1'],
    ...['172.31.255.255', '192.0.0.1', '192.168.1.1', '198.18.0.1', '224.0.0.1', '239.1.1.1', '240.0.0.1'],
    ...['255.255.255.255', '203.0.113.7', '168.63.129.16'],
  ];
  for (const address of [
    ...closed,
    ...closed.flatMap((one) => [`::ffff:${one}`, `::${one}`, `64:ff9b::${one}`]),
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12::1', 'fd00:ec2::254', 'ff02::1', '2001:db8::1'],
    ...['2001::1', '3fff::1', '2002:a00:1::1', '64:ff9b:1::a00:1', '100::1', '4000::1', 'localhost', '', '010.0.0.1x'],
  ])
    assert.equal(isPublicAddress(address), false, address);
});

test('what hands out credentials is refused to everybody, private addresses are not', () => {
  for (const address of ['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254', '168.63.129.16'])
    assert.equal(isRefusedAddress(address), true, address);
  for (const address of ['127.0.0.1', '10.0.0.1', 'fd12::1']) assert.equal(isRefusedAddress(address), false, address);
});
