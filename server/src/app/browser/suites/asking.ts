import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, settle, violations } from '../testing/browser-pages.ts';
import { COURT, HEALTH } from '../testing/departments.ts';
import { Hands } from '../testing/hands.ts';

const WHY = '核对羁押起止与发放';
/** Keys, not counting what is typed. A screen that needs more has become worse. */
const MOST = { ask: 12 } as const;

/** Somebody in custody and somebody dead, about whom departments are asked, by keyboard. */
export function asking(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('asking a department', () => {
    it('about somebody in custody brings an answer that stands as evidence', async (t) => {
      const { browser, city } = open();
      const { page, context, faults } = await openWindow(browser, city, 'sun');
      await goTo(page, city, '/deaths/custody');
      const hands = new Hands(page);
      const pane = await openFirst(page, hands);
      await pane.getByRole('heading', { name: '各来源的报告' }).waitFor();
      assert.deepEqual(await violations(page), []);
      await hands.press('q');
      await send(page, COURT, hands);
      const dialog = page.getByRole('dialog', { name: '问部门' });
      await dialog.getByText('对方有记录').waitFor();
      await dialog.getByText(/收作证据 1 条，其中以前没有的 1 条/).waitFor();
      assert.deepEqual(await violations(page), []);
      t.diagnostic(`${hands.keys} keys + ${hands.typed} characters`);
      assert.ok(hands.keys <= MOST.ask, `${hands.keys} keys > ${MOST.ask}`);
      await dialog.getByRole('button', { name: '关闭', exact: true }).click();
      await city.workspace.interfaces.inbox.drain();

      await pane.getByRole('link', { name: '问过的部门' }).click();
      await page.getByRole('heading', { name: '点名查询', level: 1 }).waitFor();
      await settle(page);
      await page.getByText('只看一个人的').waitFor();
      const answer = await openFirst(page, new Hands(page));
      await answer.getByRole('heading', { name: '答复收作的证据' }).waitFor();
      await answer.getByText(/法院.*报告/).waitFor();
      await answer.getByText('羁押，2026-06-10 至 未释放').waitFor();
      assert.doesNotMatch((await page.locator('main').textContent()) ?? '', /\d{17}[\dX]/);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(faults, []);
      await context.close();
    });

    it('that knows nothing is an answer, too, for somebody found by number', async () => {
      const { browser, city } = open();
      const dead = await someoneDead(city);
      const { page, context, faults } = await openWindow(browser, city, 'sun');
      await goTo(page, city, '/deaths');
      await page.keyboard.press('f');
      const dialog = page.getByRole('dialog', { name: '查死亡人员' });
      await dialog.getByLabel(/个人编号/).fill('P999999999');
      await dialog.getByLabel(/查询事由/).fill(WHY);
      await page.keyboard.press('Control+Enter');
      await dialog.getByText('没有找到这个人').waitFor();
      assert.deepEqual(await violations(page), []);
      await dialog.getByLabel(/个人编号/).fill(dead);
      await page.keyboard.press('Control+Enter');
      await dialog.waitFor({ state: 'detached' });
      const pane = page.getByRole('complementary', { name: '预览' });
      await pane.getByRole('heading', { name: '各来源的报告' }).waitFor();
      assert.doesNotMatch(page.url(), new RegExp(dead));
      await pane.getByRole('button', { name: '问部门' }).click();
      await send(page, HEALTH, new Hands(page));
      await page.getByRole('dialog', { name: '问部门' }).getByText('对方没有记录').waitFor();
      await page.keyboard.press('Escape');
      assert.deepEqual(faults, []);
      await context.close();
    });

    it('finds somebody beside the list, who gives way to the row that was chosen before', async () => {
      const { browser, city } = open();
      const { page, context, faults } = await openWindow(browser, city, 'sun');
      const listed = page.waitForResponse((it) => new URL(it.url()).pathname === '/api/deaths');
      await goTo(page, city, '/deaths');
      // Reports that came together stand in any order.
      const { rows } = (await (await listed).json()) as { rows: { person_id: string | null }[] };
      const dead = await someoneDead(city, rows[0]?.person_id ?? '');
      await page.keyboard.press('ArrowDown');
      const pane = page.getByRole('complementary', { name: '预览' });
      const purpose = pane.getByLabel(/查询事由/);
      await purpose.waitFor();
      const first = await pane.getByRole('heading', { level: 2 }).textContent();
      await page.keyboard.press('f');
      const dialog = page.getByRole('dialog', { name: '查死亡人员' });
      await dialog.getByLabel(/个人编号/).fill(dead);
      await dialog.getByLabel(/查询事由/).fill(WHY);
      await page.keyboard.press('Control+Enter');
      await pane.getByRole('heading', { name: '各来源的报告' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await purpose.waitFor();
      assert.equal(await pane.getByRole('heading', { level: 2 }).textContent(), first);
      assert.deepEqual(faults, []);
      await context.close();
    });

    it('about somebody departments contradict each other on stands beside the contradiction', async () => {
      const { browser, city } = open();
      const { page, context, faults } = await openWindow(browser, city, 'sun');
      await goTo(page, city, '/deaths/conflicts/1');
      const earlier = page.locator('section').filter({ hasText: '问过的部门' });
      await earlier.getByText('还没有就此人问过部门').waitFor();
      const hands = new Hands(page);
      await hands.press('q');
      await send(page, HEALTH, hands);
      await page.getByRole('dialog', { name: '问部门' }).getByText('对方没有记录').waitFor();
      await hands.press('Escape');
      await hands.tabTo(earlier.getByRole('button', { name: /看查询 Q\d+ 的答复/ }));
      await earlier.getByRole('row', { name: /对方没有记录.*卫健.*sun/ }).waitFor();
      await hands.press('Enter');
      await page
        .getByRole('dialog', { name: /点名查询 Q\d+/ })
        .getByText(WHY)
        .waitFor();
      assert.deepEqual(await violations(page), []);
      await hands.press('Escape');
      await hands.tabTo(earlier.getByRole('link', { name: '看全部（1 次）' }), 'Shift+Tab');
      await hands.press('Enter');
      await page.getByText('只看一个人的').waitFor();
      await settle(page);
      assert.equal(await page.getByRole('row').count(), 2, 'the head and one question');
      assert.deepEqual(faults, []);
      await context.close();
    });

    it('is not offered to whoever may not arbitrate', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'wang');
      await goTo(page, city, '/deaths/custody');
      const pane = await openFirst(page, new Hands(page));
      await pane.getByRole('heading', { name: '各来源的报告' }).waitFor();
      assert.equal(await page.getByRole('button', { name: '问部门' }).count(), 0);
      await goTo(page, city, '/deaths/inquiries');
      await page.getByRole('row').nth(1).waitFor();
      await context.close();
    });
  });
}

