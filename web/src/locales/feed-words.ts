/** Words of the return packages (数据回流). */
export const PACKAGE_STATES: Readonly<Record<string, string>> = {
  received: '装入中',
  refused: '已拒收',
  held: '暂存',
  awaiting: '待确认',
  published: '已发布',
  withdrawn: '已撤回',
};
export const PACKAGE_TONES: Readonly<
  Record<string, 'low' | 'high' | 'medium' | 'good' | 'neutral'>
> = {
  received: 'low',
  refused: 'high',
  held: 'medium',
  awaiting: 'medium',
  published: 'good',
  withdrawn: 'neutral',
};
export const FILE_CHECKS = {
  ok: '与清单一致',
  differs: '与清单不一致',
  unlisted: '清单里没有',
  unknown: '还没有清单',
} as const;
export const REPAIR_STATES: Readonly<Record<string, string>> = {
  proposed: '待审核',
  approved: '已通过',
  applied: '已入库',
  failed: '未能入库',
  rejected: '已退回',
};
