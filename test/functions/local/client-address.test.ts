import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientAddress, proxiesOf } from '#functions/local/client-address.ts';
import { isFault } from '#test/support/is-fault.ts';

const proxies = proxiesOf(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);

test('without trusted proxies the address is that of the connection, whatever a header says', () => {
  const none = proxiesOf([]);
  assert.equal(clientAddress('203.0.113.9', '198.51.100.1', none), '203.0.113.9');
  assert.equal(clientAddress('203.0.113.9', '198.51.100.1', proxies), '203.0.113.9');
  assert.equal(clientAddress('10.1.2.3', undefined, proxies), '10.1.2.3');
});

test('behind trusted proxies it is the one that the nearest of them tells, and nothing that a client could write before it', () => {
  for (const [remote, forwarded, wanted] of [
    ['10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['10.1.2.3', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    ['10.1.2.3', '1.1.1.1, 198.51.100.1, 192.0.2.7,10.9.9.9', '198.51.100.1'],
    ['::ffff:10.1.2.3', '::ffff:198.51.100.1', '198.51.100.1'],
    ['fd00::1', '2001:db8::5', '2001:db8::5'],
    ['10.1.2.3', '198.51.100.1:4711', '198.51.100.1'],
    ['10.1.2.3', '[2001:db8::5]:4711', '2001:db8::5'],
    ['10.1.2.3', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
  ] as const)
    assert.equal(clientAddress(remote, forwarded, proxies), wanted, forwarded);
});

test('what is no address ends the list', () => {
  for (const [forwarded, wanted] of [
    ['198.51.100.1, unknown', '10.1.2.3'],
    ['198.51.100.1, unknown, 10.0.0.5', '10.0.0.5'],
    ['', '10.1.2.3'],
    [',,,', '10.1.2.3'],
    ['999.1.1.1', '10.1.2.3'],
    [`${'1.1.1.1,'.repeat(1000)}x`, '10.1.2.3'],
  ] as const)
    assert.equal(clientAddress('10.1.2.3', forwarded, proxies), wanted, forwarded.slice(0, 50));
});

test('a proxy is named by its address or network', () => {
  for (const wrong of ['', 'proxy', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8'])
    assert.throws(() => proxiesOf([wrong]), isFault('input/invalid'), wrong);
});
