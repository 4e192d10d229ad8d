import { type Attribute, parseAttributes } from '../read/attributes.ts';
import { type ExportedCase, type ExportedEvent, zoned } from './event-pages.ts';

export const XES_HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <extension name="Identity" prefix="identity" uri="http://www.xes-standard.org/identity.xesext"/>
  <global scope="trace"><string key="concept:name" value=""/></global>
  <global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/></global>
  <classifier name="Activity" keys="concept:name"/>
`;
export const XES_TAIL = '</log>\n';

/** One trace of IEEE 1849. */
export function xesTrace(given: ExportedCase): string {
  const own = [
    text('concept:name', given.case_id),
    text('agency', given.agency),
    text('matter', given.matter),
    text('channel', given.channel),
    others(given.attributes),
  ];
  return `  <trace>${own.join('')}\n${given.events.map(xesEvent).join('')}  </trace>\n`;
}

function xesEvent(event: ExportedEvent): string {
  const parts = [
    text('concept:name', event.activity),
    value('date', 'time:timestamp', zoned(event.done_at)),
    event.start_at === null ? '' : value('date', 'start_timestamp', zoned(event.start_at)),
    text('org:resource', event.resource),
    text('org:group', event.unit),
    text('channel', event.channel),
    text('lifecycle:transition', event.action),
    text('identity:id', event.event_id),
    others(event.attributes),
  ];
  return `    <event>${parts.join('')}</event>\n`;
}

function text(key: string, held: string | null): string {
  return held === null ? '' : value('string', key, held);
}

function value(type: string, key: string, held: string): string {
  return `<${type} key="${escaped(key)}" value="${escaped(held)}"/>`;
}

function others(stored: string | null): string {
  return Object.entries(parseAttributes(stored)).map(attributeXml).join('');
}

function attributeXml([key, { t, v, n }]: [string, Attribute]): string {
  const held = v === null ? '' : ` value="${escaped(v)}"`;
  const inner = Object.entries(n ?? {})
    .map(attributeXml)
    .join('');
  const open = `<${t} key="${escaped(key)}"${held}`;
  return inner === '' ? `${open}/>` : `${open}>${inner}</${t}>`;
}

function escaped(given: string): string {
  return given
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
