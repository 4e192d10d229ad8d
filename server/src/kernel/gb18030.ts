import { isAscii, isUtf8 } from 'node:buffer';

/**
 * GB 18030 in both directions, bytes to bytes.
 *
 * Node decodes it (ICU) but has no encoder, and turning every file into JavaScript strings costs
 * more than the rest of the load; so the two-byte plane is a table of ready UTF-8 bytes built once
 * from ICU, and the four-byte plane is arithmetic.
 */

/** Six two-byte codes that ICU still maps to private use; their characters have code points since Unicode 3.1. */
const PRIVATE_USE_FIXES: readonly (readonly [privateUse: number, real: number])[] = [
  [0xe816, 0x20087],
  [0xe817, 0x20089],
  [0xe818, 0x200cc],
  [0xe831, 0x215d7],
  [0xe83b, 0x2298f],
  [0xe855, 0x241fe],
];

const ENCODE_FIXES = new Map(PRIVATE_USE_FIXES.map(([privateUse, real]) => [real, privateUse]));

const TRAILS = 191; // 0x40..0xFE
const FOUR_BYTE_BMP = 39_420; // four-byte codes below U+10000
const FOUR_BYTE_ASTRAL = 189_000; // linear index of U+10000

interface Tables {
  /** Code point per two-byte code, 0 where the code is not assigned. */
  readonly two: Uint32Array;
  /** Code point per four-byte code of the basic plane. */
  readonly four: Uint16Array;
  /** GB 18030 code per code point of the basic plane: two bytes, or 0x10000 + linear index. */
  readonly encode: Uint32Array;
}

let built: Tables | undefined;

function tables(): Tables {
  built ??= buildTables();
  return built;
}

function buildTables(): Tables {
  const decoder = new TextDecoder('gb18030');
  const fixes = new Map(PRIVATE_USE_FIXES);
  const two = new Uint32Array(126 * TRAILS);
  const encode = new Uint32Array(0x10000);
  const pair = new Uint8Array(2);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      pair[0] = lead;
      pair[1] = trail;
      const text = decoder.decode(pair);
      const point = text.codePointAt(0) ?? 0xfffd;
      if (point === 0xfffd || text.length !== (point > 0xffff ? 2 : 1)) continue;
      two[(lead - 0x81) * TRAILS + trail - 0x40] = fixes.get(point) ?? point;
      if (point < 0x10000) encode[point] = (lead << 8) | trail;
    }
  }
  const four = new Uint16Array(FOUR_BYTE_BMP);
  const quad = new Uint8Array(4);
  for (let linear = 0; linear < FOUR_BYTE_BMP; linear++) {
    quad.set(fourBytes(linear));
    const text = decoder.decode(quad);
    const point = text.codePointAt(0) ?? 0xfffd;
    if (text.length !== 1 || (point === 0xfffd && linear !== 39_417)) continue;
    four[linear] = point;
    if (encode[point] === 0) encode[point] = 0x10000 + linear;
  }
  return { two, four, encode };
}

function fourBytes(linear: number): [number, number, number, number] {
  const b4 = 0x30 + (linear % 10);
  const b3 = 0x81 + (Math.floor(linear / 10) % 126);
  const b2 = 0x30 + (Math.floor(linear / 1260) % 10);
  const b1 = 0x81 + Math.floor(linear / 12_600);
  return [b1, b2, b3, b4];
}

/** Encodes text as GB 18030; every Unicode scalar value has a code, so nothing is lost. */
export function encodeGb18030(text: string): Buffer {
  const { encode } = tables();
  const out = Buffer.allocUnsafe(text.length * 4);
  let length = 0;
  for (const char of text) {
    let point = char.codePointAt(0) ?? 0;
    if (point < 0x80) {
      out[length++] = point;
      continue;
    }
    point = ENCODE_FIXES.get(point) ?? point;
    const code = point < 0x10000 ? (encode[point] ?? 0) : 0;
    if (code > 0 && code < 0x10000) {
      out[length++] = code >> 8;
      out[length++] = code & 0xff;
      continue;
    }
    const linear = point < 0x10000 ? code - 0x10000 : FOUR_BYTE_ASTRAL + point - 0x10000;
    for (const byte of fourBytes(linear)) out[length++] = byte;
  }
  return out.subarray(0, length);
}

/** What a transcoder found wrong: the offset counts bytes from the start of the decoded stream. */
export interface UndecodableBytes {
  readonly offset: number;
  readonly bytes: string;
}

/** Turns a stream of encoded blocks into UTF-8 blocks; characters may be split between blocks. */
export interface Transcoder {
  /** Returns the UTF-8 of this block, valid until the next call; throws {@link UndecodableError}. */
  push(block: Buffer): Buffer;
  /** Throws when the stream ended inside a character. */
  end(): void;
}

export class UndecodableError extends Error implements UndecodableBytes {
  readonly offset: number;
  readonly bytes: string;
  constructor(offset: number, bytes: Uint8Array) {
    super(`undecodable bytes at offset ${offset}`);
    this.offset = offset;
    this.bytes = Buffer.from(bytes).toString('hex');
  }
}

