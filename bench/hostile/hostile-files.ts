import { deflateRawSync } from 'node:zlib';
import { zip } from '#test/feeds/zip.ts';
import { goInlineInfo, buildElf, machines } from '#test/support/executable-builder.ts';
import { headerOf } from '#test/support/rpm-database.ts';
import { lots } from '../matching/lots.ts';
import { nearlyZeros } from './large-files.ts';

const MB = 1e6;

export function program(): Buffer {
  const block = nearlyZeros();
  block.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  block.write('3.12.1\0Python 3.12.1\0', 700_000, 'latin1');
  return block;
}

export function deepJar(depth: number): Buffer {
  let jar = zip([{ name: 'META-INF/maven/g/a/pom.properties', content: 'groupId=g\nartifactId=a\nversion=1\n' }]);
  for (let level = 1; level < depth; level++) jar = zip([{ name: `lib/a-${level}.jar`, content: jar, stored: true }]);
  return jar;
}

export function manyJars(count: number): Buffer {
  const jar = zip([{ name: 'META-INF/MANIFEST.MF', content: 'Implementation-Title: a\nImplementation-Version: 1\n' }]);
  return zip(
    Array.from({ length: count }, (_, n) => ({ name: `WEB-INF/lib/a${n}-1.${n}.jar`, content: jar, stored: true })),
  );
}

export function apkDatabase(count: number): string {
  return Array.from(
    { length: count },
    (_, n) => `P:p${n}\nV:1.${n}-r0\nA:x86_64\nL:MIT\nF:usr/lib\nR:lib${n}.so\n\n`,
  ).join('');
}

export function packageLock(size: number): string {
  const row = (n: number) =>
    `"node_modules/m${n}":{"version":"1.0.${n}","integrity":"sha512-xxxxxxxxxxxxxxxxxxxxxxxx"}`;
  return `{"lockfileVersion":3,"packages":{${Array.from({ length: Math.floor(size / 90) }, (_, n) => row(n)).join(',')}}}`;
}

export function laughs(): string {
  const entities = Array.from({ length: 30 }, (_, n) => `<!ENTITY e${n + 1} "&e${n};&e${n};&e${n};">`).join('');
  return `<!DOCTYPE p [<!ENTITY e0 "ha">${entities}]><project><groupId>g</groupId><artifactId>&e30;</artifactId><version>1</version></project>`;
}

export function lying(database: Buffer): Buffer {
  for (let at = 512; at < database.length - 4; at += 97) database.writeUInt32LE(0x0fffffff, at);
  return database;
}

export function lyingHeader(): Buffer {
  const header = headerOf([[1000, 6, 0x0ffffff0, Buffer.from('a\0')]]);
  header.writeUInt32BE(0xffff, 0);
  header.writeUInt32BE(0x0fffffff, 4);
  return header;
}

/** Pages of a table whose cells overflow into each other. */
export function sqlitePages(): Buffer {
  const page = Buffer.alloc(4096, 0x81);
  page.write('SQLite format 3\0', 'latin1');
  page.writeUInt16BE(4096, 16);
  page[100] = 5;
  page.writeUInt16BE(0xffff, 103);
  return page;
}

export function dpkgStanza(n: number): string {
  return `Package: p${n}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.${n}\nMaintainer: A <a@example.test>\nDepends: libc6, p1, p2 | p3\n\n`;
}

/** Lines that look like secrets of many kinds. */
export function secretLines(size: number): string {
  const { below } = lots(4);
  const text = (length: number) => Array.from({ length }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[below(32)]).join('');
  const lines = () =>
    `AKIA${text(16)}\naws_secret_access_key = "${text(40)}"\n-----BEGIN RSA PRIVATE KEY-----\nghp_${text(36)}\nxoxb-${text(12)}-${text(12)}-${text(24)}\nAPI_KEY=${text(20)}\npassword: ${text(12)}\nAIza${text(35)}\nsk_live_${text(24)}\n${text(200)}\n`;
  let all = '';
  while (all.length < size) all += lines();
  return all.slice(0, size);
}

export function hostileGo(): Buffer {
  const info = goInlineInfo('go1.22.1', 'path\tx\n');
  const wild = Buffer.concat([info.subarray(0, 32), Buffer.alloc(5000, 0xff)]);
  return buildElf(machines['amd64']!, [
    { name: '.go.buildinfo', address: 0x400000, bytes: wild },
    { name: '.data', address: 0x500000, bytes: Buffer.alloc(20 * MB, wild.subarray(0, 48)), writable: true },
  ]);
}

export function goModules(): Buffer {
  const modules = `path\tx\nmod\tx\tv1.0.0\th1:x\n${Array.from({ length: 2_000_000 }, (_, n) => `dep\tm${n}\tv1.0.0\th1:x\n`).join('')}`;
  return buildElf(machines['amd64']!, [
    { name: '.go.buildinfo', address: 0x400000, bytes: goInlineInfo('go1.22.1', modules) },
  ]);
}

export function sections(): Buffer {
  const head = buildElf(machines['amd64']!, [{ name: '.a', address: 0x400000, bytes: Buffer.alloc(64) }]);
  const table = Buffer.alloc(64 * 65535, head.subarray(64, 128));
  const all = Buffer.concat([head, table, deflateRawSync(table)]);
  all.writeBigUInt64LE(BigInt(head.length), 40);
  all.writeUInt16LE(65535, 60);
  return all;
}
