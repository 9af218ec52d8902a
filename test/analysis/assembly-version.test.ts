import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemblyVersion } from '#analysis/dotnet/assembly-version.ts';

test('the version of an assembly is the one its package most likely has', () => {
  for (const [product, file, version] of [
    ['13.0.3+0a2e291c0d9c0c7675d445703e51750363a549ef', '13.0.3.27908', '13.0.3'],
    ['8.0.4+2d7eea252964e69be94cb9c847b371b23e4dd470', '8.0.424.16909', '8.0.4'],
    ['2.3.1-rc.2+0a2e291c', '2.3.1.877', '2.3.1-rc.2'],
    ['1.0.0-beta', '1.2.0.0', '1.0.0-beta'],
    ['3.1.23+641ee87bc17bd8307682c4677c10e0eb33906c0d', '4.700.22.12208', '4.7.0'],
    ['9.0.1', '9.0.1.19813', '9.0.1'],
    ['2.0.8.0', '2.0.8.0', '2.0.8'],
    ['1.0.0.0', '5.2.7.61128', '5.2.7.61128'],
    ['5.2.7', '1.0.0.0', '5.2.7'],
    ['4.8', '4.8.4084.0', '4.8.4084'],
    ['4.6.25519.03 built by: dlab-DDVSOWINAGE013. Commit Hash: d0d5c7b', '4.6.25519.03', '4.6.25519.3'],
    ['1, 2, 3, 4', '', '1.2.3.4'],
    ['', '1.2.3.0', '1.2.3'],
    ['Release 73', '7.3.0.0', '7.3.0'],
    ['v1.4.0', '', '1.4.0'],
    ['', '', null],
    ['0.0.0.0', '0.0.0.0', null],
    ['unknown', 'x', null],
    ['99999999999999.1', '', null],
  ] as const) {
    const texts = new Map([
      ['ProductVersion', product],
      ['FileVersion', file],
    ]);
    assert.equal(assemblyVersion(texts), version, `${product} and ${file}`);
  }
});
