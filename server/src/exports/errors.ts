import { defineError } from '../kernel/index.ts';

type Nothing = Readonly<Record<never, never>>;

export const exportUnknown = defineError(
  'EXPORTS_UNKNOWN',
  'not_found',
  (_: Nothing) => '没有这项导出，或它不在您可以查看的范围内。',
);

export const sourceUnknown = defineError(
  'EXPORTS_SOURCE_UNKNOWN',
  'not_found',
  (_: Nothing) => '没有这个可导出的清单，或您没有权限导出它。',
);

export const filterUnknown = defineError(
  'EXPORTS_FILTER_UNKNOWN',
  'invalid',
  (d: { filter: string; known: string }) =>
    `这个清单没有筛选条件 ${d.filter}；可用的有：${d.known}。请改正后重试。`,
);

export const exportEmpty = defineError(
  'EXPORTS_EMPTY',
  'conflict',
  (_: Nothing) => '按这些条件没有可导出的行。请放宽条件后再申请。',
);

export const exportTooLarge = defineError(
  'EXPORTS_TOO_LARGE',
  'limit',
  (d: { limit: string }) => `导出超过上限（${d.limit}）。请缩小条件，分几次导出。`,
);

export const unmaskForbidden = defineError(
  'EXPORTS_UNMASK_FORBIDDEN',
  'forbidden',
  (_: Nothing) => '您的授权不含查看未遮盖的个人信息，不能申请不遮盖的导出。请导出遮盖后的清单。',
);

export const ownRequest = defineError(
  'EXPORTS_OWN_REQUEST',
  'conflict',
  (_: Nothing) => '申请人不能批准自己的导出，请由另一人办理。',
);

export const stateConflict = defineError(
  'EXPORTS_STATE',
  'conflict',
  (d: { state: string }) => `这项导出现在是“${d.state}”，不能这样办理。请刷新后再看。`,
);

export const downloadsUsed = defineError(
  'EXPORTS_DOWNLOADS_USED',
  'conflict',
  (d: { most: number }) => `这项导出已下载 ${d.most} 次，达到上限。需要的话请重新申请。`,
);

export const rowsGrown = defineError(
  'EXPORTS_ROWS_GROWN',
  'conflict',
  (d: { limit: number }) =>
    `数据在申请之后增加，行数超过了不经批准可以导出的 ${d.limit.toLocaleString('en-US')} 行。请重新申请。`,
);
