import { open, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { refuse } from './codes.ts';
import { writePiece } from './copy-file.ts';
import { shown } from './entry-name.ts';
import { kindInsideGzip, kindOfFile } from './file-magic.ts';

/**
 * Writes the content of one entry to a new file and gives its size and CRC-32.
 * `count` sees every piece before it is written and may stop the work.
 */
export async function writeEntry(
  pieces: AsyncIterable<Uint8Array>,
  path: string,
  count: (bytes: number) => void,
): Promise<{ bytes: number; crc: number }> {
  await using handle = await open(path, 'wx', 0o600);
  let bytes = 0;
  let crc = 0;
  for await (const piece of pieces) {
    count(piece.length);
    bytes += piece.length;
    crc = crc32(piece, crc);
    await writePiece(handle, piece);
  }
  return { bytes, crc };
}

/**
 * Refuses an archive lying where a data file should (PKG06): zip, tar, 7z, rar, or one of them
 * inside gzip. A gzip file of plain data is what the contract allows; true is given for it.
 */
export async function refuseNested(name: string, path: string): Promise<boolean> {
  if ((await stat(path)).size === 0) return false;
  const kind = await kindOfFile(path);
  if (kind === 'plain') return false;
  const inside = kind === 'gzip' ? await kindInsideGzip(path) : kind;
  if (inside === 'plain') return true;
  const layers = kind === 'gzip' ? `gzip 内的 ${inside}` : inside;
  return refuse(
    'PKG06',
    `${shown(name)} 是压缩包（${layers}）。请来源方把数据文件直接放入包内，只允许单个文件的 .gz。`,
  );
}
