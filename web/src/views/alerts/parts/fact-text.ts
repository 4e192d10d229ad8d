import type { NamedValue } from '../../../api/alerts.ts';
import type { Catalogue } from '../../../api/catalogue.ts';
import { formatText, formatYuan, NOTHING } from '../../../locales/format.ts';

type Codes = Catalogue['codes'];

/** Fields of evidence that hold codes under names of their own. */
const CODE_FIELDS: Readonly<Record<string, string>> = {
  sources: 'CL_DEATH_SRC',
  source: 'CL_DEATH_SRC',
  insurance: 'CL_INS',
  insurances: 'CL_INS',
  agency: 'CL_AGENCY',
  agencies: 'CL_AGENCY',
  item: 'CL_BEN_ITEM',
  step: 'CL_STEP',
  missing_steps: 'CL_STEP',
};
/** What was paid, as the comparison of deaths writes it: insurance, item, months, fen. */
const PAID_ITEM = /^(\d{3}) (\d{6}) (\d+) (\d+)$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
/** What contradicts in the words of departments. */
const CONFLICTS: Readonly<Record<string, string>> = {
  identity: '证件号与姓名等不是同一人',
  dates: '死亡日期相差过大',
  alive: '有生存迹象',
};

/** A value of the evidence as officials read it: codes in words, money in yuan, months as months. */
export function factText(
  { field, value }: Pick<NamedValue, 'field' | 'value'>,
  catalogue: Catalogue,
): string {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (Array.isArray(value)) {
    if (value.length === 0) return '无';
    return value.map((each) => factText({ field, value: each }, catalogue)).join('、');
  }
  if (typeof value === 'number')
    return field.endsWith('_fen') ? `${formatYuan(value)} 元` : String(value);
  if (typeof value !== 'string') return formatText(value);
  const paid = PAID_ITEM.exec(value);
  if (paid !== null) {
    const [, insurance, item, months, fen] = paid;
    const { CL_INS = {}, CL_BEN_ITEM = {} } = catalogue.codes;
    return `${CL_INS[insurance ?? ''] ?? insurance} ${CL_BEN_ITEM[item ?? ''] ?? item} ${months} 个月 ${formatYuan(fen)} 元`;
  }
  if (field === 'conflicts') return CONFLICTS[value] ?? value;
  const list = CODE_FIELDS[field] ?? codesOf(field, catalogue);
  const word = list === null ? undefined : wordOf(catalogue.codes, list, value);
  if (word !== undefined) return word;
  if (MOMENT.test(value)) return value.slice(0, 16).replace('T', ' ');
  return /month$|_ym$/.test(field) ? value.slice(0, 7) : value;
}

/** Between the codes of a text that holds several. */
const BETWEEN = /[,、]/;

const wordOf = (codes: Codes, list: string, value: string) =>
  codes[list]?.[value] ??
  (BETWEEN.test(value)
    ? value
        .split(BETWEEN)
        .map((one) => codes[list]?.[one] ?? one)
        .join('、')
    : undefined);

/** The code list of the column of this name, wherever the data dictionary has one. */
function codesOf(field: string, { tables }: Catalogue): string | null {
  for (const { columns } of Object.values(tables)) {
    const column = columns.find(({ name }) => name === field);
    if (column?.codes) return column.codes;
  }
  return null;
}
