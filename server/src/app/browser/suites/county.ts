import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, settle } from '../testing/browser-pages.ts';

const OTHERS = /沁水|阳城|陵川|泽州|高平/;

/** A county's person sees nothing of another county, however it is asked for. */
export function county(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('somebody of one county', () => {
    it('sees the own people and nothing of another county in any screen', async () => {
      const { browser, city } = open();
      const mine = await someoneOf(city, '140502');
      const other = await someoneOf(city, '140522');
      const { page, context } = await openWindow(browser, city, 'qian');
      await goTo(page, city, '/');
      const menu = page.getByRole('navigation', { name: '主菜单' });
      for (const address of await menu
        .getByRole('link')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? '/'))) {
        await goTo(page, city, address);
        assert.doesNotMatch((await page.locator('body').textContent()) ?? '', OTHERS, address);
      }
      await lookFor(page, city, other);
      await page.getByText('没有找到这个人').waitFor();
      assert.doesNotMatch(await page.content(), OTHERS);
      await page.getByLabel('省平台个人编号').fill(mine);
      await page.keyboard.press('Control+Enter');
      await page.waitForURL(new RegExp(`/persons/${mine}`));
      await settle(page);
      await goTo(page, city, `/persons/${other}`);
      await fillReason(page);
      await page.getByRole('button', { name: '打开档案' }).click();
      await page.getByRole('alert').getByText(/没有/).waitFor();
      await context.close();
    });
  });
}

async function someoneOf(city: BrowserCity, agency: string): Promise<string> {
  const row = await city.workspace.duck.read((session) =>
    session.first<{ person_id: string }>(
      `select person_id from main.person p where agency = $agency and not exists (
         select 1 from main.enrolment e where e.person_id = p.person_id and e.agency <> $agency)
       order by person_id limit 1`,
      { agency },
    ),
  );
  assert.ok(row !== undefined, `somebody lives in ${agency}`);
  return row.person_id;
}

async function lookFor(page: Page, city: BrowserCity, person: string): Promise<void> {
  await goTo(page, city, '/persons');
  await page.getByRole('button', { name: '个人编号' }).click();
  await page.getByLabel('省平台个人编号').fill(person);
  await fillReason(page);
  await page.keyboard.press('Control+Enter');
}

async function fillReason(page: Page): Promise<void> {
  await page.getByLabel('查询事由（必选）').selectOption('consultation');
  await page.getByLabel(/说明/).fill('窗口核对参保情况');
}
