import { CallFailure } from './failure.ts';
import { valueAt } from './mapping.ts';
import type { PagerConfig } from './model.ts';

/** Where reading stands, as kept in the database; null at the very first time. */
export type Cursor = string | null;

/** One page to ask for. */
export interface PageRequest {
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Tells from the answer what came and where reading stands afterwards. @throws CallFailure */
  readonly read: (content: unknown) => {
    readonly rows: readonly unknown[];
    readonly cursor: Cursor;
    readonly more: boolean;
  };
}

/** Makes the request for the page a cursor points at. */
export function nextPage(pager: PagerConfig, cursor: Cursor, now: Date): PageRequest {
  return pager.kind === 'cursor' ? byCursor(pager, cursor) : byWindow(pager, cursor, now);
}

function byCursor(pager: Extract<PagerConfig, { kind: 'cursor' }>, cursor: Cursor): PageRequest {
  return {
    parameters: { [pager.cursorField]: cursor ?? '', [pager.limitField]: pager.limit },
    read: (content) => {
      const rows = rowsAt(content, pager.rows);
      const next = valueAt(content, pager.next);
      const moved = next !== null && next !== '' && String(next) !== cursor;
      if (rows.length > 0 && !moved) throw new CallFailure('garbage', '应答有数据却没有新的游标');
      return { rows, cursor: moved ? String(next) : cursor, more: rows.length >= pager.limit };
    },
  };
}

/** What is kept of a window that is being read. */
interface WindowPlace {
  readonly from: string;
  readonly to: string;
  readonly page: number;
}

function byWindow(
  pager: Extract<PagerConfig, { kind: 'window' }>,
  cursor: Cursor,
  now: Date,
): PageRequest {
  const place = placeOf(pager, cursor, now);
  return {
    parameters: {
      [pager.fromField]: wallTime(place.from),
      [pager.toField]: wallTime(place.to),
      [pager.pageField]: place.page,
      [pager.sizeField]: pager.size,
    },
    read: (content) => {
      const rows = rowsAt(content, pager.rows);
      const more = rows.length >= pager.size;
      // A window that was read to its end is kept by its end alone.
      return {
        rows,
        more,
        cursor: more ? JSON.stringify({ ...place, page: place.page + 1 }) : place.to,
      };
    },
  };
}

function placeOf(
  pager: Extract<PagerConfig, { kind: 'window' }>,
  cursor: Cursor,
  now: Date,
): WindowPlace {
  if (cursor?.startsWith('{') === true) return JSON.parse(cursor) as WindowPlace;
  const from =
    cursor === null
      ? new Date(`${pager.first}T00:00:00+08:00`)
      : new Date(Date.parse(cursor) - pager.overlapMinutes * 60_000);
  return { from: from.toISOString(), to: now.toISOString(), page: 1 };
}

/** `2026-11-05 10:00:00` in Shanghai, as departments write times. */
function wallTime(instant: string): string {
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

function rowsAt(content: unknown, path: string): readonly unknown[] {
  const rows = valueAt(content, path);
  if (rows === null) return [];
  if (!Array.isArray(rows)) throw new CallFailure('garbage', '应答中的数据不是列表');
  return rows as readonly unknown[];
}
