/** Words of case handling (预警处置) that the page itself needs. */
export const CASE_STATES: Readonly<Record<string, string>> = {
  new: '待派发',
  assigned: '已派发',
  verifying: '核查中',
  concluded: '待复核',
  disposing: '处置中',
  recovering: '追回中',
  closing: '待销号',
  closed: '已销号',
  settled: '回头看已过',
};

export const STATE_TONES: Readonly<Record<string, 'neutral' | 'low' | 'medium' | 'good'>> = {
  new: 'medium',
  assigned: 'low',
  verifying: 'low',
  concluded: 'medium',
  disposing: 'low',
  recovering: 'low',
  closing: 'medium',
  closed: 'good',
  settled: 'good',
};

export const LEVELS = { high: '高', medium: '中', low: '低' } as const;

export const STEP_WORDS: Readonly<Record<string, string>> = {
  open: '生成',
  join: '并入本单',
  assign: '派发',
  claim: '领取',
  transfer: '转办',
  extend: '延期',
  escalate: '上报市级',
  conclude: '提交核查结论',
  pass: '复核同意',
  refuse: '复核退回',
  dispose: '提出处置',
  decide_disposal: '复核处置',
  prove: '登记处置文书',
  propose_close: '提示可销号',
  send_back: '退回重新核查',
  close: '销号',
  reopen: '重新打开',
  recur: '复发',
  settle: '回头看已过',
  note: '核查记录',
  evidence: '登记证据',
  update: '数据更新',
  vanish: '事实消失',
  snooze: '暂缓',
};

export const DISPOSAL_STATES: Readonly<Record<string, string>> = {
  proposed: '待复核',
  approved: '已同意，待办成',
  refused: '未同意',
  proved: '已办成',
};

export const SNOOZE_STATES: Readonly<Record<string, string>> = {
  asked: '待同意',
  approved: '已同意',
  refused: '未同意',
};

/** `超3天` or `剩2天`, working days. */
export function dueText(daysLeft: number | null): string {
  if (daysLeft === null) return '—';
  if (daysLeft < 0) return `超${-daysLeft}天`;
  return daysLeft === 0 ? '今日到期' : `剩${daysLeft}天`;
}

/** Groups of the rule catalogue. */
export const RULE_GROUPS: Readonly<Record<string, string>> = {
  ACC: '个人账户',
  CRD: '社保卡与账户',
  CTL: '内部控制',
  DAT: '数据质量',
  DRG: '死亡信息比对',
  DTH: '死亡后待遇',
  DUP: '重复享受',
  ENR: '参保登记',
  FIN: '基金财务',
  GOV: '机关事业',
  HEA: '取暖费',
  INJ: '工伤',
  JUS: '服刑羁押',
  PEN: '养老待遇',
  RES: '居民养老',
  SUB: '就业补贴',
  SUR: '遗属待遇',
  TAX: '征缴',
  UNE: '失业',
};

/** The groups as lists of choices write them, with their letters. */
export const RULE_GROUP_LINES = Object.entries(RULE_GROUPS).map(
  ([code, word]) => [code, `${code} ${word}`] as const,
);

/** What a case may wait for, as the inbox is asked (`todo`). */
export const CASE_TODOS: Readonly<Record<string, string>> = {
  mine: '我承办的',
  free: '可领取的',
  assign: '待派发',
  review: '待复核',
  dispose: '处置中',
  close: '待销号',
};
