import { isUtf8 } from 'node:buffer';
import { fileUnreadable } from '../errors.ts';
import { INCOMPLETE, isSpace, MALFORMED, XmlTag } from './xml-tag.ts';

/** Hears the elements of a document; XES has no text between tags that means anything. */
export interface XmlListener {
  /** The tag is read anew for the next element. */
  open(tag: XmlTag): void;
  close(name: string): void;
}

const [BANG, SLASH, LESS, GREATER, QUESTION] = [0x21, 0x2f, 0x3c, 0x3e, 0x3f];
/** One tag, comment or instruction may not be longer: memory stays bounded on any input. */
const LONGEST_TAG = 16 * 2 ** 20;
/** What says nothing, by how it begins and ends. */
const PASSED_OVER = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;
const LONGEST_BEGINNING = 9;

/**
 * Reads XML in UTF-8 as it arrives, without making strings of what nobody asks for: a general parser
 * tells every character apart and was the largest cost of an import. DOCTYPE is refused, so that no
 * entity can grow or reach outside.
 */
export class XmlScanner {
  readonly #listener: XmlListener;
  readonly #tag = new XmlTag();
  readonly #open: string[] = [];
  /** What has come and is not consumed: `#held` bytes, of which `#checked` are known to be UTF-8. */
  #bytes = Buffer.allocUnsafe(1 << 17);
  #held = 0;
  #checked = 0;
  #consumed = 0;

  constructor(listener: XmlListener) {
    this.#listener = listener;
  }

  /** Takes the next part of the document; it may be cut anywhere. */
  write(part: Uint8Array): void {
    this.#hold(part);
    const done = this.#scan();
    this.#bytes.copyWithin(0, done, this.#held);
    this.#consumed += done;
    this.#held -= done;
    this.#checked = Math.max(0, this.#checked - done);
    if (this.#held > LONGEST_TAG) this.#fail('有一个标签不完整或写法不对');
  }

  /** The document is over. @throws PROCESS_FILE_UNREADABLE where it ends too early */
  end(): void {
    if (this.#checked < this.#held) throw notUtf8();
    if (this.#bytes.subarray(0, this.#held).includes(LESS)) {
      this.#fail('有一个标签不完整或写法不对');
    }
    const open = this.#open.at(-1);
    if (open !== undefined) this.#fail(`就结束了，<${open}> 没有结束标签，文件可能不完整`);
    if (this.#consumed + this.#held === 0) this.#fail('没有任何内容');
  }

  #hold(part: Uint8Array): void {
    const length = this.#held + part.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#held);
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#held);
    this.#held = length;
    const whole = endOfCharacters(this.#bytes, this.#checked, length);
    if (!isUtf8(this.#bytes.subarray(this.#checked, whole))) throw notUtf8();
    this.#checked = whole;
  }

  /** Takes every construct that is all there and returns where the first that is not begins. */
  #scan(): number {
    const text = this.#bytes.subarray(0, this.#checked);
    for (let at = text.indexOf(LESS); at >= 0; ) {
      const length = this.#take(text, at);
      if (length === MALFORMED) this.#fail('有一个标签不完整或写法不对', at);
      if (length === INCOMPLETE) return at;
      at = text.indexOf(LESS, at + length);
    }
    return text.length;
  }

  /** Takes the construct at `at` and returns its length. */
  #take(text: Buffer, at: number): number {
    const next = text[at + 1];
    if (next === undefined) return INCOMPLETE;
    if (next === BANG || next === QUESTION) return this.#skip(text, at);
    if (next === SLASH) return this.#close(text, at);
    const length = this.#tag.read(text, at, text.length);
    if (length <= INCOMPLETE) return length;
    const { name, closed } = this.#tag;
    this.#listener.open(this.#tag);
    if (closed) this.#listener.close(name);
    else this.#open.push(name);
    return length;
  }

  #close(text: Buffer, at: number): number {
    const end = text.indexOf(GREATER, at + 2);
    if (end < 0) return INCOMPLETE;
    let nameEnd = end;
    while (isSpace(text[nameEnd - 1])) nameEnd -= 1;
    const open = this.#open.pop() ?? '';
    if (!isText(text, at + 2, nameEnd, open)) {
      const name = text.toString('utf8', at + 2, nameEnd).slice(0, 40);
      this.#fail(`的 </${name}> 没有对应的开始标签`, at);
    }
    this.#listener.close(open);
    return end + 1 - at;
  }

  /** Passes over a comment, CDATA section or instruction. */
  #skip(text: Buffer, at: number): number {
    const begins = text.toString('latin1', at, at + LONGEST_BEGINNING);
    const found = PASSED_OVER.find(([beginning]) => begins.startsWith(beginning));
    if (found === undefined) {
      if (begins.length < LONGEST_BEGINNING) return INCOMPLETE;
      return this.#fail('有 DOCTYPE 声明，为安全起见不读', at);
    }
    const [beginning, ending] = found;
    const end = text.indexOf(ending, at + beginning.length);
    return end < 0 ? INCOMPLETE : end + ending.length - at;
  }

  #fail(reason: string, at = 0): never {
    throw fileUnreadable({ reason: `第 ${this.#consumed + at} 个字节附近${reason}` });
  }
}

const notUtf8 = () => fileUnreadable({ reason: '内容不是 utf-8 编码' });

/** Where the last whole character ends: a part may be cut inside one. */
function endOfCharacters(bytes: Buffer, from: number, to: number): number {
  let lead = to - 1;
  while (lead > from && lead > to - 4 && ((bytes[lead] as number) & 0xc0) === 0x80) lead -= 1;
  const byte = lead < from ? 0 : (bytes[lead] as number);
  const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  return lead + length > to ? lead : to;
}

function isText(bytes: Buffer, from: number, to: number, text: string): boolean {
  if (text === '') return false;
  const { length } = text;
  if (to - from !== length) return bytes.toString('utf8', from, to) === text;
  for (let at = 0; at < length; at += 1) if (bytes[from + at] !== text.charCodeAt(at)) return false;
  return true;
}
