/** A longer key is compared no further: the search for keys there twice takes over. */
const LONGEST = 64;

/**
 * Watches whether the first field of each record is greater than the one before, byte by byte, as in a
 * file unloaded in the order of its key: then no key is there twice, and nobody needs to search.
 */
export interface RisingKey {
  /** A record of `block[start..end)`; a quote inside its first field ends the watch. */
  see(block: Uint8Array, start: number, end: number): void;
  /** A record cannot be seen as it stands: nothing is known of the order any more. */
  stop(): void;
  /** So far every first field was greater than the one before. */
  rising(): boolean;
}

/** Starts a watch over one file. */
export function watchRisingKey(delimiter: number, quote: number): RisingKey {
  const last = new Uint8Array(LONGEST);
  let length = 0;
  let rising = true;

  /** Compares and keeps `block[from..to)`. */
  function isGreater(block: Uint8Array, from: number, to: number): boolean {
    const size = to - from;
    if (size > LONGEST) return false;
    const common = Math.min(size, length);
    let i = 0;
    while (i < common && block[from + i] === last[i]) i++;
    const greater = i < common ? (block[from + i] as number) > (last[i] as number) : size > length;
    for (; i < size; i++) last[i] = block[from + i] as number;
    length = size;
    return greater;
  }

  return {
    see(block, start, end) {
      if (!rising) return;
      const quoted = block[start] === quote;
      const from = quoted ? start + 1 : start;
      const until = quoted ? quote : delimiter;
      let to = from;
      while (to < end && block[to] !== until) to++;
      const doubled = quoted && block[to + 1] === quote;
      rising = !doubled && isGreater(block, from, to);
    },
    stop: () => {
      rising = false;
    },
    rising: () => rising,
  };
}
