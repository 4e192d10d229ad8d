import type { Login } from './testing/browser-city.ts';

/** A screen as the browser tests go through it; a new screen is one line here. */
export interface ScreenCase {
  readonly path: string;
  /** Somebody who may open it. */
  readonly as: Login;
  /** What the main heading says. */
  readonly title: string;
  /** Address of its list, answered with nothing for the empty state and with 500 for the error. */
  readonly list?: string;
  /** Name of the button that opens its dialog. */
  readonly dialog?: string;
}

export const SCREENS: readonly ScreenCase[] = [
  { path: '/', as: 'zhao', title: '工作台' },
  { path: '/jobs', as: 'wang', title: '后台任务', list: '/api/jobs?*' },
  { path: '/persons', as: 'zhao', title: '档案查询' },
  { path: '/persons/P000000001', as: 'zhao', title: '个人档案' },
  { path: '/feed', as: 'wang', title: '批次管理', dialog: '新建批次' },
  { path: '/feed/packages/SX-F-20261031-001', as: 'wang', title: '数据包 SX-F-20261031-001' },
  { path: '/feed/repairs', as: 'wang', title: '更正审核', list: '/api/feed/repairs?*' },
  { path: '/quality', as: 'wang', title: '数据质量', list: '/api/quality/scores?*' },
  { path: '/deaths', as: 'wang', title: '死亡信息库', list: '/api/deaths?*', dialog: '人工登记' },
  { path: '/deaths/runs', as: 'sun', title: '比对任务与接口', list: '/api/deaths/runs?*' },
  { path: '/deaths/conflicts', as: 'sun', title: '冲突裁决', list: '/api/deaths/conflicts?*' },
  { path: '/deaths/conflicts/1', as: 'sun', title: '冲突 1', dialog: '生成协查函' },
  { path: '/alerts/overview', as: 'li', title: '预警总览' },
  { path: '/alerts', as: 'sun', title: '疑点核查', list: '/api/alerts/search', dialog: '保存视图' },
  { path: '/alerts/cases/2', as: 'sun', title: '疑点 2', dialog: '转办' },
  { path: '/recovery', as: 'sun', title: '追回台账', list: '/api/recovery/search' },
  { path: '/recovery/1', as: 'sun', title: '追回账 1' },
  { path: '/rules', as: 'sun', title: '规则管理', list: '/api/rules?*', dialog: '规则变更' },
  {
    path: '/rules/DTH-001',
    as: 'sun',
    title: 'DTH-001 多来源一致死亡后仍发养老待遇',
    dialog: '申请停用',
  },
  { path: '/process', as: 'li', title: '流程全景图' },
  { path: '/process/variants', as: 'li', title: '周期与变体' },
  { path: '/process/late', as: 'li', title: '在办超期', list: '/api/process/late' },
  { path: '/exports', as: 'sun', title: '导出中心', list: '/api/exports?*', dialog: '新建导出' },
  {
    path: '/system/accounts',
    as: 'admin',
    title: '用户与权限',
    list: '/api/accounts?*',
    dialog: '建立账号',
  },
  { path: '/system/grants', as: 'security', title: '授权确认', list: '/api/accounts/grants?*' },
  { path: '/system/sessions', as: 'security', title: '在线会话', list: '/api/accounts/sessions?*' },
  { path: '/system/alarms', as: 'security', title: '异常查询告警', list: '/api/accounts/alarms?*' },
  { path: '/system/matrix', as: 'auditor', title: '权限矩阵' },
  {
    path: '/system/audit',
    as: 'auditor',
    title: '审计日志',
    list: '/api/audit/search',
    dialog: '泄露排查',
  },
  { path: '/system/screen-tokens', as: 'sun', title: '大屏令牌', dialog: '发放令牌' },
  { path: '/me', as: 'wang', title: '我的账号' },
  { path: '/nowhere', as: 'wang', title: '没有这个页面' },
  { path: '/system/audit', as: 'wang', title: '审计日志' },
];
