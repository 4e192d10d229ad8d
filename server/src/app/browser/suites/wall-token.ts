import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow } from '../testing/browser-pages.ts';

/** A screen in a hall, where nobody signs in. */
export function wallToken(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('the wall by token', () => {
    it('needs nothing but its token, which leaves the address, and can be revoked', async () => {
      const { browser, city } = open();
      const admin = await openWindow(browser, city, 'sun');
      await goTo(admin.page, city, '/system/screen-tokens');
      await admin.page.getByRole('button', { name: '发放令牌' }).click();
      await admin.page.getByLabel(/名称/).fill('一楼大厅');
      await admin.page.getByRole('button', { name: '发放', exact: true }).click();
      const address = (await admin.page.locator('.invitation').textContent()) ?? '';
      await admin.page.keyboard.press('Escape');
      const { page, context, faults } = await openWindow(browser, city, null);
      await page.goto(address);
      await page.getByText('在册人数').first().waitFor();
      assert.doesNotMatch(page.url(), /token/);
      assert.deepEqual(faults, []);
      await admin.page.getByRole('button', { name: '撤销' }).click();
      await admin.page.getByRole('dialog').getByRole('button', { name: '撤销' }).click();
      await admin.page.getByText('已撤销').first().waitFor();
      await page.reload();
      await page.getByText(/令牌已失效/).waitFor();
      await context.close();
      await admin.context.close();
    });
  });
}
