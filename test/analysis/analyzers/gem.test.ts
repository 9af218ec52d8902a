import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gem } from '#analysis/analyzers/gem.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const spec = (...lines: string[]) =>
  `Gem::Specification.new do |s|\n${lines.map((line) => `  ${line}\n`).join('')}end\n`;
const rope = spec('s.name = "rope".freeze', 's.version = "1.2.0"');

test('a gem is its specification, wherever RubyGems or Bundler put it', () => {
  for (const [path, count] of [
    ['usr/lib/ruby/gems/3.1.0/specifications/rope-1.2.0.gemspec', 1],
    ['usr/lib/ruby/gems/3.1.0/specifications/default/rope-1.2.0.gemspec', 1],
    ['usr/share/rubygems-integration/all/specifications/rope-1.2.0.gemspec', 1],
    ['srv/app/vendor/bundle/ruby/3.3.0/specifications/rope-1.2.0.gemspec', 1],
    ['usr/local/bundle/ruby/3.3.0/bundler/gems/rope-0123456789ab/rope.gemspec', 1],
    ['usr/local/bundle/ruby/3.3.0/bundler/gems/ropes-0123456789ab/rope/rope.gemspec', 1],
    ['srv/app/vendor/gems/rope-1.2.0/rope.gemspec', 1],
    ['srv/app/vendor/cache/rope-0123456789ab/rope.gemspec', 1],
    ['specifications/rope-1.2.0.gemspec', 1],
    ['usr/lib/ruby/gems/3.1.0/gems/rope-1.2.0/rope.gemspec', 0],
    ['usr/lib/ruby/gems/3.1.0/specifications/other/rope-1.2.0.gemspec', 0],
    ['usr/local/bundle/ruby/3.3.0/bundler/gems/ropes-0123456789ab/a/b/c/rope.gemspec', 0],
    ['srv/rope/rope.gemspec', 0],
    ['specifications/rope-1.2.0.gemspec.bak', 0],
  ] as const) {
    assert.equal(analyzeFiles(gem, { [path]: rope }).packages.length, count, path);
  }
});

test('specifications are read as RubyGems of every age and people write them', () => {
  for (const [text, name, version] of [
    [
      '# -*- encoding: utf-8 -*-\n# stub: rope 1.2.0 ruby lib\n\nGem::Specification.new { |s| s.name = NAME }',
      'rope',
      '1.2.0',
    ],
    ['# stub: rope 1.2.0 ruby lib\r\nGem::Specification.new { |s| }', 'rope', '1.2.0'],
    [spec('s.name = %q{rope}', 's.version = "1.2.0"', 's.authors = [%q{Jo}]'), 'rope', '1.2.0'],
    [spec("s.name = 'rope'", "s.version = '1.2.0'"), 'rope', '1.2.0'],
    [spec("s.name        = 'rope'  # the rope", "s.version     = '1.2.0.rc1'.freeze"), 'rope', '1.2.0.rc1'],
    ['\ufeff# coding\n# stub: a.b_c-d 0.0.1 java lib\nGem::Specification.new', 'a.b_c-d', '0.0.1'],
    [spec('s.description = "s.name = 7"', 's.name = "rope"', 's.version = "1"', 's.name = "other"'), 'rope', '1'],
  ] as const) {
    const { packages, notes } = analyzeFiles(gem, { 'specifications/x.gemspec': text });
    assert.deepEqual(notes, [], text);
    assert.deepEqual(
      packages.map((found) => [found.name, found.version]),
      [[name, version]],
      text,
    );
  }
});

