import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordpress } from '#analysis/analyzers/wordpress.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const plugin = '<?php\n/*\n * Plugin Name: Buoy\n * Version: 1.2\n */';

test('WordPress is a program with its CPE, a candidate of a release with its update', () => {
  for (const [text, version, cpe] of [
    ["<?php\n$wp_version = '6.4.3';", '6.4.3', '6.4.3:*'],
    ['<?php\n\t$wp_version="5.0";', '5.0', '5.0:*'],
    ["<?php\n$wp_version = '6.5-RC1-57775';", '6.5-RC1-57775', '6.5:rc1'],
    ["<?php\n$wp_version = '6.5-beta2';", '6.5-beta2', '6.5:beta2'],
    ["<?php\n$wp_version = '6.4.3-src';", '6.4.3-src', '6.4.3\\-src:*'],
  ] as const) {
    const { packages } = analyzeFiles(wordpress, { 'html/wp-includes/version.php': text });
    assert.equal(packages[0]?.version, version);
    assert.deepEqual(packages[0]?.cpes, [`cpe:2.3:a:wordpress:wordpress:${cpe}:*:*:*:*:*:*`], version);
  }
  for (const text of ['', "<?php // $wp_version = '6';", '<?php $wp_version = $x;', "$wp_version = 'x y';"]) {
    assert.deepEqual(analyzeFiles(wordpress, { 'wp-includes/version.php': text }).packages, [], text);
  }
});

test('only files where WordPress looks for plugins and themes are read', () => {
  for (const [path, wanted] of [
    ['wp-content/plugins/buoy/buoy.php', true],
    ['srv/site/wp-content/plugins/buoy/main.php', true],
    ['wp-content/plugins/hello.php', true],
    ['wp-content/mu-plugins/watch.php', true],
    ['wp-content/themes/quay/style.css', true],
    ['wp-content/plugins/buoy/inc/x.php', false],
    ['wp-content/mu-plugins/watch/watch.php', false],
    ['wp-content/themes/quay/functions.php', false],
    ['wp-content/themes/quay/css/style.css', false],
    ['wp-content/themes/style.css', false],
    ['wp-content/plugins/.git/x.php', false],
    ['wp-content/uploads/x.php', false],
    ['plugins/buoy/buoy.php', false],
    ['wp-includes/functions.php', false],
  ] as const) {
    assert.equal(wordpress.wants(path, 100, 0o644), wanted, path);
  }
});

test('a plugin is called like its folder or its file, whatever its title is', () => {
  const { packages } = analyzeFiles(wordpress, {
    'wp-content/plugins/buoy-and-bell/start.php': plugin,
    'wp-content/plugins/hello.php': plugin,
  });
  assert.deepEqual(
    packages.map(({ name, metadata }) => [name, metadata]),
    [
      ['buoy-and-bell', { title: 'Buoy' }],
      ['hello', { title: 'Buoy' }],
    ],
  );
});

test('a header is read as WordPress reads it: 8 KiB, any line ends, the first of two, the rest of the comment left out', () => {
  const of = (text: string) => analyzeFiles(wordpress, { 'wp-content/plugins/a/a.php': text }).packages[0]?.version;
  assert.equal(of('<?php /* plugin name: A\r # VERSION:2.1 */ echo 1;'), '2.1');
  assert.equal(of('<?php // Plugin Name: A\n// Version: 1.0 ?>\n// Version: 2'), '1.0');
  assert.equal(of(`<?php\n${'//\n'.repeat(3000)}// Plugin Name: A\n// Version: 1`), undefined);
  assert.equal(of('<?php\n// Plugin Name: A\n$x = "Version: 3";'), undefined);
  assert.equal(of('<?php\n// Plugin Name: A\n// Version: {{ version }}'), undefined);
  assert.equal(of('<?php\n// Version: 3\n'), undefined);
});

test('bytes that are no text, and lines made to cost time, are read in no time', () => {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0x00]), Buffer.from(`${' \t/*#@'.repeat(200_000)}Version`)]);
  assert.deepEqual(analyzeFiles(wordpress, { 'wp-content/plugins/a/a.php': bytes }), { packages: [], notes: [] });
});
