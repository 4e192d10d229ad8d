import { isAscii } from 'node:buffer';

/**
 * Finds UTF-8 text in a file declared as GB 18030.
 *
 * Most UTF-8 bytes also read as (wrong) GB 18030 characters, so decoding alone does not notice.
 * A run is taken as UTF-8 only when it is whole UTF-8 Chinese of at least two characters, each of
 * them in GB 2312, while reading it as GB 18030 gives a character outside GB 2312: an honest name
 * meets all of that about three times in a thousand million.
 */

// Latin-1 view of the bytes: a run of high bytes that is nothing but three-byte UTF-8 hanzi.
const UTF8_RUN = /(?<![\x80-\xff])(?:[\xe4-\xe9][\x80-\xbf]{2}){2,}(?![\x80-\xff])/g;
const TAIL = 256;

/** Finds the stream offset of the first UTF-8 run; `end` judges a run the file stops in. */
export interface MixedEncodingDetector {
  push(block: Buffer): number | null;
  end(): number | null;
}

/** Makes a detector for one file. */
export function mixedEncodingDetector(): MixedEncodingDetector {
  let tail: Buffer = Buffer.alloc(0);
  let offset = 0;
  const gb18030 = new TextDecoder('gb18030');
  return {
    push(block) {
      if (isAscii(block) && isAscii(tail)) {
        tail = Buffer.alloc(0);
        offset += block.length;
        return null;
      }
      const input = tail.length > 0 ? Buffer.concat([tail, block]) : block;
      const found = search(input, false);
      const at = found === null ? null : offset - tail.length + found;
      offset += block.length;
      tail = Buffer.from(input.subarray(Math.max(0, input.length - TAIL)));
      return at;
    },
    end() {
      const found = search(tail, true);
      return found === null ? null : offset - tail.length + found;
    },
  };

  function search(block: Buffer, last: boolean): number | null {
    for (const match of block.toString('latin1').matchAll(UTF8_RUN)) {
      const end = match.index + match[0].length;
      if (end === block.length && !last) continue; // may go on in the next block, which sees it again
      const run = block.subarray(match.index, end);
      if (inGb2312(run.toString('utf8')) && !inGb2312(gb18030.decode(run))) return match.index;
    }
    return null;
  }
}

let gb2312: Set<string> | undefined;

function inGb2312(text: string): boolean {
  gb2312 ??= gb2312Hanzi();
  for (const char of text) if (!gb2312.has(char)) return false;
  return true;
}

function gb2312Hanzi(): Set<string> {
  const decoder = new TextDecoder('gb18030');
  const hanzi = new Set<string>();
  for (let lead = 0xb0; lead <= 0xf7; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) {
      hanzi.add(decoder.decode(Uint8Array.of(lead, trail)));
    }
  }
  return hanzi;
}