test('a specification tells licences, authors, homepage, platform and what the gem needs', () => {
  const { packages } = analyzeFiles(gem, {
    'specifications/a.gemspec': spec(
      's.name = "a"',
      's.version = "1.0"',
      's.platform = "x86_64-linux-musl".freeze',
      's.licenses = ["Apache License 2.0".freeze, "MIT".freeze]',
      's.authors = ["Jo \\u00C4ngstr\\u{f6}m".freeze, "Al \\"\\xC3\\xA9\\" \\#{mast}", \'it\\\'s\']',
      's.email = ["jo@example.org"]',
      's.homepage = "https://example.org".freeze',
      's.add_runtime_dependency(%q<b>.freeze, ["~> 2.8.2"])',
      's.add_development_dependency(%q<c>.freeze, [">= 0"])',
      "s.add_dependency 'd-e'",
    ),
  });
  const { licenses, vendor, purl, metadata, requires, arch, declared } = packages[0]!;
  assert.deepEqual(licenses, ['Apache-2.0', 'MIT']);
  assert.equal(vendor, 'Jo Ängström, Al "é" #{mast}, it\'s');
  assert.equal(purl, 'pkg:gem/a@1.0?platform=x86_64-linux-musl');
  assert.deepEqual(metadata, { platform: 'x86_64-linux-musl', homepage: 'https://example.org' });
  assert.deepEqual(requires, ['b', 'd-e']);
  assert.deepEqual([arch, declared], [null, undefined]);
});

test('lists over several lines, with comments between, are lists; what Ruby would have to run is left out', () => {
  const { packages, notes } = analyzeFiles(gem, {
    'specifications/a.gemspec': spec(
      's.name = "a"',
      's.version = "1.0"',
      's.licenses = [\n    "MIT", # or\n    "Ruby",\n  ]',
      's.authors = `git log`.split("\\n")',
      's.homepage = "https://example.org/#{s.name}"',
    ),
  });
  assert.deepEqual(notes, []);
  assert.deepEqual(
    [packages[0]?.licenses, packages[0]?.vendor, packages[0]?.metadata],
    [['MIT', 'Ruby'], null, undefined],
  );
});

test('a specification whose version only Ruby could tell is a note where RubyGems wrote it, and nothing in a checkout', () => {
  for (const text of [
    spec('s.name = "rope"', 's.version = Rope::VERSION'),
    spec('s.name = "rope"', 's.version = "#{MAJOR}.2"'),
    spec('s.name = "rope"', 's.version = "1.2.0'),
    spec('s.name = "../rope"', 's.version = "1.2.0"'),
    spec('s.name = "rope"', 's.version = "one"'),
    spec(`s.name = "${'r'.repeat(201)}"`, 's.version = "1"'),
  ]) {
    const { packages, notes } = analyzeFiles(gem, {
      'specifications/bad.gemspec': text,
      'vendor/gems/bad/bad.gemspec': text,
      'specifications/rope-1.2.0.gemspec': rope,
    });
    assert.equal(packages.length, 1, text);
    assert.deepEqual(notes, [
      'specifications/bad.gemspec: names no gem and version that could be told without running it',
    ]);
  }
  const foreign = { 'specifications/x.gemspec': '{"a": "specification of something else"}' };
  assert.deepEqual(analyzeFiles(gem, foreign), { packages: [], notes: [] });
});

test('a hostile specification takes no longer than a good one', () => {
  const most = 1024 * 1024 - 200;
  for (const body of [
    `s.licenses = [${'"MIT",'.repeat(most / 6)}`,
    `s.licenses = ${'['.repeat(most)}`,
    's.name = "'.repeat(most / 10),
    `s.homepage = "${'\\'.repeat(most)}`,
    `s.homepage = "${'#'.repeat(most)}`,
    's.add_dependency(%q<'.repeat(most / 20),
    's.add_dependency\n'.repeat(most / 20),
    ' '.repeat(most),
    '\n  s.x'.repeat(most / 6),
    's.add_dependency %q<\n'.repeat(most / 22),
    's.license = "\n'.repeat(most / 14),
  ]) {
    analyzeFiles(gem, { 'specifications/x.gemspec': spec('s.name = "x"', 's.version = "1"', body) });
  }
  const { notes } = analyzeFiles(gem, { 'specifications/x.gemspec': ' '.repeat(1024 * 1024 + 1) });
  assert.match(notes[0]!, /1048577 bytes/);
});

