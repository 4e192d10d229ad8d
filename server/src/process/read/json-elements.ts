import { fileUnreadable } from '../errors.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const BRACKET = 91;
const BRACKET_END = 93;
const BRACE = 123;
const BRACE_END = 125;

/**
 * Hands out the elements of the arrays that lie directly in a document's object, one at a time, as
 * they arrive: a log of gigabytes never lies in memory as one value.
 */
export class JsonElements {
  readonly #onElement: (array: string, element: unknown) => void;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  /** Text of the element or of the key being read; null between them. */
  #kept: string | null = null;
  /** Where that text begins in what is being written. */
  #from = -1;
  #key = '';
  #lastText = '';
  #ended = false;

  constructor(onElement: (array: string, element: unknown) => void) {
    this.#onElement = onElement;
  }

  /** Inside the array `key`, objects at depth 2 are elements; keys stand at depth 1. */
  write(text: string): void {
    this.#from = this.#kept === null ? -1 : 0;
    for (let at = 0; at < text.length; at += 1) {
      const c = text.charCodeAt(at);
      if (this.#quoted) this.#inQuotes(c, text, at);
      else if (c === QUOTE) this.#openQuotes(at);
      else if (c === BRACE || c === BRACKET) this.#open(c, at);
      else if (c === BRACE_END || c === BRACKET_END) this.#close(c, text, at);
    }
    if (this.#kept !== null) this.#kept += text.slice(Math.max(this.#from, 0));
  }

  /** @throws PROCESS_FILE_UNREADABLE when the document is not complete */
  end(): void {
    if (this.#ended && this.#depth === 0) return;
    throw fileUnreadable({ reason: 'JSON 没有写完，文件可能不完整' });
  }

  #openQuotes(at: number): void {
    this.#quoted = true;
    if (this.#depth === 1) this.#keepFrom(at);
  }

  #inQuotes(c: number, text: string, at: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (c === BACKSLASH) this.#escaped = true;
    else if (c === QUOTE) {
      this.#quoted = false;
      if (this.#depth === 1) this.#lastText = this.#takeKept(text, at).slice(1);
    }
  }

  #open(c: number, at: number): void {
    this.#depth += 1;
    if (this.#depth === 2) this.#key = this.#lastText;
    if (this.#depth === 3 && c === BRACE) this.#keepFrom(at);
  }

  #close(c: number, text: string, at: number): void {
    if (this.#depth === 3 && c === BRACE_END && this.#kept !== null) {
      this.#onElement(this.#key, parsed(this.#key, this.#takeKept(text, at + 1)));
    }
    this.#depth -= 1;
    if (this.#depth === 0) this.#ended = true;
  }

  #keepFrom(at: number): void {
    this.#from = at;
    this.#kept = '';
  }

  #takeKept(text: string, end: number): string {
    const whole = (this.#kept ?? '') + text.slice(this.#from, end);
    this.#kept = null;
    this.#from = -1;
    return whole;
  }
}

function parsed(array: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = `数组 ${array.slice(0, 40)} 里有一个元素不是合法的 JSON`;
    throw fileUnreadable({ reason }, error);
  }
}
