import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type BrowserCity, PASSWORD } from '../testing/browser-city.ts';
import { goTo, openWindow, picture, settle, violations } from '../testing/browser-pages.ts';

/** Signing in, the first time and again after the session has ended. */
export function signingIn(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('signing in', () => {
    it('signs in by keyboard alone and says why it did not', async () => {
      const { browser, city } = open();
      const { page, context, faults } = await openWindow(browser, city, null);
      await goTo(page, city, '/jobs');
      await picture(page, 'sign-in-1366');
      await page.getByLabel('账号').focus();
      await page.keyboard.type('wang');
      await page.keyboard.press('Enter');
      await page.keyboard.type('wrong password');
      await page.keyboard.press('Enter');
      await page
        .getByRole('alert')
        .getByText(/没有登录/)
        .waitFor();
      await page.getByRole('textbox', { name: '口令' }).fill(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: '后台任务' }).waitFor();
      assert.deepEqual(
        // The wrong password is an answer, which Chromium writes down as a failure.
        faults.filter((fault) => !/status of 40[13]/.test(fault)),
        [],
      );
      await context.close();
    });

    it('asks to sign in again when the session has ended, and goes on with the draft', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'zhao');
      await goTo(page, city, '/persons');
      await page.getByRole('button', { name: '个人编号' }).click();
      await page.getByLabel('省平台个人编号').fill('P000000001');
      await page.getByLabel('查询事由（必选）').selectOption('consultation');
      await page.getByLabel(/说明/).fill('窗口核对缴费年限');
      await city.endSessions('zhao');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('heading', { name: '登录已失效，请重新登录' }).waitFor();
      await page.getByRole('textbox', { name: '口令' }).fill(PASSWORD);
      await page.keyboard.press('Enter');
      // The search that was refused is sent again by itself and opens the record.
      await page.waitForURL(/\/persons\/P000000001/);
      await settle(page);
      assert.deepEqual(await violations(page), []);
      await context.close();
    });
  });
}
