import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ecosystems } from '#core/ecosystem.ts';
import { maxVersionLength } from '#versions/comparator.ts';
import { comparators, type Scheme } from '#versions/comparators.ts';

const schemes = Object.keys(comparators) as readonly Scheme[];

describe('the list of comparators', () => {
  test('every comparator file is in the list under its own name', () => {
    const files = readdirSync(new URL('../../layers/versions/comparators/', import.meta.url));
    assert.deepEqual(files.map((file) => file.replace(/\.ts$/, '')).sort(), [...schemes].sort());
    for (const scheme of schemes) assert.equal(comparators[scheme].scheme, scheme);
  });

  test('every comparator has golden lines', () => {
    const files = readdirSync(new URL('./lines/', import.meta.url));
    assert.deepEqual(files.map((file) => file.replace(/\.txt$/, '')).sort(), [...schemes].sort());
  });

  test('every kind of package has the comparator it names', () => {
    for (const { scheme } of Object.values(ecosystems)) assert.ok(Object.hasOwn(comparators, scheme), scheme);
  });
});

describe('keys are written as the design says', () => {
  const examples: readonly [Scheme, string, string][] = [
    ['deb', '1.0-1', '10|02 11 01 ae 02 10 02|02 11 01 02'],
    ['deb', '1.0~rc1-1', '10|02 11 01 ae 02 10 01 72 63 02 11 01 02|02 11 01 02'],
    [
      'deb',
      '1:2.30+dfsg-4ubuntu2',
      '11 01|02 11 02 ae 02 12 30 ab 64 66 73 67 02 10 02|02 11 04 75 62 75 6e 74 75 02 11 02 02',
    ],
    ['rpm', '1.0~rc1-1.el9', '10|11 01 10 01 04 72 63 00 11 01 02|11 01 04 65 6c 00 11 09 02'],
    ['rpm', '1.0^git2-1', '10|11 01 10 03 04 67 69 74 00 11 02 02|11 01 02'],
    ['rpm', '1.0', '10|11 01 10 02|00'],
    ['apk', '1.2.3_rc1-r0', '11 01|08 11 02|08 11 03|01 04|04 11 01|03 10|02'],
    ['apk', '1.2.3b-r4', '11 01|08 11 02|08 11 03|06 62|03 11 04|02'],
    ['apk', '1.02_p1-r0', '11 01|08 10|07 11 02|05 09|04 11 01|03 10|02'],
    ['apk', '1.000', '11 01|08 0d|07 10|02'],
    ['apk', `1.${'0'.repeat(16)}`, '11 01|08 00 f0|07 10|02'],
    ['apk', '1.2~ab-r1', '11 01|08 11 02|03 90 61 62 00|03 11 01|02'],
    ['semver', '1.2.3', '11 01|11 02|11 03|03'],
    ['semver', '1.2.3-rc.1', '11 01|11 02|11 03|02 90 72 63 00 11 01 01'],
    ['semver', '2.0.0-0', '11 02|10|10|02 10 01'],
    ['golang', 'v1.2', '11 01|11 02|10|03'],
    ['golang', '1.21rc2', '11 01|12 21|10|02 90 72 63 00 11 02 01'],
    ['pep440', '1.0', '10|11 01 01|06|01|90|01'],
    ['pep440', '1!2.0.0rc1.post2', '11 01|11 02 01|05 11 01|11 02|90|01'],
    ['pep440', '1.0+ubuntu.1', '10|11 01 01|06|01|90|02 02 75 62 75 6e 74 75 00 11 01 01'],
    ['pep440', '1.0.dev0', '10|11 01 01|02|01|10|01'],
    ['gem', '1.0', '11 01 04'],
    ['gem', '1.0.0.1', '11 01 05 05 11 01 04'],
    ['gem', '1.a.0.b', '11 01 02 61 00 03 02 62 00 04'],
    ['gem', '1.0.0.beta2', '11 01 02 62 65 74 61 00 11 02 04'],
    ['maven', '1.0', '11 01 05'],
    ['maven', '1.0-alpha-1', '11 01|03 02 01|07 11 01|05'],
    ['maven', '1.2-jre', '11 01 11 02|07 06 07 6a 72 65 00|05'],
    ['maven', '3.7.0.rc.2', '11 03 11 07|04 02 04 11 02|05'],
    ['nuget', '1.0', '11 01 10 10 10 03'],
    ['nuget', '1.0.0-Beta.2', '11 01 10 10 10|02 90 42 45 54 41 00 11 02 01'],
    ['nuget', '1.0.0.1', '11 01 10 10 11 01 03'],
    ['composer', '1.0.0.0', '11 01 10 10 10 07'],
    ['composer', '1.0.0-RC1', '11 01 10 10 10|06 11 01 07'],
    ['composer', '1.0-p1', '11 01 10 10 10|90 11 01 07'],
    ['cargo', '1.2.3-rc.1+5', '11 01|11 02|11 03|02 90 72 63 00 11 01 01'],
    ['hex', '1.2.3', '11 01|11 02|11 03|03'],
    ['pub', '1.0.0', '11 01 10 10 03|01'],
    ['pub', '1.0.0+1', '11 01 10 10 03|02 11 01 01'],
    ['pub', '1.0.0-dev.2+a', '11 01 10 10 02 90 64 65 76 00 11 02 01|02 90 61 00 01'],
    ['cran', '0.1-2', '10 11 01 11 02 01'],
    ['hackage', '1.0', '11 01 10 01'],
    ['pacman', '1:1.0a-1', '11 01|11 01 90 10 01 61 00 02|11 01 02'],
    ['pacman', '1.0.r2', '10|11 01 90 10 90 04 72 00 11 02 02|00'],
    ['pacman', '1..2-1', '10|11 01 91 11 02 11 02 02|11 01 02'],
    ['portage', '1.2.3b_rc1-r4', '11 01|08 11 02|08 11 03|07 62|04 11 01|05 11 04'],
    ['portage', '1.010_p', '11 01|08 0f 30 31 00|06 10|05 10'],
    ['jvm', '1.8.0_292-b10', '11 08 10 13 02 92 01|03'],
    ['jvm', '17.0-ea', '12 17 01|02 90 65 61 00'],
    ['generic', '1.0.2k-fips', '11 01 10 11 02|06 6b 00|05 66 69 70 73 00|03|01'],
    ['generic', '1.0-rc1+k3s2', '11 01|02 11 05|11 01|03|02|05 6b 00 11 03|06 73 00 11 02|03'],
  ];
  for (const [scheme, text, wanted] of examples) {
    test(`${scheme} ${text.length > 20 ? `${text.slice(0, 20)}...` : text}`, () =>
      assert.equal(hex(comparators[scheme].key(text)), plain(wanted)));
  }
});

