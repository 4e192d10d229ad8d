const SLOTS = 1024;

interface Known {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Makes the few names that occur over and over into the same strings, without decoding them anew. */
export class Names {
  readonly #slots: (Known | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The text of the bytes from `start` to `end`. */
  of(bytes: Buffer, start: number, end: number): string {
    let hash = end - start;
    for (let at = start; at < end; at += 1)
      hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const slot = hash & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && same(known.bytes, bytes, start, end)) return known.text;
    const text = bytes.toString('utf8', start, end);
    this.#slots[slot] = { text, bytes: Uint8Array.prototype.slice.call(bytes, start, end) };
    return text;
  }
}

function same(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[start + at]) return false;
  return true;
}
