import type { Attribute } from './attributes.ts';
import { attributesText } from './attributes.ts';
import { cell, FIELD_END, type RowFile } from './row-file.ts';
import { type XmlListener, xmlScanner } from './scan-xml.ts';

export const XES_EVENT_COLUMNS = [
  ...['ord', 'trace', 'activity', 'done_at', 'start_at', 'resource', 'unit', 'action', 'event_id'],
  'attributes',
] as const;
export const XES_TRACE_COLUMNS = ['trace', 'case_id', 'attributes'] as const;

/** Keys with a column of their own; everything else is kept as an attribute. */
const COLUMN_OF: Readonly<Record<string, number>> = {
  'concept:name': 0,
  'time:timestamp': 1,
  start_timestamp: 2,
  'org:resource': 3,
  'org:group': 4,
  'lifecycle:transition': 5,
  'identity:id': 6,
};

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
export function xesRows(events: RowFile, traces: RowFile): ReturnType<typeof xmlScanner> {
  let ord = 0;
  let trace = 0;
  let caseId: string | null = null;
  let place: 'log' | 'trace' | 'event' = 'log';
  /** Columns of the event being read. */
  let columns: (string | null)[] = [];
  let own: Record<string, Attribute> = {};
  let ofTrace: Record<string, Attribute> = {};
  /** Attributes open at the moment, outermost first; what comes now belongs to the last one. */
  const nesting: Holder[] = [];
  const open: string[] = [];

  const put = (type: string, key: string, value: string | null): Attribute => {
    const made: Attribute = { t: type, v: value };
    const holder = nesting.at(-1);
    if (holder !== undefined) holder.attributes[key] = made;
    else if (place === 'event') {
      const column = COLUMN_OF[key];
      if (column === undefined) own[key] = made;
      else columns[column] = value;
    } else if (place === 'trace') {
      if (key === 'concept:name') caseId = value;
      else ofTrace[key] = made;
    }
    return made;
  };

  const nest = (made: Attribute): void => {
    const attributes: Record<string, Attribute> = {};
    made.n = attributes;
    nesting.push({ made, attributes });
  };

  const endEvent = (): void => {
    const inTrace = open.includes('trace');
    let row = `${ord}${FIELD_END}${inTrace ? trace : -1}`;
    for (let at = 0; at < 7; at += 1) row += FIELD_END + cell(columns[at]);
    events.add(row + FIELD_END + cell(attributesText(own)));
    ord += 1;
    place = inTrace ? 'trace' : 'log';
  };

  const endTrace = (): void => {
    traces.add([String(trace), cell(caseId), cell(attributesText(ofTrace))].join(FIELD_END));
    trace += 1;
    place = 'log';
  };

  const listener: XmlListener = {
    value(type, key, value, closed) {
      const made = put(type, key, value);
      if (closed) return;
      nest(made);
      open.push('attribute');
    },
    open(name, attribute) {
      const kind = NAMES[name.slice(name.indexOf(':') + 1)] ?? 'other';
      open.push(kind);
      if (kind === 'trace') {
        place = 'trace';
        caseId = null;
        ofTrace = {};
      } else if (kind === 'event') {
        place = 'event';
        columns = [];
        own = {};
      } else if (kind === 'attribute') {
        nest(put(name, attribute('key') ?? '', attribute('value') ?? null));
      }
    },
    close() {
      const kind = open.pop();
      if (kind === 'event') endEvent();
      else if (kind === 'trace') endTrace();
      else if (kind === 'attribute') closeAttribute(nesting.pop());
    },
  };
  return xmlScanner(listener);
}

/** An attribute that had room for inner ones and none came is a plain one. */
function closeAttribute(holder: Holder | undefined): void {
  if (holder !== undefined && Object.keys(holder.attributes).length === 0) delete holder.made.n;
}

const NAMES: Readonly<Record<string, 'trace' | 'event' | 'attribute'>> = {
  ...{ trace: 'trace', event: 'event' },
  ...{ string: 'attribute', date: 'attribute', int: 'attribute', float: 'attribute' },
  ...{ boolean: 'attribute', id: 'attribute', list: 'attribute', container: 'attribute' },
};
