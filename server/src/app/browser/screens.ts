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
