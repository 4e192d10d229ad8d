import { type Attribute, attributesText } from './attributes.ts';
import { cell, FIELD_END, type RowFile } from './row-file.ts';
import type { XmlListener } from './scan-xml.ts';
import type { XmlTag } from './xml-tag.ts';

export const XES_EVENT_COLUMNS = [
  ...['ord', 'trace', 'activity', 'done_at', 'start_at', 'resource', 'unit', 'action', 'event_id'],
  'attributes',
] as const;
export const XES_TRACE_COLUMNS = ['trace', 'case_id', 'attributes'] as const;

/** Keys with a column of their own; everything else is kept as an attribute. */
const COLUMN_OF: ReadonlyMap<string, number> = new Map([
  ['concept:name', 0],
  ['time:timestamp', 1],
  ['start_timestamp', 2],
  ['org:resource', 3],
  ['org:group', 4],
  ['lifecycle:transition', 5],
  ['identity:id', 6],
]);

type Kind = 'trace' | 'event' | 'attribute' | 'other';

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...(['trace', 'event'] as const).map((kind) => [kind, kind] as const),
  ...['string', 'date', 'int', 'float', 'boolean', 'id', 'list', 'container'].map(
    (name) => [name, 'attribute'] as const,
  ),
]);

/** An attribute whose inner attributes are being read. */
interface Holder {
  readonly made: Attribute;
  readonly attributes: Record<string, Attribute>;
}

/**
 * Turns an XES document into rows of events and rows of traces as it arrives. Nested attributes
 * stay with the attribute they belong to and never shadow the event's own (a resource may have a
 * concept:name).
 */
export class XesRows implements XmlListener {
  readonly #events: RowFile;
  readonly #traces: RowFile;
  #ord = 0;
  #trace = 0;
  #caseId: string | null = null;
  #place: 'log' | 'trace' | 'event' = 'log';
  #inTrace = false;
  readonly #columns = new Cells(COLUMN_OF.size);
  #own: Record<string, Attribute> = {};
  #ofTrace: Record<string, Attribute> = {};
  /**
   * Attributes open at the moment, outermost first; what comes now belongs to the last one. Null: a
   * column, which keeps nothing nested.
   */
  readonly #nesting: (Holder | null)[] = [];

  constructor(events: RowFile, traces: RowFile) {
    this.#events = events;
    this.#traces = traces;
  }

  open(tag: XmlTag): void {
    const kind = kindOf(tag.name);
    if (kind === 'attribute') this.#openAttribute(tag);
    else if (kind === 'event') {
      this.#place = 'event';
      this.#columns.clear();
      this.#own = {};
    } else if (kind === 'trace') {
      this.#place = 'trace';
      this.#inTrace = true;
      this.#caseId = null;
      this.#ofTrace = {};
    }
  }

  close(name: string): void {
    const kind = kindOf(name);
    if (kind === 'attribute') closeAttribute(this.#nesting.pop());
    else if (kind === 'event') this.#endEvent();
    else if (kind === 'trace') this.#endTrace();
  }

  #openAttribute(tag: XmlTag): void {
    const key = tag.word(tag.find('key'));
    const value = tag.find('value');
    const column = this.#place === 'event' ? COLUMN_OF.get(key) : undefined;
    if (column !== undefined && this.#nesting.length === 0) {
      this.#columns.set(column, tag, value);
      this.#nesting.push(null);
      return;
    }
    const attributes: Record<string, Attribute> = {};
    const made: Attribute = { t: tag.name, v: tag.text(value), n: attributes };
    this.#put(key, made);
    this.#nesting.push({ made, attributes });
  }

  #put(key: string, made: Attribute): void {
    const holder = this.#nesting.at(-1);
    if (holder === null) return;
    if (holder !== undefined) holder.attributes[key] = made;
    else if (this.#place === 'event') this.#own[key] = made;
    else if (this.#place === 'trace') {
      if (key === 'concept:name') this.#caseId = made.v;
      else this.#ofTrace[key] = made;
    }
  }

  #endEvent(): void {
    const events = this.#events;
    events.part(`${this.#ord}${FIELD_END}${this.#inTrace ? this.#trace : -1}`);
    this.#columns.addTo(events);
    events.add(FIELD_END + cell(attributesText(this.#own)));
    this.#ord += 1;
    this.#place = this.#inTrace ? 'trace' : 'log';
  }

  #endTrace(): void {
    const cells = [String(this.#trace), cell(this.#caseId), cell(attributesText(this.#ofTrace))];
    this.#traces.add(cells.join(FIELD_END));
    this.#trace += 1;
    this.#place = 'log';
    this.#inTrace = false;
  }
}

/** An element by its name, whatever its namespace prefix. */
function kindOf(name: string): Kind {
  return KINDS.get(name) ?? KINDS.get(name.slice(name.indexOf(':') + 1)) ?? 'other';
}

/** An attribute that had room for inner ones and none came is a plain one. */
function closeAttribute(holder: Holder | null | undefined): void {
  if (holder && Object.keys(holder.attributes).length === 0) delete holder.made.n;
}

/** The values of an event's columns, as bytes: most are copied from the document as they are. */
class Cells {
  #bytes = Buffer.allocUnsafe(1 << 12);
  #used = 0;
  readonly #starts: number[];
  readonly #ends: number[];

  constructor(columns: number) {
    this.#starts = new Array(columns).fill(0);
    this.#ends = new Array(columns).fill(0);
  }

  clear(): void {
    this.#used = 0;
    this.#ends.fill(0);
    this.#starts.fill(0);
  }

  /** Takes the value of an attribute of the tag; a later one of the same column replaces it. */
  set(column: number, tag: XmlTag, attribute: number): void {
    const text = tag.isOdd(attribute) ? Buffer.from(cell(tag.text(attribute))) : null;
    const from = text ?? tag.bytes;
    const start = text === null ? tag.startOf(attribute) : 0;
    const end = text === null ? tag.endOf(attribute) : text.length;
    this.#room(end - start);
    this.#starts[column] = this.#used;
    for (let at = start; at < end; at += 1) this.#bytes[this.#used++] = from[at] as number;
    this.#ends[column] = this.#used;
  }

  addTo(file: RowFile): void {
    for (let n = 0; n < this.#starts.length; n += 1) {
      file.field(this.#bytes, this.#starts[n] as number, this.#ends[n] as number);
    }
  }

  #room(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#used + bytes));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
