import { sm3Hex } from '../../security/index.ts';
import type { HeadersDef } from '../content/model.ts';
import type { DeathReport } from '../model.ts';
import { comparableName, readIdNumber } from '../registry/identity.ts';
import type { Field, Mapping } from './mapping.ts';
import type { SentRow } from './read-list.ts';

/** A day as somebody wrote it; a month or year alone is its last day. */
export interface WrittenDay {
  readonly day: string;
  readonly precision: 'D' | 'M' | 'Y';
}

export interface RowContext {
  readonly source: string;
  readonly headers: readonly string[];
  readonly mapping: Mapping;
  readonly def: HeadersDef;
  readonly agency: string | null;
  /** Today, `YYYY-MM-DD`: nobody dies tomorrow. */
  readonly today: string;
  readonly receivedAt: string;
}

export type ReadRow =
  | { readonly kind: 'report'; readonly report: DeathReport }
  | { readonly kind: 'bad'; readonly reason: string };

const bad = (reason: string): ReadRow => ({ kind: 'bad', reason });

/** Turns one row into a report, or says in Chinese why it cannot be one. */
export function readRow(row: SentRow, context: RowContext): ReadRow {
  const text = (field: Field): string | null => {
    const header = context.mapping[field];
    const value =
      header === undefined ? '' : (row.cells[context.headers.indexOf(header)] ?? '').trim();
    return value === '' || value === '\\N' || /^(无|空|null|-+)$/i.test(value) ? null : value;
  };
  const who = readWho(text('id_no'), text('name'), text('birth_date'));
  if ('reason' in who) return bad(who.reason);
  const days = readDays(text, context.today);
  if ('reason' in days) return bad(days.reason);
  const { death, crematedOn, hukouCancelOn } = days;
  const sexText = text('sex') ?? '';
  const { sex_values: sexes } = context.def;
  const said = {
    ...{ idNo: who.idNo, name: text('name'), birthDate: who.birthDate },
    sex: sexes['1'].includes(sexText) ? '1' : sexes['2'].includes(sexText) ? '2' : null,
    ...{
      deathDate: death?.day ?? null,
      certNo: text('cert_no'),
      cremationNo: text('cremation_no'),
    },
    ...{ crematedOn: crematedOn, hukouCancelOn, hukouCancelReason: text('hukou_cancel_reason') },
  } as const;
  const precision = death?.precision ?? 'D';
  const own = text('event_id');
  // Without a number of its own a row is known again by what it says.
  const content = sm3Hex(JSON.stringify([context.source, said, precision])).slice(0, 32);
  const latest = [said.hukouCancelOn, said.crematedOn, said.deathDate].find((day) => day !== null);
  const report: DeathReport = {
    ...{ source: context.source, eventId: own === null ? `list:${content}` : `list:no:${own}` },
    ...{ refersTo: null, sequence: null, occurredAt: `${latest}T00:00:00+08:00` },
    ...{ receivedAt: context.receivedAt, appId: null, agency: context.agency },
    ...said,
    ...{ precision, kind: 'report', channel: 'file' },
  };
  return { kind: 'report', report };
}

type Refused = { readonly reason: string };

function readWho(
  idText: string | null,
  name: string | null,
  birthText: string | null,
): { idNo: string | null; birthDate: string | null } | Refused {
  const birth = birthText === null ? null : readDay(birthText);
  if (birthText !== null && birth === null) return { reason: '出生日期写法认不出' };
  const birthDate = birth?.precision === 'D' ? birth.day : null;
  if (idText === null) {
    if (name === null || birthDate === null) {
      return { reason: '没有公民身份号码，姓名和出生日期也不全' };
    }
    return { idNo: null, birthDate };
  }
  if (/^\d(\.\d+)?e\+?\d+$/i.test(idText)) {
    return { reason: '公民身份号码被表格软件变成了科学计数，末几位已丢失' };
  }
  const { value, problem } = readIdNumber(idText);
  if (problem === 'form') return { reason: '公民身份号码位数或字符不对' };
  if (/0000$/.test(value) && problem !== null) {
    return { reason: '公民身份号码末四位为 0，多半被表格软件当作数字截去了' };
  }
  if (problem === 'check_digit') return { reason: '公民身份号码校验位不符' };
  if (problem === 'birth') return { reason: '公民身份号码中的出生日期不存在' };
  if (name !== null && comparableName(name) === '') return { reason: '姓名只有空白' };
  return { idNo: value, birthDate };
}

function readDays(
  text: (field: Field) => string | null,
  today: string,
): { death: WrittenDay | null; crematedOn: string | null; hukouCancelOn: string | null } | Refused {
  const titles = {
    death_date: '死亡日期',
    cremated_on: '火化日期',
    hukou_cancel_on: '户籍注销日期',
  };
  const read: Partial<Record<keyof typeof titles, WrittenDay>> = {};
  for (const field of ['death_date', 'cremated_on', 'hukou_cancel_on'] as const) {
    const written = text(field);
    if (written === null) continue;
    const day = readDay(written);
    if (day === null) return { reason: `${titles[field]}写法认不出` };
    if (day.precision === 'D' && day.day > today) return { reason: `${titles[field]}在今天之后` };
    if (day.day.slice(0, 7) > today.slice(0, 7) && day.precision !== 'Y') {
      return { reason: `${titles[field]}在今天之后` };
    }
    if (day.day < '1900-01-01') return { reason: `${titles[field]}早于 1900 年` };
    read[field] = day;
  }
  const { death_date: death = null, cremated_on, hukou_cancel_on } = read;
  if (death === null && cremated_on === undefined && hukou_cancel_on === undefined) {
    return { reason: '没有死亡日期，也没有火化、注销日期' };
  }
  const exact = (day: WrittenDay | undefined) => (day?.precision === 'D' ? day.day : null);
  return { death, crematedOn: exact(cremated_on), hukouCancelOn: exact(hukou_cancel_on) };
}

/**
 * Reads a day as lists write it: 2026-03-10, 2026/3/10, 2026.3.10, 20260310, 2026年3月10日, with or
 * without a time, a month or year alone, and the day numbers of Excel. Null when it is none.
 */
export function readDay(text: string): WrittenDay | null {
  const plain = text
    .normalize('NFKC')
    .trim()
    .replace(/[T\s]\d{1,2}:.*$/, '')
    .trim();
  if (/^[2-7]\d{4}(\.\d+)?$/.test(plain)) return excelDay(Number(plain));
  const compact = /^(\d{4})(\d{2})(\d{2})?$/.exec(plain);
  const spread = /^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?$/.exec(plain);
  const [, year, month, day] = compact ?? spread ?? [];
  if (year !== undefined && month !== undefined) return dayOf(year, month, day ?? null);
  const alone = /^(\d{4})年?$/.exec(plain)?.[1];
  return alone === undefined ? null : { day: `${alone}-12-31`, precision: 'Y' };
}

function dayOf(year: string, month: string, day: string | null): WrittenDay | null {
  const last = new Date(Date.UTC(Number(year), Number(month), 0));
  if (Number(month) < 1 || Number(month) > 12) return null;
  if (day === null) return { day: last.toISOString().slice(0, 10), precision: 'M' };
  if (Number(day) < 1 || Number(day) > last.getUTCDate()) return null;
  return { day: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`, precision: 'D' };
}

/** Excel counts days from 30 December 1899. */
function excelDay(number: number): WrittenDay {
  const date = new Date(Date.UTC(1899, 11, 30) + Math.floor(number) * 86_400_000);
  return { day: date.toISOString().slice(0, 10), precision: 'D' };
}
