import type { Login } from './testing/browser-city.ts';

/** A screen as the browser tests go through it; a new screen is one line here. */
export interface ScreenCase {
  readonly path: string;
  /** Somebody who may open it. */
  readonly as: Login;
  /** What the main heading says. */
  readonly title: string;
  /** Path of the request that feeds it; absent: nothing is asked before somebody asks. */
  readonly feed?: string;
  /** What that request answers when there is nothing; absent: an empty page of a list. */
  readonly nothing?: unknown;
  /** Names of the buttons that open its dialogs. */
  readonly dialogs?: readonly string[];
}

/** Answered with 404: what the address names does not exist, or not for this person. */
export const MISSING = 404;
const NO_SUMS = {
  ...{ value: 'all', title: null, cases: 0, open: 0, overdue: 0, confirmed_share: null },
  ...{ at_risk_fen: 0, confirmed_fen: 0, recovered_fen: 0 },
};
const NO_ARCHIVES = { requests: [], archives: [], allowed_actions: ['request'] };
const NOTHING_TO_DO = {
  ...{ today: '2026-11-20', as_of: null, todo: [] },
  my_month: { concluded: 0, reviewed: 0, closed: 0 },
};

export const SCREENS: readonly ScreenCase[] = [
  { path: '/', as: 'zhao', title: '工作台' },
  { path: '/', as: 'admin', title: '工作台', feed: '/api/workbench', nothing: NOTHING_TO_DO },
  { path: '/jobs', as: 'wang', title: '后台任务', feed: '/api/jobs' },
  { path: '/persons', as: 'zhao', title: '档案查询' },
  { path: '/persons/P000000001', as: 'zhao', title: '个人档案' },
  {
    ...{ path: '/feed', as: 'wang', title: '批次管理', dialogs: ['新建批次'] },
    ...{ feed: '/api/feed/packages', nothing: [] },
  },
  {
    ...{ path: '/feed/packages/SX-F-20261031-001', as: 'wang' },
    ...{ title: '数据包 SX-F-20261031-001', nothing: MISSING },
    feed: '/api/feed/packages/SX-F-20261031-001',
  },
  { path: '/feed/repairs', as: 'wang', title: '更正审核', feed: '/api/feed/repairs' },
  { path: '/quality', as: 'wang', title: '数据质量', feed: '/api/quality/scores' },
  {
    path: '/deaths',
    as: 'wang',
    title: '死亡信息库',
    feed: '/api/deaths',
    dialogs: ['查人', '人工登记', '导入名单'],
  },
  {
    ...{ path: '/deaths/custody', as: 'wang', title: '服刑羁押人员', dialogs: ['查人'] },
    feed: '/api/deaths/custody',
  },
  { path: '/deaths/runs', as: 'sun', title: '比对任务与接口', feed: '/api/deaths/runs' },
  { path: '/deaths/conflicts', as: 'sun', title: '冲突裁决', feed: '/api/deaths/conflicts' },
  {
    ...{ path: '/deaths/conflicts/1', as: 'sun', title: '冲突 1', dialogs: ['生成协查函'] },
    ...{ feed: '/api/deaths/conflicts/1', nothing: MISSING },
  },
  { path: '/deaths/inquiries', as: 'sun', title: '点名查询', feed: '/api/deaths/inquiries' },
  {
    ...{ path: '/alerts/overview', as: 'li', title: '预警总览', feed: '/api/alerts/overview' },
    nothing: { as_of: null, total: NO_SUMS, by_rule: [], by_rule_group: [], by_agency: [] },
  },
  {
    ...{ path: '/alerts', as: 'sun', title: '疑点核查', dialogs: ['保存视图'] },
    feed: '/api/alerts/search',
  },
  {
    ...{ path: '/alerts/cases/2', as: 'sun', title: '疑点 2', dialogs: ['转办'] },
    ...{ feed: '/api/alerts/cases/2', nothing: MISSING },
  },
  { path: '/recovery', as: 'sun', title: '追回台账', feed: '/api/recovery/search' },
  {
    ...{ path: '/recovery/1', as: 'sun', title: '追回账 1' },
    ...{ feed: '/api/recovery/1', nothing: MISSING },
  },
  { path: '/rules', as: 'sun', title: '规则管理', feed: '/api/rules', dialogs: ['规则变更'] },
  {
    ...{ path: '/rules/DTH-001', as: 'sun', title: 'DTH-001 多来源一致死亡后仍发养老待遇' },
    ...{ feed: '/api/rules/DTH-001', nothing: MISSING, dialogs: ['申请停用'] },
  },
  {
    ...{ path: '/process', as: 'li', title: '流程全景图' },
    ...{ feed: '/api/process/map', nothing: { cases: 0 } },
  },
  { path: '/process/variants', as: 'li', title: '周期与变体', feed: '/api/process/variants' },
  { path: '/process/late', as: 'li', title: '在办超期', feed: '/api/process/late' },
  { path: '/exports', as: 'sun', title: '导出中心', feed: '/api/exports', dialogs: ['新建导出'] },
  {
    ...{ path: '/system/accounts', as: 'admin', title: '用户与权限', dialogs: ['建立账号'] },
    feed: '/api/accounts',
  },
  { path: '/system/grants', as: 'security', title: '授权确认', feed: '/api/accounts/grants' },
  { path: '/system/sessions', as: 'security', title: '在线会话', feed: '/api/accounts/sessions' },
  { path: '/system/alarms', as: 'security', title: '异常查询告警', feed: '/api/accounts/alarms' },
  {
    ...{ path: '/system/matrix', as: 'auditor', title: '权限矩阵' },
    ...{ feed: '/api/accounts/permission-matrix', nothing: MISSING },
  },
  {
    ...{ path: '/system/audit', as: 'auditor', title: '审计日志', dialogs: ['泄露排查'] },
    feed: '/api/audit/search',
  },
  {
    ...{ path: '/system/audit/archives', as: 'auditor', title: '审计归档', dialogs: ['申请归档'] },
    ...{ feed: '/api/audit/archives', nothing: NO_ARCHIVES },
  },
  {
    ...{ path: '/system/audit/archives', as: 'security', title: '审计归档' },
    ...{ feed: '/api/audit/archives', nothing: NO_ARCHIVES },
  },
  {
    ...{ path: '/system/screen-tokens', as: 'sun', title: '大屏令牌', dialogs: ['发放令牌'] },
    ...{ feed: '/api/screen-tokens', nothing: { rows: [] } },
  },
  { path: '/me', as: 'wang', title: '我的账号' },
  { path: '/nowhere', as: 'wang', title: '没有这个页面' },
  { path: '/system/audit', as: 'wang', title: '审计日志' },
  { path: '/system/audit/archives', as: 'admin', title: '审计归档' },
];
