import type { MunicipalContent } from '../../contract/index.ts';
import { canonicalJson } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import { type EventBody, readEvent } from '../inbound/index.ts';
import type { ConnectorConfig } from './model.ts';

/** A row of theirs as an event of ours, or why it cannot be one. */
export type MappedRow =
  | { readonly event: EventBody; readonly agency: string | null }
  | { readonly problems: readonly string[] };

/** Reads a value at a dotted path. */
export function valueAt(value: unknown, path: string): unknown {
  let current = value;
  for (const name of path === '' ? [] : path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name))
      return null;
    current = (current as Readonly<Record<string, unknown>>)[name];
  }
  return current ?? null;
}

/**
 * Makes an event of a department's row; `asked` stands for what the row does not say itself. A source without event numbers gets one from the row's
 * content, so the same row read twice is the same event and a changed one is a new report.
 */
export function mapRow(
  config: ConnectorConfig,
  row: unknown,
  content: MunicipalContent,
  asked: Readonly<Record<string, string>> = {},
): MappedRow {
  const raw: Record<string, unknown> = { ...asked };
  for (const [field, { from, codes }] of Object.entries(config.mapping)) {
    const value = plainText(valueAt(row, from));
    if (value === null) continue;
    raw[field] = normalForm(field, codes === null ? value : (codes[value] ?? value));
  }
  if (raw.source === undefined) delete raw.source;
  // Without a time of theirs the day of the fact stands for it: the same at every reading.
  const day = raw.death_date ?? raw.cremated_on ?? raw.hukou_cancel_on ?? raw.start_on;
  if (raw.occurred_at === undefined && typeof day === 'string' && day.length === 10) {
    raw.occurred_at = `${day}T00:00:00+08:00`;
  }
  raw.event_id ??= `row-${sm3Hex(canonicalJson(raw)).slice(0, 40)}`;
  const problems: string[] = [];
  const event = readEvent(config.subject, raw, content, (text) => problems.push(text));
  if (event === null) return { problems };
  return { event, agency: event.agency === undefined ? config.agency : String(event.agency) };
}

function plainText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  const text = value.normalize('NFC').trim();
  return text === '' ? null : text;
}

const DAY_FIELDS = new Set([
  ...['birth_date', 'death_date', 'cremated_on', 'hukou_cancel_on', 'start_on', 'end_on'],
]);

/** Departments write days in many ways; the number of a person with a small x. */
function normalForm(field: string, value: string): unknown {
  if (DAY_FIELDS.has(field)) return normalDay(value);
  if (field === 'occurred_at') return normalInstant(value);
  if (field === 'id_no') return value.toUpperCase();
  if (field === 'sequence') return /^\d{1,15}$/.test(value) ? Number(value) : value;
  return value;
}

function normalDay(value: string): string {
  const [, year, month, day] =
    /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]\d{2}:\d{2}.*)?$/.exec(value) ??
    /^(\d{4})(\d{2})(\d{2})/.exec(value) ??
    [];
  if (year === undefined || month === undefined || day === undefined) return value;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function normalInstant(value: string): string {
  // Milliseconds since 1970, as most exchange platforms write times.
  if (/^1\d{12}$/.test(value)) return new Date(Number(value)).toISOString();
  const [, day, time] = /^(\d{4}[-/]?\d{2}[-/]?\d{2})[ T]?(\d{2}:?\d{2}:?\d{2})$/.exec(value) ?? [];
  if (day === undefined || time === undefined) return value;
  const digits = time.replaceAll(':', '');
  const clock = `${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`;
  return `${normalDay(day)}T${clock}+08:00`;
}
