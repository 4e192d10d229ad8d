import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { COPY_BUFFER_BYTES } from './limits.ts';

/**
 * Reads a file piece by piece in one buffer: a piece is valid until the next is asked for.
 * A symbolic link put in the file's place is not followed.
 */
export async function* readPieces(
  path: string,
  bufferBytes: number = COPY_BUFFER_BYTES,
): AsyncGenerator<Buffer> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const buffer = Buffer.allocUnsafe(bufferBytes);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Writes the whole piece; one call of the system may write less. */
export async function writePiece(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) {
    const { bytesWritten } = await handle.write(piece, at, piece.length - at);
    at += bytesWritten;
  }
}
