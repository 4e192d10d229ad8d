import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type BrowserCity, PASSWORD } from '../testing/browser-city.ts';
import { goTo, openWindow } from '../testing/browser-pages.ts';

/** What a dialog over the page promises, wherever the focus happens to be. */
export function dialogs(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('a dialog', () => {
    it('is left by Esc while what it needs is still on its way', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'wang');
      await goTo(page, city, '/feed');
      // Never answered: the only control of the dialog stays out of reach.
      await page.route('**/api/feed/uploads', () => {});
      const opener = page.getByRole('button', { name: '新建批次' });
      await opener.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached', timeout: 5000 });
      assert.equal(await opener.evaluate((it) => it.matches(':focus')), true, 'focus returns');
      await context.close();
    });

    it('keeps the keys of the page away when its focus has gone with a control, and still hears Esc', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'sun');
      await goTo(page, city, '/exports');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: '快捷键' }).waitFor();
      await page.evaluate('document.activeElement.blur()');
      await page.keyboard.press('n');
      await page.keyboard.press('Control+k');
      assert.equal(await page.getByRole('dialog').count(), 1);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached', timeout: 5000 });
      await context.close();
    });

    it('lets nothing through that covers the screen but the password', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'sun');
      await goTo(page, city, '/exports');
      await page.keyboard.press('?');
      // Somebody is called away in the middle of a dialog.
      await page.keyboard.press('Control+Alt+l');
      const cover = page.getByRole('dialog', { name: '屏幕已锁定' });
      await cover.waitFor();
      for (const key of ['Escape', 'Control+k', 'Alt+w', 'Alt+,']) await page.keyboard.press(key);
      await page.evaluate('document.activeElement.blur()');
      for (const key of ['Escape', '?', 'n', 'Control+k']) await page.keyboard.press(key);
      assert.deepEqual(await page.getByRole('dialog').locator('h2').allTextContents(), [
        '快捷键',
        '屏幕已锁定',
      ]);
      assert.equal(new URL(page.url()).pathname, '/exports');
      await page.getByRole('textbox', { name: '口令' }).fill(PASSWORD);
      await page.keyboard.press('Enter');
      await cover.waitFor({ state: 'detached' });
      await context.close();
    });
  });
}
