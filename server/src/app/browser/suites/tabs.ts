import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow } from '../testing/browser-pages.ts';

/** What tabs and addresses keep, and for how long. */
export function tabs(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('tabs and addresses', () => {
    it('keeps what was typed when tabs are switched, and forgets it when the tab is closed', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'zhao');
      await goTo(page, city, '/persons');
      const note = page.getByLabel(/说明/);
      await note.fill('核对缴费年限');
      await page.getByRole('navigation', { name: '主菜单' }).getByText('后台任务').click();
      await page.getByRole('heading', { name: '后台任务' }).waitFor();
      await page.keyboard.press('Alt+,');
      assert.equal(await note.inputValue(), '核对缴费年限');
      await page.keyboard.press('Alt+w');
      await note.waitFor({ state: 'detached' });
      await page.keyboard.press('Control+k');
      await page.keyboard.type('dacx');
      await page.keyboard.press('Enter');
      await note.waitFor();
      assert.equal(await note.inputValue(), '');
      await context.close();
    });

    it('keeps the filters of a list in the address, also over a reload and in another tab', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'auditor');
      await goTo(page, city, '/system/audit');
      await page.getByLabel('操作', { exact: true }).selectOption('session.login');
      await page.waitForURL(/action=session\.login/);
      await goTo(page, city, new URL(page.url()).pathname + new URL(page.url()).search);
      assert.equal(await page.getByLabel('操作', { exact: true }).inputValue(), 'session.login');
      await page.getByRole('navigation', { name: '主菜单' }).getByText('权限矩阵').click();
      await page.getByRole('heading', { name: '权限矩阵' }).waitFor();
      await page.goBack();
      await page.getByRole('heading', { name: '审计日志' }).waitFor();
      assert.match(page.url(), /action=session\.login/);
      await context.close();
    });
  });
}
