import { openSm3, openSm3Thread, type Sm3Thread } from '../../security/index.ts';

/** A piece of a file on its way. */
export interface PassingPiece {
  /** Stays as it is until the piece after the next is asked for. */
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
    const slots: [Uint8Array, Uint8Array] = [new Uint8Array(), new Uint8Array()];
    let first = true;
    for await (const piece of pieces) {
      if (first && piece.length >= THREAD_BYTES) thread = openSm3Thread();
      first = false;
      slots.reverse();
      const bytes = keepIn(slots, piece);
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

/** Copies a piece, whose memory its reader uses again, into memory the thread can see too. */
function keepIn(slots: [Uint8Array, Uint8Array], piece: Uint8Array): Uint8Array {
  if (slots[0].length < piece.length)
    slots[0] = new Uint8Array(new SharedArrayBuffer(piece.length));
  slots[0].set(piece);
  return slots[0].subarray(0, piece.length);
}
