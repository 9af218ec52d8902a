import { crc32, deflateRawSync } from 'node:zlib';
import { zip } from '#test/feeds/zip.ts';

/** An archive of one entry that inflates to so many zeros. */
export function flatBomb(size: number): Buffer {
  const packed = deflateRawSync(Buffer.alloc(Math.min(size, 1e9)), { level: 9 });
  return entries([{ name: 'lib/big.jar', packed, size: Math.min(size, 0xffffffff) }]);
}

/** An archive of so many copies of an archive of so many copies ..., so many levels; each level is one jar deflated. */
export function quine(width: number, depth: number): Buffer {
  let jar = zip([{ name: 'META-INF/maven/g/a/pom.properties', content: 'groupId=g\nartifactId=a\nversion=1\n' }]);
  for (let level = 0; level < depth; level++) {
    jar = zip(Array.from({ length: width }, (_, n) => ({ name: `lib/a-${level}.${n}.jar`, content: jar })));
  }
  return jar;
}

/** An archive whose entries all begin at the same place: each inflates to 10 MB. */
export function overlappingEntries(count: number): Buffer {
  const content = Buffer.alloc(10_000_000, 'a-1.0.jar ');
  const packed = deflateRawSync(content, { level: 9 });
  const crc = crc32(content);
  return entries(
    Array.from({ length: count }, (_, n) => ({
      name: `lib/b${n}.jar`,
      packed: n === 0 ? packed : null,
      size: content.length,
      crc,
    })),
    packed.length,
  );
}

/** An archive of entries of which those without bytes point to the first. */
function entries(
  list: readonly {
    readonly name: string;
    readonly packed: Buffer | null;
    readonly size: number;
    readonly crc?: number;
  }[],
  sharedSize = 0,
): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const { name, packed, size, crc = 0 } of list) {
    const head = Buffer.alloc(30);
    head.write('504b03041400', 'hex');
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(crc, 14);
    head.writeUInt32LE(packed?.length ?? sharedSize, 18);
    head.writeUInt32LE(size, 22);
    head.writeUInt16LE(name.length, 26);
    if (packed !== null) local.push(head, Buffer.from(name), packed);
    const record = Buffer.alloc(46);
    record.write('504b010214001400', 'hex');
    head.copy(record, 8, 6, 30);
    directory.push(record, Buffer.from(name));
  }
  const before = Buffer.concat(local);
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(list.length & 0xffff, 8);
  end.writeUInt16LE(list.length & 0xffff, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(before.length, 16);
  return Buffer.concat([before, listed, end]);
}
