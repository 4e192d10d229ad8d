import { Type } from 'typebox';
import type { HolidayYear } from '../../contract/index.ts';
import { type Loaded, loadKind } from '../content/load-kind.ts';
import type { Report } from '../content/problem.ts';
import { addDays, isDay, weekdayOf } from './days.ts';

const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const text = Type.String({ minLength: 1 });

const holidayShape = Type.Object(
  {
    year: Type.String({ pattern: '^20\\d{2}$' }),
    source: text,
    off: Type.Array(
      Type.Object({ from: day, to: day, name: text }, { additionalProperties: false }),
    ),
    work: Type.Array(Type.Object({ day, name: text }, { additionalProperties: false })),
    reason: Type.Optional(text),
  },
  { additionalProperties: false },
);

const KIND = {
  folder: 'calendar',
  suffix: '.calendar.yaml',
  schema: holidayShape,
  idKey: 'year',
  word: '放假安排',
} as const;

/** A holiday longer than this is a slip of the pen. */
const LONGEST_DAYS = 10;

/** Reads the holiday notices (放假通知), one file a year; what cannot be right is reported. */
export function readHolidays(roots: readonly string[], report: Report): HolidayYear[] {
  return [...loadKind(KIND, roots, report).items.values()].map((loaded) => {
    checkYear(loaded, report);
    const { year, source, off, work } = loaded.shape;
    return { year: Number(year), source, off, work };
  });
}

function checkYear({ file, shape }: Loaded<YearShape>, report: Report): void {
  const off = new Set<string>();
  for (const [index, { from, to }] of shape.off.entries()) {
    const at = file.at(['off', index]);
    if (!isDay(from) || !isDay(to) || from > to) {
      report(file.path, at, `放假起止 ${from}～${to} 不是先后两个日期`);
      continue;
    }
    let length = 0;
    for (let each = from; each <= to && length <= LONGEST_DAYS; each = addDays(each, 1)) {
      length += 1;
      if (off.has(each)) report(file.path, at, `${each} 写了两次放假`);
      off.add(each);
    }
    if (length > LONGEST_DAYS) report(file.path, at, `放假超过 ${LONGEST_DAYS} 天，请核对起止`);
    // 元旦 may begin on the last days of the year before.
    if (!to.startsWith(shape.year))
      report(file.path, at, `放假 ${from}～${to} 不在 ${shape.year} 年`);
  }
  for (const [index, { day: worked }] of shape.work.entries()) {
    const at = file.at(['work', index]);
    if (!isDay(worked)) report(file.path, at, `没有 ${worked} 这一天`);
    else if (weekdayOf(worked) < 6) report(file.path, at, `${worked} 本来就是工作日，不是调休`);
    else if (off.has(worked)) report(file.path, at, `${worked} 同时写了放假和上班`);
  }
}

type YearShape = {
  readonly year: string;
  readonly off: readonly { readonly from: string; readonly to: string }[];
  readonly work: readonly { readonly day: string }[];
};