/** Goes to the first of the list and opens what its reports say. */
async function openFirst(page: Page, hands: Hands): Promise<Locator> {
  await hands.press('ArrowDown');
  const pane = page.getByRole('complementary', { name: '预览' });
  const purpose = pane.getByLabel(/查询事由/);
  await hands.tabTo(purpose);
  await hands.type(WHY);
  await hands.press('Enter');
  await purpose.waitFor({ state: 'detached' });
  return pane;
}

/** Fills in the question; the only department that can answer is chosen already. */
async function send(page: Page, department: string, hands: Hands): Promise<void> {
  const dialog = page.getByRole('dialog', { name: '问部门' });
  const whom = dialog.getByLabel('问哪个部门');
  await whom.locator('option', { hasText: department }).waitFor({ state: 'attached' });
  assert.notEqual(await whom.inputValue(), '');
  assert.deepEqual(await violations(page), []);
  await hands.tabTo(dialog.getByLabel(/^事由/));
  await hands.type(WHY);
  await hands.press('Control+Enter');
}

async function someoneDead({ workspace }: BrowserCity, besides = ''): Promise<string> {
  const row = await workspace.duck.read((session) =>
    session.first<{ person_id: string }>(
      `select person_id from main.person p where person_id <> $besides and exists (
         select 1 from main.death_event d where d.id_no = p.id_no) order by person_id limit 1`,
      { besides },
    ),
  );
  assert.ok(row);
  return row.person_id;
}
