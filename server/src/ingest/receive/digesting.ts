import { openSm3, openSm3Thread, type Sm3Thread } from '../../security/index.ts';

/** A piece of a file on its way. */
export interface PassingPiece {
  /** Stays as it is until {@link PIECES_KEPT} more were asked for. */
  readonly bytes: Uint8Array;
  /** Fulfilled once the digest has taken it in. */
  readonly digested: Promise<void>;
}

/** A file that is digested while it passes. */
export interface Digesting extends AsyncIterable<PassingPiece> {
  /** SM3 of all pieces, after the last. */
  hex(): Promise<string>;
  close(): Promise<void>;
}

/** Pieces that may be under way at once, and stay as they are. */
export const PIECES_KEPT = 3;

/** A file whose first piece is as large gets a thread for its digest; starting one takes 30 ms. */
const THREAD_BYTES = 4 << 20;

/**
 * Passes pieces on while their SM3 is computed, of a large file on another thread: digesting costs
 * as much as packing and encrypting together.
 */
export function digesting(pieces: AsyncIterable<Uint8Array>): Digesting {
  const here = openSm3();
  let thread: Sm3Thread | null = null;
  async function* passing(): AsyncGenerator<PassingPiece> {
    const slots: Uint8Array[] = [];
    let first = true;
    for await (const piece of pieces) {
      if (first && piece.length >= THREAD_BYTES) thread = openSm3Thread();
      first = false;
      const slot = slotFor(piece, slots.length === PIECES_KEPT ? slots.shift() : undefined);
      slots.push(slot);
      const bytes = slot.subarray(0, piece.length);
      bytes.set(piece);
      if (thread === null) here.update(bytes);
      yield { bytes, digested: thread?.update(bytes) ?? Promise.resolve() };
    }
  }
  return {
    [Symbol.asyncIterator]: passing,
    hex: async () => thread?.hex() ?? here.hex(),
    close: async () => thread?.close(),
  };
}

/** Memory the thread can see too: the reader of the piece uses its own again. */
function slotFor(piece: Uint8Array, oldest: Uint8Array | undefined): Uint8Array {
  if (oldest !== undefined && oldest.length >= piece.length) return oldest;
  return new Uint8Array(new SharedArrayBuffer(piece.length));
}
