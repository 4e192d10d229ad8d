import type { MunicipalContent } from '../../contract/index.ts';
import type { EventField } from './fields.ts';
import { EVENT_FIELDS } from './fields.ts';
import type { Subject } from './tables.ts';

/** An event in its one normal form: only known fields, only those given. */
export type EventBody = Readonly<Record<string, string | number>> & {
  readonly event_id: string;
  readonly kind: string;
  readonly occurred_at: string;
};

type Problem = (text: string) => void;

/** Reads one event; everything wrong with it goes to `problem`, never with its values. */
export function readEvent(
  subject: Subject,
  raw: unknown,
  content: MunicipalContent,
  problem: Problem,
): EventBody | null {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    problem('应为一组“名称: 值”');
    return null;
  }
  const given = raw as Readonly<Record<string, unknown>>;
  const fields = EVENT_FIELDS[subject];
  let sound = true;
  const fail: Problem = (text) => {
    sound = false;
    problem(text);
  };
  const names = new Set(fields.map((field) => field.name));
  for (const name of Object.keys(given)) {
    if (!names.has(name)) fail(`没有 ${name.slice(0, 40)} 这一项`);
  }
  const event: Record<string, string | number> = { kind: 'report' };
  for (const field of fields) {
    const value = given[field.name] ?? null;
    if (value === null) {
      if (field.required === true) fail(`缺少${field.title}（${field.name}）`);
      continue;
    }
    const why = faultOf(field, value, content);
    if (why !== null) fail(`${field.title}（${field.name}）${why}`);
    else event[field.name] = value as string | number;
  }
  if (sound) checkWhole(subject, event, fail);
  return sound ? (event as EventBody) : null;
}

function checkWhole(subject: Subject, event: Record<string, unknown>, fail: Problem): void {
  const has = (name: string) => event[name] !== undefined;
  if (event.kind !== 'report' && !has('refers_to')) fail('更正、撤销要写原事件号（refers_to）');
  if (event.kind === 'report' && has('refers_to')) fail('报送不写原事件号（refers_to）');
  if (event.refers_to === event.event_id) fail('原事件号不能是它自己');
  if (event.kind === 'revocation') return;
  if (subject === 'custody') {
    if (has('end_on') && String(event.end_on) < String(event.start_on))
      fail('结束日期早于开始日期');
    return;
  }
  if (!has('id_no') && !(has('name') && has('birth_date'))) {
    fail('没有公民身份号码时，要写姓名和出生日期');
  }
  if (!has('death_date') && !has('cremated_on') && !has('hukou_cancel_on')) {
    fail('死亡日期、火化日期、户籍注销日期至少写一个');
  }
}

const TEXT_FORMS: Readonly<Partial<Record<EventField['form'], readonly [RegExp, string]>>> = {
  event_id: [/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, '应为 1 到 64 位字母、数字、点、横线、冒号'],
  kind: [/^(report|correction|revocation)$/, '应为 report、correction 或 revocation'],
  sex: [/^[12]$/, '应为 1（男）或 2（女）'],
  // No control characters, no surrogate halves: what is kept can be written out again anywhere.
  name: [/^[^\p{Cc}\p{Cs}]+$/u, '不能为空或含控制字符'],
  text: [/^[^\p{Cc}\p{Cs}]+$/u, '不能为空或含控制字符'],
  code: [/^[0-9A-Za-z]{1,16}$/, '应为代码'],
};

function faultOf(field: EventField, value: unknown, content: MunicipalContent): string | null {
  if (field.form === 'sequence') {
    const sound = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    return sound ? null : '应为不小于 0 的整数';
  }
  if (typeof value !== 'string') return '应为文本';
  const [form, why] = TEXT_FORMS[field.form] ?? [/^/, ''];
  if (!form.test(value)) return why;
  if (field.length !== undefined && [...value].length > field.length)
    return `超过 ${field.length} 个字`;
  if (field.codes !== undefined && !isCode(field.codes, value, content)) return '不在代码表中';
  switch (field.form) {
    case 'id_no':
      return idNoFault(value);
    case 'instant':
      return isInstant(value) ? null : '应为带时区的时刻，如 2026-11-05T09:30:00+08:00';
    case 'day':
      return isDay(value) ? null : '应为真实日期 YYYY-MM-DD';
    case 'partial_day':
      return isDay(lastDayOf(value)) ? null : '应为真实日期 YYYY-MM-DD，或 YYYY-MM、YYYY';
    default:
      return null;
  }
}

function isCode(list: string, value: string, content: MunicipalContent): boolean {
  if (list === 'CL_AGENCY' && value === '140500') return true;
  return content.codeLists.get(list)?.values.some((each) => each.value === value) ?? false;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/** @source GB 11643-1999: ISO 7064 MOD 11-2; 15 digits of GB 11643-1989 carry no check digit */
function idNoFault(value: string): string | null {
  if (/^\d{15}$/.test(value)) {
    return isDay(`19${value.slice(6, 8)}-${value.slice(8, 10)}-${value.slice(10, 12)}`)
      ? null
      : '中的出生日期不是真实日期';
  }
  if (!/^\d{17}[\dX]$/.test(value)) return '应为 18 位（末位可为大写 X）或 15 位';
  const day = `${value.slice(6, 10)}-${value.slice(10, 12)}-${value.slice(12, 14)}`;
  if (!isDay(day)) return '中的出生日期不是真实日期';
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(value[at]), 0);
  return '10X98765432'[sum % 11] === value[17] ? null : '校验码不符，请核对是否录错';
}

/** The last day a full or partial date may mean. */
export function lastDayOf(value: string): string {
  if (/^\d{4}$/.test(value)) return `${value}-12-31`;
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(value)) return value;
  const [year = 0, month = 0] = value.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

export function isDay(value: string): boolean {
  if (!/^(1[89]|20)\d{2}-\d{2}-\d{2}$/.test(value)) return false;
  const parsed = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
}

function isInstant(value: string): boolean {
  const form = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$/;
  return form.test(value) && isDay(value.slice(0, 10)) && !Number.isNaN(Date.parse(value));
}
