/** Words of the rule catalogue. */
export const RULE_STATUSES: Readonly<Record<string, string>> = {
  draft: '草拟',
  trial: '影子运行',
  active: '启用',
  retired: '停用',
};
export const RULE_TONES: Readonly<Record<string, 'neutral' | 'medium' | 'good'>> = {
  draft: 'neutral',
  trial: 'medium',
  active: 'good',
  retired: 'neutral',
};
export const RULE_KINDS: Readonly<Record<string, string>> = { risk: '风险', quality: '数据质量' };
export const CHANGE_STATES: Readonly<Record<string, string>> = {
  asked: '待批准',
  approved: '已批准',
  refused: '未批准',
};
/** The status a rule goes to next, and the verb for it. */
export const NEXT_STATUS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  draft: [['trial', '申请影子运行']],
  trial: [
    ['active', '申请启用'],
    ['retired', '申请停用'],
  ],
  active: [
    ['trial', '申请退回影子运行'],
    ['retired', '申请停用'],
  ],
  retired: [],
};
