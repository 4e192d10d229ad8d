import type { AccountKind, AccountState, GrantState } from '../../../../api/accounts.ts';

export const KINDS: Readonly<Record<AccountKind, string>> = {
  staff: '正式',
  temporary: '临时',
  contractor: '外协',
};

export const STATES: Readonly<Record<AccountState, string>> = {
  invited: '待启用',
  active: '启用',
  disabled: '停用',
};

export const GRANT_STATES: Readonly<Record<GrantState, string>> = {
  requested: '待确认',
  confirmed: '已确认',
  refused: '已拒绝',
  ended: '已收回',
};

/** `*` stands for all there are. */
export function scopeText(
  codes: readonly string[],
  all: string,
  titles: readonly { code: string; title: string }[],
): string {
  if (codes.includes('*')) return all;
  return codes.map((code) => titles.find((one) => one.code === code)?.title ?? code).join('、');
}
