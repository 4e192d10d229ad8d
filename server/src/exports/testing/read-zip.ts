import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';

/** Opens one file inside a zip as text that arrives in pieces, so that tests can read large ones. */
export async function* readZipText(path: string, name: string): AsyncGenerator<string> {
  const file = await open(path);
  const { size } = await file.stat();
  const tail = Buffer.alloc(Math.min(size, 65_557));
  await file.read(tail, 0, tail.length, size - tail.length);
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const directory = Buffer.alloc(tail.readUInt32LE(end + 12));
  await file.read(directory, 0, directory.length, tail.readUInt32LE(end + 16));
  for (let at = 0; at < directory.length; ) {
    const nameLength = directory.readUInt16LE(at + 28);
    const packed = directory.readUInt32LE(at + 20);
    const offset = directory.readUInt32LE(at + 42);
    const found = directory.subarray(at + 46, at + 46 + nameLength).toString();
    if (found === name) {
      await file.close();
      const start = offset + 30 + nameLength;
      const source = createReadStream(path, { start, end: start + packed - 1 });
      yield* source.pipe(createInflateRaw()).setEncoding('utf8') as AsyncIterable<string>;
      return;
    }
    at += 46 + nameLength;
  }
  await file.close();
  throw new Error(`${path} has no ${name}`);
}
