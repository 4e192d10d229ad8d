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
];
