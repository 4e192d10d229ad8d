import { defineError } from '../../../kernel/index.ts';

type Nothing = Readonly<Record<never, never>>;

type ReasonProblem =
  | 'purpose_unknown'
  | 'matter_missing'
  | 'matter_form'
  | 'matter_personal'
  | 'note_short'
  | 'note_long';

const REASON_PROBLEMS: Readonly<Record<ReasonProblem, string>> = {
  purpose_unknown: '没有选择查询事由，或所选事由不在目录中',
  matter_missing: '此项事由必须填写业务号（受理号、疑点号、文号等）',
  matter_form:
    '业务号的写法不对：4 至 60 个字符，由字母、数字、连接号、年号括号组成，至少有一个数字',
  matter_personal: '业务号里不能填写身份证号',
  note_short: '说明太短（不足 5 个字），看不出为何查询',
  note_long: '说明过长（超过 500 个字）',
};

/** Refuses to look a person up without purpose, matter and note. @source requirement R22 */
export const reasonInvalid = defineError(
  'MUNICIPAL_REASON_INVALID',
  'invalid',
  (d: { problem: ReasonProblem }) =>
    `${REASON_PROBLEMS[d.problem]}。查看参保人信息依法须说明事由并留痕，请补正后重试；说明中不要写姓名和证件号码。`,
);

/** Says that a record has to be opened (again) first. */
export const lookUnknown = defineError(
  'MUNICIPAL_LOOK_UNKNOWN',
  'conflict',
  (_: Nothing) =>
    '这份档案没有打开，或打开已超过一小时。为使每次查看都有事由可查，请重新填写事由打开档案后继续。',
);

export const unmaskRefused = defineError(
  'MUNICIPAL_UNMASK_FORBIDDEN',
  'forbidden',
  (_: Nothing) =>
    '您可以查看遮盖后的档案，但没有查看未遮盖内容的授权。确因工作需要时，请联系安全管理员在数据范围中授权。',
);

export const fieldUnknown = defineError(
  'MUNICIPAL_FIELD_UNKNOWN',
  'invalid',
  (_: Nothing) =>
    '要查看的字段不在这份档案里，或本来就没有遮盖。请刷新档案，从字段旁的“查看”按钮进入。',
);

export const searchInvalid = defineError(
  'MUNICIPAL_SEARCH_INVALID',
  'invalid',
  (d: { problem: 'name' | 'birth' | 'account' }) => `${SEARCH_PROBLEMS[d.problem]}，请改正后重试。`,
);

const SEARCH_PROBLEMS = {
  name: '姓名应为 2 至 50 个字，不含数字',
  birth: '按姓名查询须同时填写出生日期（如 1956-11-03）',
  account: '社会保障卡号或银行账号应为 6 至 40 位字母、数字',
} as const;
