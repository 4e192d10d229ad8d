import { type ExportedCase, zoned } from './event-pages.ts';

/** Names that other tools and our own import know. */
export const CSV_HEAD = `case:concept:name,concept:name,time:timestamp,start_timestamp,org:resource,org:group,channel,lifecycle:transition,identity:id,case:agency,case:matter,case:channel\n`;

/** The events of a case as lines; attributes without a column are left to XES. */
export function csvLines({ case_id, agency, matter, channel, events }: ExportedCase): string {
  return events
    .map((event) => {
      const start = event.start_at === null ? null : zoned(event.start_at);
      const cells = [
        ...[case_id, event.activity, zoned(event.done_at), start, event.resource, event.unit],
        ...[event.channel, event.action, event.event_id, agency, matter, channel],
      ];
      return `${cells.map(quoted).join(',')}\n`;
    })
    .join('');
}

/** A cell that a spreadsheet would take for a formula is kept a text. */
function quoted(value: string | null): string {
  if (value === null) return '';
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
