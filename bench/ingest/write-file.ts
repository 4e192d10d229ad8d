import { isAscii } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { encodeGb18030, type Progress } from '../../server/src/kernel/index.ts';
import { openSm3 } from '../../server/src/security/index.ts';

const BLOCK_BYTES = 4 << 20;
const LF = 0x0a;

/**
 * Writes a UTF-8 file again in GB18030 and tells its size and SM3. Both are flushed to the disk, so
 * that no write of ours is still under way when the clock starts.
 */
export async function encodeFile(
  utf8: string,
  gb18030: string,
  progress: Progress,
): Promise<{ bytes: number; sm3: string }> {
  const input = await open(utf8, 'r+');
  const output = await open(gb18030, 'wx');
  const digest = openSm3();
  const { size } = await input.stat();
  let bytes = 0;
  let read = 0;
  try {
    for await (const lines of wholeLines(input)) {
      // Blocks of pure ASCII are the same in both; those of names become text once.
      const encoded = isAscii(lines) ? lines : encodeGb18030(lines.toString('utf8'));
      digest.update(encoded);
      await output.writeFile(encoded);
      bytes += encoded.length;
      read += lines.length;
      progress.report('转成 GB18030', read, size, 'bytes');
    }
    await input.sync();
    await output.sync();
  } finally {
    await input.close();
    await output.close();
  }
  return { bytes, sm3: digest.hex() };
}

/** Blocks that end at a line break, so that no character is cut; valid until the next one. */
async function* wholeLines(input: FileHandle): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let kept = 0;
  for (;;) {
    const { bytesRead } = await input.read(block, kept, BLOCK_BYTES - kept, null);
    const filled = kept + bytesRead;
    const end = bytesRead === 0 ? filled : block.lastIndexOf(LF, filled - 1) + 1;
    if (end > 0) yield block.subarray(0, end);
    if (bytesRead === 0) return;
    block.copyWithin(0, end, filled);
    kept = filled - end;
  }
}
