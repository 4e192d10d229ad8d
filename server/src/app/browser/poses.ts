import type { Page } from 'playwright-core';
import type { Login } from './testing/browser-city.ts';
import { settle } from './testing/browser-pages.ts';

/** A screen as the manual shows it: with something chosen, opened or tried. */
export interface Pose {
  /** Name of the pictures, before the width. */
  readonly name: string;
  readonly as: Login;
  readonly path: string;
  /** Looked at on large screens too. */
  readonly large?: boolean;
  /** Somebody needs it away from the desk. */
  readonly phone?: boolean;
  readonly strike?: (page: Page) => Promise<void>;
}

async function chooseFirst(page: Page): Promise<void> {
  await page.keyboard.press('ArrowDown');
  await page.getByRole('complementary', { name: '预览' }).waitFor();
}

async function openRecord(page: Page): Promise<void> {
  await page.getByLabel('查询事由（必选）').selectOption('consultation');
  await page.getByLabel(/说明/).fill('窗口核对参保情况');
  await page.getByRole('button', { name: '打开档案' }).click();
  await page.getByRole('tab', { name: '概要' }).waitFor();
}

const openTab = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole('tab', { name }).click();
  await settle(page);
};

async function openFacts(page: Page): Promise<void> {
  await openRecord(page);
  await openTab('基本信息')(page);
}

async function readSources(page: Page): Promise<void> {
  await chooseFirst(page);
  const pane = page.getByRole('complementary', { name: '预览' });
  await pane.getByLabel(/查询事由/).fill('核对死亡日期与待遇发放');
  await pane.getByRole('button', { name: '查看各来源' }).click();
  await pane.getByRole('heading', { name: '各来源的报告' }).waitFor();
}

async function readCustody(page: Page): Promise<void> {
  await readSources(page);
  await page.getByRole('button', { name: '问部门' }).waitFor();
}

async function askDepartment(page: Page): Promise<void> {
  await readSources(page);
  await page.getByRole('button', { name: '问部门' }).click();
  const dialog = page.getByRole('dialog', { name: '问部门' });
  await dialog.getByLabel(/^事由/).fill('核对死亡日期矛盾');
}

async function backTest(page: Page): Promise<void> {
  await openTab(/参数与回测/)(page);
  await page.getByLabel(/改为$/).last().fill('7');
  await page.getByRole('button', { name: '回测' }).click();
  await page.getByRole('heading', { name: /回测结果/ }).waitFor();
}

async function askExport(page: Page): Promise<void> {
  await page.getByRole('button', { name: '新建导出' }).first().click();
  const dialog = page.getByRole('dialog', { name: '新建导出' });
  await dialog.getByLabel('清单').selectOption({ index: 1 });
  await dialog.getByLabel(/用途/).fill('向局务会报告十一月疑点办理情况');
  await dialog.getByRole('button', { name: '看行数' }).click();
  await dialog.getByRole('status').waitFor();
  await dialog.getByRole('button', { name: '提交申请' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('row').nth(1).waitFor();
  await chooseFirst(page);
  await page.getByRole('complementary').getByRole('button', { name: '下载' }).waitFor();
}

async function askArchive(page: Page): Promise<void> {
  await page.getByRole('button', { name: '申请归档' }).click();
  const dialog = page.getByRole('dialog', { name: '申请归档' });
  await dialog.getByText(/共 \d+ 条/).waitFor();
  await dialog.getByLabel(/^原因/).fill('在线期已满，归档');
}

/** Every business screen; a new one is one line here and one in docs/manual/pages.md. */
export const POSES: readonly Pose[] = [
  { name: 'workbench', as: 'sun', path: '/', large: true, phone: true },
  { name: 'workbench-leader', as: 'li', path: '/', phone: true },
  { name: 'persons', as: 'zhao', path: '/persons', phone: true },
  {
    name: 'person',
    as: 'zhao',
    path: '/persons/P000000001',
    large: true,
    phone: true,
    strike: openRecord,
  },
  { name: 'person-facts', as: 'zhao', path: '/persons/P000000001', strike: openFacts },
  { name: 'batches', as: 'wang', path: '/feed' },
  {
    ...{ name: 'batch-rows', as: 'wang', path: '/feed/packages/SX-F-20261031-001', large: true },
    strike: openTab(/问题行/),
  },
  { name: 'batch', as: 'wang', path: '/feed/packages/SX-F-20261031-001', phone: true },
  { name: 'deaths', as: 'wang', path: '/deaths', large: true, strike: readSources },
  { name: 'ask-department', as: 'sun', path: '/deaths', strike: askDepartment },
  { name: 'custody', as: 'sun', path: '/deaths/custody', phone: true, strike: readCustody },
  { name: 'inquiries', as: 'sun', path: '/deaths/inquiries', strike: chooseFirst },
  { name: 'death-runs', as: 'sun', path: '/deaths/runs' },
  { name: 'contradictions', as: 'sun', path: '/deaths/conflicts' },
  { name: 'contradiction', as: 'sun', path: '/deaths/conflicts/1', large: true, phone: true },
  { name: 'overview', as: 'li', path: '/alerts/overview', large: true, phone: true },
  { name: 'inbox', as: 'sun', path: '/alerts', large: true, phone: true, strike: chooseFirst },
  { name: 'case', as: 'sun', path: '/alerts/cases/2', large: true, phone: true },
  { name: 'ledger', as: 'sun', path: '/recovery/1', phone: true },
  { name: 'recovery', as: 'sun', path: '/recovery?state=all' },
  { name: 'rules', as: 'sun', path: '/rules' },
  { name: 'rule', as: 'sun', path: '/rules/DTH-001' },
  { name: 'rule-back-test', as: 'sun', path: '/rules/DTH-001', strike: backTest },
  { name: 'process', as: 'li', path: '/process', large: true, phone: true },
  { name: 'variants', as: 'li', path: '/process/variants' },
  { name: 'late', as: 'li', path: '/process/late', phone: true },
  { name: 'exports', as: 'sun', path: '/exports', phone: true, strike: askExport },
  { name: 'jobs', as: 'wang', path: '/jobs' },
  { name: 'accounts', as: 'admin', path: '/system/accounts', strike: chooseFirst },
  { name: 'matrix', as: 'auditor', path: '/system/matrix' },
  { name: 'audit', as: 'auditor', path: '/system/audit', strike: chooseFirst },
  { name: 'audit-archives', as: 'auditor', path: '/system/audit/archives' },
  {
    ...{ name: 'audit-archive-request', as: 'auditor', path: '/system/audit/archives' },
    strike: askArchive,
  },
];
