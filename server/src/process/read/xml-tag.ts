import { Names } from './names.ts';

const [TAB, LINE, RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [DOUBLE, AMPERSAND, SINGLE] = [0x22, 0x26, 0x27];
const [SLASH, LESS, EQUALS, GREATER] = [0x2f, 0x3c, 0x3d, 0x3e];
/** The second leads U+0080 to U+00BF, half of which are control characters. */
const [DELETE, LATIN_LEAD] = [0x7f, 0xc2];

/** The end of what is read has not come yet. */
export const INCOMPLETE = 0;
export const MALFORMED = -1;

export const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || byte === LINE || byte === TAB || byte === RETURN;

/**
 * The start tag read last: its name and attributes as places in the bytes, decoded only when asked
 * for. One object serves a whole document; what it says holds until the next tag.
 */
export class XmlTag {
  bytes: Buffer = Buffer.alloc(0);
  name = '';
  /** `<a/>`. */
  closed = false;
  readonly #names = new Names();
  #count = 0;
  readonly #attributes: string[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #odd: boolean[] = [];

  /** Reads the start tag at `at` and returns its length, {@link INCOMPLETE} or {@link MALFORMED}. */
  read(bytes: Buffer, at: number, limit: number): number {
    this.bytes = bytes;
    this.#count = 0;
    let place = endOfName(bytes, at + 1, limit);
    if (place === at + 1) return place < limit ? MALFORMED : INCOMPLETE;
    this.name = this.#names.of(bytes, at + 1, place);
    for (;;) {
      const before = place;
      place = endOfSpace(bytes, place, limit);
      if (place >= limit) return INCOMPLETE;
      this.closed = bytes[place] === SLASH;
      if (this.closed) place += 1;
      if (place >= limit) return INCOMPLETE;
      if (bytes[place] === GREATER) return place + 1 - at;
      if (this.closed || place === before) return MALFORMED;
      place = this.#readAttribute(bytes, place, limit);
      if (place <= INCOMPLETE) return place;
    }
  }

  /** The place after the attribute at `at`, or what is wrong with it. */
  #readAttribute(bytes: Buffer, at: number, limit: number): number {
    const nameEnd = endOfName(bytes, at, limit);
    const sign = endOfSpace(bytes, nameEnd, limit);
    if (sign >= limit) return INCOMPLETE;
    if (nameEnd === at || bytes[sign] !== EQUALS) return MALFORMED;
    const start = endOfSpace(bytes, sign + 1, limit) + 1;
    if (start > limit) return INCOMPLETE;
    const quote = bytes[start - 1];
    if (quote !== DOUBLE && quote !== SINGLE) return MALFORMED;
    let odd = false;
    for (let place = start; place < limit; place += 1) {
      const byte = bytes[place] as number;
      if (byte === quote) {
        const n = this.#count++;
        this.#attributes[n] = this.#names.of(bytes, at, nameEnd);
        this.#starts[n] = start;
        this.#ends[n] = place;
        this.#odd[n] = odd;
        return place + 1;
      }
      if (byte === LESS) return MALFORMED;
      if (byte < SPACE || byte === AMPERSAND || byte === DELETE || byte === LATIN_LEAD) odd = true;
    }
    return INCOMPLETE;
  }

  /** Number of the attribute of this name, -1 where there is none. */
  find(name: string): number {
    for (let n = 0; n < this.#count; n += 1) if (this.#attributes[n] === name) return n;
    return -1;
  }

  /** Where the value of an attribute begins in {@link bytes}. */
  startOf(n: number): number {
    return this.#starts[n] ?? 0;
  }

  /** Where it ends. */
  endOf(n: number): number {
    return this.#ends[n] ?? 0;
  }

  /** Whether the value may hold a reference or a control character, so that its bytes are not its text. */
  isOdd(n: number): boolean {
    return this.#odd[n] ?? false;
  }

  /** The value, its references resolved; null where `n` is no attribute. */
  text(n: number): string | null {
    return n < 0 ? null : resolve(this.bytes.toString('utf8', this.startOf(n), this.endOf(n)));
  }

  /** The value of an attribute whose values are few. */
  word(n: number): string {
    if (n < 0) return '';
    const plain = !this.isOdd(n);
    return plain
      ? this.#names.of(this.bytes, this.startOf(n), this.endOf(n))
      : (this.text(n) ?? '');
  }
}

function endOfSpace(bytes: Buffer, at: number, limit: number): number {
  let place = at;
  while (place < limit && isSpace(bytes[place])) place += 1;
  return place;
}

function endOfName(bytes: Buffer, at: number, limit: number): number {
  for (let place = at; place < limit; place += 1) {
    const byte = bytes[place] as number;
    const ends = byte === EQUALS || byte === GREATER || byte === SLASH || byte === LESS;
    if (ends || isSpace(byte) || byte === DOUBLE || byte === SINGLE) return place;
  }
  return limit;
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

function resolve(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x?[\da-fA-F]+|\w+);/g, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
