import type { RepairState } from '../register/repair-model.ts';

/** What officials call the states of a repair. */
export const REPAIR_STATES: Readonly<Record<RepairState, string>> = {
  proposed: '待审核',
  approved: '已批准，正在执行',
  applied: '已入库',
  failed: '未能入库',
  rejected: '已退回',
};

/** What officials call the states of a quarantined row. */
export const ROW_STATES: Readonly<Record<string, string>> = {
  open: '待处理',
  repaired: '已更正',
  released: '已自动入库',
  superseded: '已被来源后来的包取代',
  refused: '所在数据集被拒收',
};

/** Who acts and why; `origin` is `cli` or the address and id of a request. */
export interface Act {
  readonly by: string;
  readonly reason: string;
  readonly origin?: string;
}
