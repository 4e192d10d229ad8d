import { DecodeFaultError, MAX_RECORD_BYTES } from './format.ts';
import { USUAL_FORMS, type UsualForm, usualEnd } from './usual-form.ts';

/**
 * Cuts UTF-8 text into records without making strings.
 *
 * A block without a quote character takes the fast path: field by field to the next delimiter or
 * line feed. A block with one takes the state machine. Both give the same records; lines count
 * physical lines, the header being line 1, so that a finding can name the line an official sees in
 * an editor.
 */

const LF = 0x0a;
const CR = 0x0d;

export interface RecordSink {
  /** A record of `block[start..end)` without its line break; `shape` holds during the call only. */
  record(block: Buffer, start: number, end: number, line: number, shape: RecordShape): void;
}

export interface RecordShape {
  /** Number of fields found. */
  readonly fields: number;
  /**
   * `none` and `clean` may be copied as they are; `literal` holds a quote or a carriage return that
   * is an ordinary character and must be quoted anew; `broken` has text after a closing quote.
   */
  readonly quoting: 'none' | 'clean' | 'literal' | 'broken';
  readonly lineBreaks: number;
  /** Every value of a column that has a usual form is spelled in it. */
  readonly usual: boolean;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface Scanner {
  push(block: Buffer): void;
  /** Delivers a last record without line break; throws when a quote is still open. */
  end(): void;
  /** The physical line that follows `unread`, bytes not yet pushed. */
  lineAfter(unread: Buffer): number;
}

/** How the records of a file are written. */
export interface RecordFormat {
  /** Single bytes, checked in the manifest. */
  readonly delimiter: number;
  readonly quote: number;
  /** Usual forms of the columns by position; what lies beyond is text. */
  readonly forms: readonly UsualForm[];
}

/** Makes a scanner that gives every record to the sink. */
export function createScanner(format: RecordFormat, sink: RecordSink): Scanner {
  const { quote } = format;
  // Names from another thread are compared letter by letter, our own by where they lie.
  const forms = format.forms.map((form) => USUAL_FORMS.find((own) => own === form) ?? 'text');
  const known: RecordFormat = { ...format, forms };
  let pending: Buffer = Buffer.alloc(0);
  let line = 1;
  let consumed = 0; // bytes of the stream before `pending`
  // One for all records: millions of small objects keep the collector busy.
  const shape: Writable<RecordShape> = { fields: 1, quoting: 'none', lineBreaks: 0, usual: true };

  function requireLength(bytes: number, at: number): void {
    if (bytes <= MAX_RECORD_BYTES) return;
    throw new DecodeFaultError('record_too_long', { offset: consumed + at, line });
  }

  function plain(block: Buffer): number {
    let start = 0;
    let cr = block.indexOf(CR);
    while (start < block.length) {
      const feed = scanPlain(block, start, known, shape);
      if (feed < 0) break;
      const end = feed > start && block[feed - 1] === CR ? feed - 1 : feed;
      requireLength(end - start, start);
      shape.quoting = cr >= 0 && cr < end ? 'literal' : 'none';
      sink.record(block, start, end, line, shape);
      if (cr >= 0 && cr <= feed) cr = block.indexOf(CR, feed + 1);
      line++;
      start = feed + 1;
    }
    return start;
  }

  function quoted(block: Buffer): number {
    let start = 0;
    while (start < block.length) {
      const feed = scanQuoted(block, start, known, shape);
      if (feed < 0) break;
      const end = feed > start && block[feed - 1] === CR ? feed - 1 : feed;
      requireLength(end - start, start);
      sink.record(block, start, end, line, shape);
      line += 1 + shape.lineBreaks;
      start = feed + 1;
    }
    return start;
  }

  return {
    push(block) {
      const input = pending.length > 0 ? Buffer.concat([pending, block]) : block;
      const used = input.includes(quote) ? quoted(input) : plain(input);
      requireLength(input.length - used, used);
      // The transcoder reuses its block, so what is left must be copied.
      pending = Buffer.from(input.subarray(used));
      consumed += used;
    },
    end() {
      if (pending.length === 0) return;
      const whole = Buffer.concat([pending, Buffer.from([LF])]);
      const used = whole.includes(quote) ? quoted(whole) : plain(whole);
      if (used === 0) throw new DecodeFaultError('open_quote', { offset: consumed, line });
      pending = Buffer.alloc(0);
    },
    lineAfter: (unread) => line + countLines(pending) + countLines(unread),
  };
}

/**
 * The line feed that ends the record begun at `start` of a block without quotes, its shape filled in;
 * −1 when not in the block.
 */
function scanPlain(
  block: Buffer,
  start: number,
  { delimiter, forms }: RecordFormat,
  shape: Writable<RecordShape>,
): number {
  const size = block.length;
  let usual = true;
  let fields = 1;
  for (let i = start; i < size; i++, fields++) {
    const form = formOf(forms, fields);
    if (form !== 'text' && usual) {
      const end = usualFieldEnd(form, block, i, delimiter);
      if (end < 0) usual = false;
      else i = end;
    }
    let byte = -1;
    for (; i < size; i++) {
      byte = block[i] as number;
      if (byte === delimiter || byte === LF) break;
    }
    if (byte !== LF) continue;
    shape.fields = fields;
    shape.lineBreaks = 0;
    shape.usual = usual;
    return i;
  }
  return -1;
}

/** Where the field without quotes that begins at `start` ends; −1 when it is neither empty nor usual. */
function usualFieldEnd(
  form: Exclude<UsualForm, 'text'>,
  block: Buffer,
  start: number,
  delimiter: number,
): number {
  const end = usualEnd(form, block, start);
  if (end >= 0 && endsField(block, end, delimiter)) return end;
  return endsField(block, start, delimiter) ? start : -1;
}

/** The form of the field of this number, counted from 1. */
function formOf(forms: readonly UsualForm[], field: number): UsualForm {
  return field <= forms.length ? (forms[field - 1] as UsualForm) : 'text';
}

/** Line feeds of a part of a block. */
function countLines(block: Buffer, from = 0, to = block.length): number {
  let lines = 0;
  for (let i = from; i < to; i++) if (block[i] === LF) lines++;
  return lines;
}

/**
 * The line feed that ends the record begun at `start`, its shape filled in; −1 when not in the block.
 * Field by field, so that the bytes within one pass through a loop with little to ask.
 */
function scanQuoted(
  block: Buffer,
  start: number,
  { delimiter, quote, forms }: RecordFormat,
  shape: Writable<RecordShape>,
): number {
  const size = block.length;
  let fields = 1;
  let lineBreaks = 0;
  let usual = true;
  let quoting: RecordShape['quoting'] = 'none';
  let feed = block.indexOf(LF, start);
  // Without a line feed ahead no record ends here.
  for (let i = feed < 0 ? size : start; i < size; i++, fields++) {
    const form = formOf(forms, fields);
    if (block[i] === quote) {
      const close = closingQuote(block, i + 1, quote);
      if (close < 0) return -1;
      if (feed < close) {
        lineBreaks += countLines(block, i, close);
        feed = block.indexOf(LF, close);
        if (feed < 0) return -1;
      }
      if (form !== 'text' && usual && i + 1 < close) usual = usualEnd(form, block, i + 1) === close;
      i = close + 1;
      if (!endsField(block, i, delimiter)) quoting = 'broken';
      else if (quoting === 'none') quoting = 'clean';
    } else if (form !== 'text' && usual) {
      const end = usualFieldEnd(form, block, i, delimiter);
      if (end < 0) usual = false;
      else i = end;
    }
    // The field without quotes, or what follows the closing one.
    for (; i < size && block[i] !== delimiter; i++) {
      const byte = block[i];
      if (byte === LF) {
        shape.fields = fields;
        shape.quoting = quoting;
        shape.lineBreaks = lineBreaks;
        shape.usual = usual;
        return i;
      }
      const literal = byte === quote || (byte === CR && block[i + 1] !== LF);
      if (literal && quoting !== 'broken') quoting = 'literal';
    }
  }
  return -1;
}

/** The quote that ends a quoted field, two of them standing for one; −1 when the block may hold no end. */
function closingQuote(block: Buffer, from: number, quote: number): number {
  const last = block.length - 1;
  for (let i = from; i < last; i++) {
    if (block[i] !== quote) continue;
    if (block[i + 1] !== quote) return i;
    i++;
  }
  return -1;
}

function endsField(block: Buffer, at: number, delimiter: number): boolean {
  const byte = block[at];
  return byte === delimiter || byte === LF || (byte === CR && block[at + 1] === LF);
}

/** Splits one record into its field values, undoing the quoting. */
export function splitRecord(text: string, delimiter: string, quote: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text.startsWith(quote, at)) {
      let value = '';
      let from = at + 1;
      for (;;) {
        const close = text.indexOf(quote, from);
        if (close < 0) return [...fields, value + text.slice(from)];
        value += text.slice(from, close);
        if (!text.startsWith(quote, close + 1)) {
          at = close + 1;
          break;
        }
        value += quote;
        from = close + 2;
      }
      const next = text.indexOf(delimiter, at);
      fields.push(value + text.slice(at, next < 0 ? undefined : next));
      if (next < 0) return fields;
      at = next + 1;
    } else {
      const next = text.indexOf(delimiter, at);
      fields.push(text.slice(at, next < 0 ? undefined : next));
      if (next < 0) return fields;
      at = next + 1;
    }
  }
}

/** Writes fields as one record, every field quoted. */
export function joinRecord(fields: readonly string[], delimiter: string, quote: string): string {
  return fields
    .map((field) => quote + field.replaceAll(quote, quote + quote) + quote)
    .join(delimiter);
}