const commit = '6d9ac7cc6f8366422d329c0b937316765a0bd67a';
const lockText = `GIT
  remote: https://jo:secret@example.org/knot.git
  revision: ${commit}
  branch: main
  specs:
    knot (2.7.0)
      rope (>= 1)

PATH
  remote: hull
  specs:
    hull (0.1.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.16.5)
      mini_portile2 (~> 2.8.2)
      racc (~> 1.4)
    nokogiri (1.16.5-x86_64-linux)
      racc (~> 1.4)
    nokogiri (1.16.5-java)
    not a gem
      stray
    rope (1.3.0.pre.2)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  hull!
  nokogiri (= 1.16.5)

BUNDLED WITH
   2.3.15
`;

test('a Gemfile.lock names gems once, whatever their platforms, and none of paths', () => {
  for (const text of [lockText, lockText.replaceAll('\n', '\r\n')]) {
    const { packages, notes } = analyzeFiles(gem, { 'srv/app/Gemfile.lock': text });
    assert.deepEqual(notes, []);
    assert.deepEqual(
      packages.map(({ purl, declared, requires }) => [purl, declared, requires]),
      [
        [`pkg:gem/knot@2.7.0?vcs_url=git%2Bhttps:%2F%2Fexample.org%2Fknot.git%40${commit}`, 'lock', ['rope']],
        ['pkg:gem/nokogiri@1.16.5', 'lock', ['mini_portile2', 'racc']],
        ['pkg:gem/rope@1.3.0.pre.2', 'lock', undefined],
      ],
    );
  }
});

test('the lock file of an application counts, not one that a gem brings along', () => {
  for (const [path, count] of [
    ['srv/app/Gemfile.lock', 3],
    ['Gemfile.lock', 3],
    ['srv/app/gems.locked', 3],
    ['srv/app/gemfiles/rails_7.gemfile.lock', 3],
    ['opt/gems/my-app/Gemfile.lock', 3],
    ['usr/lib/ruby/gems/3.1.0/gems/rope-1.2.0/Gemfile.lock', 0],
    ['usr/local/bundle/bundler/gems/rope-0123456789ab/Gemfile.lock', 0],
    ['srv/app/yarn.lock', 0],
  ] as const) {
    assert.equal(analyzeFiles(gem, { [path]: lockText }).packages.length, count, path);
  }
});

test('what is no Gemfile.lock inside names nothing', () => {
  for (const text of [
    '',
    '{"a": 1}',
    'GEM\n  specs:\n    rope\n    (1)\n    x ()\n',
    `GEM\n  specs:\n    ${'x'.repeat(1_000_000)} (1)\n`,
  ]) {
    assert.deepEqual(analyzeFiles(gem, { 'Gemfile.lock': text }), { packages: [], notes: [] }, text.slice(0, 40));
  }
});

const installed = gemsOfThisMachine();

test(`what RubyGems lists on this machine is found, gem by gem${installed ? '' : ' (skipped: no ruby here)'}`, {
  skip: installed === null,
}, () => {
  const files = Object.fromEntries(installed!.map(({ file }) => [file.slice(1), readFileSync(file)]));
  const { packages, notes } = analyzeFiles(gem, files);
  assert.deepEqual(notes, []);
  assert.deepEqual(
    packages.map(({ evidence, name, version, requires = [] }) => ({
      file: `/${evidence.path}`,
      name,
      version,
      requires,
    })),
    installed!.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
  );
});

interface ListedGem {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly requires: readonly string[];
}

function gemsOfThisMachine(): readonly ListedGem[] | null {
  const script = `require 'json'
    puts JSON.dump(Gem::Specification.map { |s|
      { file: s.loaded_from, name: s.name, version: s.version.to_s, requires: s.runtime_dependencies.map(&:name).uniq.sort }
    })`;
  try {
    return JSON.parse(execFileSync('ruby', ['-e', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return null;
  }
}
