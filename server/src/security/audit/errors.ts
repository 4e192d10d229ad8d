import { defineError } from '../../kernel/index.ts';

/** Refuses to open personal data without a stated purpose (查询事由). */
export const purposeInvalid = defineError(
  'SECURITY_PURPOSE_INVALID',
  'invalid',
  (d: { problem: 'missing' | 'short' | 'blank' | 'long' }) =>
    `查询事由${PROBLEMS[d.problem]}。查看个人档案依法须说明事由并留痕：请写明为何事查询，例如“核实退休待遇资格”“受理失业金申领”，4 至 500 个字，不要写姓名和证件号码。`,
);

const PROBLEMS = {
  missing: '没有填写',
  short: '太短（不足 4 个字）',
  blank: '只有标点或符号，看不出用途',
  long: '过长（超过 500 个字）',
} as const;

/** Stops sensitive work when its audit entry cannot be written. */
export const auditUnavailable = defineError(
  'SECURITY_AUDIT_UNAVAILABLE',
  'unavailable',
  (_: Readonly<Record<never, never>>) =>
    '审计日志暂时无法写入，为保证处处留痕，本次操作已停止，没有显示任何个人数据。请稍后重试；反复出现时请联系系统管理员检查 PostgreSQL 与磁盘空间。',
);