describe('what a comparator answers', () => {
  test('a version comes back with the text it was read from and its key', () => {
    const parsed = comparators.semver.parse('v1.2.3');
    assert.ok(parsed.kind === 'version');
    assert.equal(parsed.text, 'v1.2.3');
    assert.equal(hex(parsed.key), plain('11 01|11 02|11 03|03'));
  });

  test('what cannot be read is undecidable with the text and a reason, from every method', () => {
    for (const scheme of schemes) {
      const { parse, compare, key, start, end } = comparators[scheme];
      const answers = [parse('-'), key('-'), start('-'), end('-'), compare('-', '1.0.0'), compare('1.0.0', '-')];
      for (const answer of answers) {
        assert.ok(typeof answer === 'object' && 'kind' in answer && answer.kind === 'undecidable', scheme);
        assert.equal(answer.text, '-');
        assert.match(answer.reason, new RegExp(`^not a ${scheme} version: .`));
      }
    }
  });

  test('(devel) is undecidable because it is a working copy', () => {
    const answer = comparators.golang.parse('(devel)');
    assert.ok(answer.kind === 'undecidable');
    assert.match(answer.reason, /working copy/);
  });

  test('nothing, blanks and NUL are versions of no scheme', () => {
    for (const scheme of schemes) {
      for (const text of ['', ' ', '\n', '\0', '1.0.0\0', '1.0.0\n2', '1.0\t0']) {
        assert.equal(comparators[scheme].parse(text).kind, 'undecidable', `${scheme} ${JSON.stringify(text)}`);
      }
    }
  });

  test(`a text over ${maxVersionLength} characters is undecidable, one of just that length is not`, () => {
    for (const scheme of schemes) {
      const longest = `1.0.${'7'.repeat(maxVersionLength - 4)}`;
      assert.equal(comparators[scheme].parse(longest).kind, 'version', scheme);
      const answer = comparators[scheme].parse(`${longest}7`);
      assert.ok(answer.kind === 'undecidable', scheme);
      assert.match(answer.reason, /longer than 256 characters/);
    }
  });

  test('a text of megabytes is refused without being read', () => {
    const huge = '1.0~^_rc-'.repeat(1_000_000);
    for (const scheme of schemes) assert.equal(comparators[scheme].parse(huge).kind, 'undecidable');
  });
});

describe('the ends of ranges', () => {
  test('a range from a version on begins with its key, up to a version ends just after it', () => {
    for (const scheme of schemes) {
      const text = scheme === 'rpm' || scheme === 'pacman' ? '1.2.3-1' : '1.2.3';
      const { key, start, end } = comparators[scheme];
      assert.equal(hex(start(text)), hex(key(text)));
      if (scheme !== 'pep440' && scheme !== 'generic') assert.equal(hex(end(text)), `${hex(key(text))}00`);
    }
  });

  test('an rpm without a release stands for all its releases', () => {
    assert.equal(hex(comparators.rpm.start('1.0')), plain('10|11 01 10 02'));
    assert.equal(hex(comparators.rpm.end('1.0')), plain('10|11 01 10 02|ff'));
    assert.equal(hex(comparators.rpm.end('1.0-1')), plain('10|11 01 10 02|11 01 02|00'));
  });

  test('an Arch version without a pkgrel stands for all of them', () => {
    assert.equal(hex(comparators.pacman.start('1.0')), plain('10|11 01 90 10 02'));
    assert.equal(hex(comparators.pacman.end('1.0')), plain('10|11 01 90 10 02|ff'));
  });

  test('a version of no known scheme takes its builds in, one with a build only itself', () => {
    assert.equal(hex(comparators.generic.end('1.2.0')), plain('11 01 11 02 03|ff'));
    assert.equal(hex(comparators.generic.end('1.2+1')), `${hex(comparators.generic.key('1.2+1'))}00`);
  });

  test('a Python version without a local part takes its local builds in, one with a local part only itself', () => {
    assert.equal(hex(comparators.pep440.end('1.0')), plain('10|11 01 01|06|01|90|ff'));
    assert.equal(hex(comparators.pep440.end('1.0+a')), `${hex(comparators.pep440.key('1.0+a'))}00`);
  });
});

function hex(bytes: unknown): string {
  assert.ok(bytes instanceof Uint8Array);
  return Buffer.from(bytes).toString('hex');
}

function plain(readable: string): string {
  return readable.replace(/[ |]/g, '');
}
