import type { Component } from 'vue';

/** A screen as data: its address, its right, and where the menu shows it. */
export interface Screen {
  readonly name: string;
  readonly path: string;
  readonly title: string;
  /** Absent: any signed-in person. Several: one of them is enough. */
  readonly permission?: string | readonly string[];
  /** Group of the menu; absent: reached from other screens only. */
  readonly group?: Group;
  /** First letters, for the search of the top bar. */
  readonly initials?: string;
  /** Name of the screen whose menu entry is lit, and which the breadcrumb shows above. */
  readonly parent?: string;
  readonly view: () => Promise<Component>;
}

export const GROUPS = {
  work: '工作台',
  person: '一人一档',
  feed: '数据回流',
  deaths: '死亡信息',
  risk: '风险防控',
  process: '业务监控',
  reports: '报表中心',
  system: '系统管理',
} as const;

export type Group = keyof typeof GROUPS;

/** Every screen inside the shell, in the order of the menu. */
export const SCREENS: readonly Screen[] = [
  {
    name: 'workbench',
    path: '/',
    title: '工作台',
    group: 'work',
    initials: 'gzt',
    view: () => import('../views/workbench/index.vue'),
  },
  {
    name: 'jobs',
    path: '/jobs',
    title: '后台任务',
    group: 'work',
    initials: 'htrw',
    view: () => import('../views/jobs/index.vue'),
  },
  {
    name: 'persons',
    path: '/persons',
    title: '档案查询',
    permission: 'dossier.read',
    group: 'person',
    initials: 'dacx',
    view: () => import('../views/persons/index.vue'),
  },
  {
    name: 'person',
    path: '/persons/:id',
    title: '个人档案',
    permission: 'dossier.read',
    parent: 'persons',
    view: () => import('../views/person/index.vue'),
  },
  {
    name: 'deaths',
    path: '/deaths',
    title: '死亡信息库',
    permission: 'deaths.read',
    group: 'deaths',
    initials: 'swxxk',
    view: () => import('../views/deaths/index.vue'),
  },
  {
    name: 'deaths-runs',
    path: '/deaths/runs',
    title: '比对任务与接口',
    permission: 'deaths.read',
    group: 'deaths',
    initials: 'bdrwyjk',
    view: () => import('../views/deaths/runs.vue'),
  },
  {
    name: 'deaths-conflicts',
    path: '/deaths/conflicts',
    title: '冲突裁决',
    permission: 'deaths.read',
    group: 'deaths',
    initials: 'ctcj',
    view: () => import('../views/deaths/conflicts.vue'),
  },
  {
    name: 'deaths-conflict',
    path: '/deaths/conflicts/:no',
    title: '冲突案件',
    permission: 'deaths.read',
    parent: 'deaths-conflicts',
    view: () => import('../views/deaths/conflict.vue'),
  },
  {
    name: 'alerts-overview',
    path: '/alerts/overview',
    title: '预警总览',
    permission: 'alerts.read',
    group: 'risk',
    initials: 'yjzl',
    view: () => import('../views/alerts/overview.vue'),
  },
  {
    name: 'alerts',
    path: '/alerts',
    title: '疑点核查',
    permission: 'alerts.read',
    group: 'risk',
    initials: 'ydhc',
    view: () => import('../views/alerts/index.vue'),
  },
  {
    name: 'case',
    path: '/alerts/cases/:id',
    title: '疑点详情',
    permission: 'alerts.read',
    parent: 'alerts',
    view: () => import('../views/alerts/case.vue'),
  },
  {
    name: 'recovery',
    path: '/recovery',
    title: '追回台账',
    permission: 'recovery.read',
    group: 'risk',
    initials: 'zhtz',
    view: () => import('../views/recovery/index.vue'),
  },
  {
    name: 'recovery-ledger',
    path: '/recovery/:id',
    title: '追回账',
    permission: 'recovery.read',
    parent: 'recovery',
    view: () => import('../views/recovery/ledger.vue'),
  },
  {
    name: 'rules',
    path: '/rules',
    title: '规则管理',
    permission: 'rules.read',
    group: 'risk',
    initials: 'gzgl',
    view: () => import('../views/rules/index.vue'),
  },
  {
    name: 'rule',
    path: '/rules/:id',
    title: '规则详情',
    permission: 'rules.read',
    parent: 'rules',
    view: () => import('../views/rules/rule.vue'),
  },
  {
    name: 'process',
    path: '/process',
    title: '流程全景图',
    permission: 'process.read',
    group: 'process',
    initials: 'lcqjt',
    view: () => import('../views/process/index.vue'),
  },
  {
    name: 'process-variants',
    path: '/process/variants',
    title: '周期与变体',
    permission: 'process.read',
    group: 'process',
    initials: 'zqybt',
    view: () => import('../views/process/variants.vue'),
  },
  {
    name: 'process-late',
    path: '/process/late',
    title: '在办超期',
    permission: 'process.read',
    group: 'process',
    initials: 'zbcq',
    view: () => import('../views/process/late.vue'),
  },
  {
    name: 'exports',
    path: '/exports',
    title: '导出中心',
    permission: 'exports.request',
    group: 'reports',
    initials: 'dczx',
    view: () => import('../views/exports/index.vue'),
  },
  {
    name: 'accounts',
    path: '/system/accounts',
    title: '用户与权限',
    permission: 'accounts.read',
    group: 'system',
    initials: 'yhyqx',
    view: () => import('../views/system/accounts/index.vue'),
  },
  {
    name: 'grants',
    path: '/system/grants',
    title: '授权确认',
    permission: 'accounts.read',
    group: 'system',
    initials: 'sqqr',
    view: () => import('../views/system/grants/index.vue'),
  },
  {
    name: 'sessions',
    path: '/system/sessions',
    title: '在线会话',
    permission: 'accounts.read',
    group: 'system',
    initials: 'zxhh',
    view: () => import('../views/system/sessions/index.vue'),
  },
  {
    name: 'matrix',
    path: '/system/matrix',
    title: '权限矩阵',
    permission: 'accounts.read',
    group: 'system',
    initials: 'qxjz',
    view: () => import('../views/system/matrix/index.vue'),
  },
  {
    name: 'alarms',
    path: '/system/alarms',
    title: '异常查询告警',
    permission: 'accounts.confirm',
    group: 'system',
    initials: 'yccxgj',
    view: () => import('../views/system/alarms/index.vue'),
  },
  {
    name: 'audit',
    path: '/system/audit',
    title: '审计日志',
    permission: 'audit.read',
    group: 'system',
    initials: 'sjrz',
    view: () => import('../views/system/audit/index.vue'),
  },
  {
    name: 'screen-tokens',
    path: '/system/screen-tokens',
    title: '大屏令牌',
    permission: 'screen.token',
    group: 'system',
    initials: 'dplp',
    view: () => import('../views/system/screen-tokens/index.vue'),
  },
  {
    name: 'me',
    path: '/me',
    title: '我的账号',
    view: () => import('../views/me/index.vue'),
  },
];