/** Makes a GB 18030 → UTF-8 transcoder. */
export function gb18030Transcoder(): Transcoder {
  let carry: Buffer = Buffer.alloc(0);
  let offset = 0; // of carry[0] in the stream
  let out = Buffer.allocUnsafe(0);
  return {
    push(block) {
      if (carry.length === 0 && isAscii(block)) {
        offset += block.length;
        return block;
      }
      const input = carry.length > 0 ? Buffer.concat([carry, block]) : block;
      if (out.length < input.length * 2) out = Buffer.allocUnsafe(input.length * 2);
      const { read, written } = transcodeBlock(input, out, offset);
      // `subarray` shares memory with a block the caller may reuse, so the rest is copied.
      carry = Buffer.from(input.subarray(read));
      offset += read;
      return out.subarray(0, written);
    },
    end() {
      if (carry.length > 0) throw new UndecodableError(offset, carry);
    },
  };
}

function transcodeBlock(
  input: Buffer,
  out: Buffer,
  offset: number,
): { read: number; written: number } {
  const { two, four } = tables();
  const size = input.length;
  let i = 0;
  let o = 0;
  while (i < size) {
    const lead = input[i] as number;
    if (lead < 0x80) {
      out[o++] = lead;
      i++;
      continue;
    }
    if (i + 1 >= size) break;
    const second = input[i + 1] as number;
    let point = 0;
    let width = 2;
    if (second >= 0x40 && lead > 0x80 && lead < 0xff) {
      if (second < 0xff) point = two[(lead - 0x81) * TRAILS + second - 0x40] as number;
    } else if (second >= 0x30 && second <= 0x39 && lead > 0x80 && lead < 0xff) {
      if (i + 3 >= size) break;
      width = 4;
      point = fourBytePoint(lead, second, input[i + 2] as number, input[i + 3] as number, four);
    }
    if (point === 0) throw new UndecodableError(offset + i, input.subarray(i, i + width));
    i += width;
    o = writeUtf8(out, o, point);
  }
  return { read: i, written: o };
}

function fourBytePoint(b1: number, b2: number, b3: number, b4: number, bmp: Uint16Array): number {
  if (b3 < 0x81 || b3 > 0xfe || b4 < 0x30 || b4 > 0x39) return 0;
  const linear = (((b1 - 0x81) * 10 + (b2 - 0x30)) * 126 + (b3 - 0x81)) * 10 + (b4 - 0x30);
  if (linear < FOUR_BYTE_BMP) return bmp[linear] as number;
  const point = linear - FOUR_BYTE_ASTRAL + 0x10000;
  return point >= 0x10000 && point <= 0x10ffff ? point : 0;
}

function writeUtf8(out: Buffer, at: number, point: number): number {
  let o = at;
  if (point < 0x800) {
    out[o++] = 0xc0 | (point >> 6);
  } else if (point < 0x10000) {
    out[o++] = 0xe0 | (point >> 12);
    out[o++] = 0x80 | ((point >> 6) & 0x3f);
  } else {
    out[o++] = 0xf0 | (point >> 18);
    out[o++] = 0x80 | ((point >> 12) & 0x3f);
    out[o++] = 0x80 | ((point >> 6) & 0x3f);
  }
  out[o++] = 0x80 | (point & 0x3f);
  return o;
}

/** Makes a checker that passes valid UTF-8 on and refuses anything else. */
export function utf8Transcoder(): Transcoder {
  let carry: Buffer = Buffer.alloc(0);
  let offset = 0;
  return {
    push(block) {
      const input = carry.length > 0 ? Buffer.concat([carry, block]) : block;
      const whole = input.length - incompleteTail(input);
      const head = input.subarray(0, whole);
      const bad = firstInvalidUtf8(head);
      if (bad >= 0) throw new UndecodableError(offset + bad, head.subarray(bad, bad + 4));
      carry = Buffer.from(input.subarray(whole));
      offset += whole;
      return head;
    },
    end() {
      if (carry.length > 0) throw new UndecodableError(offset, carry);
    },
  };
}

/** Bytes at the end of the block that begin a character the block does not finish. */
function incompleteTail(block: Buffer): number {
  for (let back = 1; back <= Math.min(3, block.length); back++) {
    const byte = block[block.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const width = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return width > back ? back : 0;
  }
  return 0;
}

/** Offset of the first byte that is not valid UTF-8, or -1. */
export function firstInvalidUtf8(block: Buffer): number {
  if (isUtf8(block)) return -1;
  // Halve until one line-sized piece is left: native validation stays fast on large blocks.
  let from = 0;
  let to = block.length;
  while (to - from > 64) {
    let middle = (from + to) >> 1;
    while (middle < to && ((block[middle] as number) & 0xc0) === 0x80) middle++;
    if (middle === to) break;
    if (isUtf8(block.subarray(from, middle))) from = middle;
    else to = middle;
  }
  for (let i = from; i < to; ) {
    const byte = block[i] as number;
    const width = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (!isUtf8(block.subarray(i, i + width))) return i;
    i += width;
  }
  return from;
}
