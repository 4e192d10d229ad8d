import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type BrowserCity, PASSWORD } from '../testing/browser-city.ts';
import { goTo, openWindow, picture, violations } from '../testing/browser-pages.ts';

/** Panels laid over a page, and the page under every setting of the display. */
export function display(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('panels and display', () => {
    it('shows the keys of the place, covers the screen and opens it again by password', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'sun');
      await goTo(page, city, '/exports');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: '快捷键' }).getByText('新建导出').waitFor();
      await picture(page, 'keys-1366');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Alt+l');
      await page.getByRole('dialog', { name: '屏幕已锁定' }).waitFor();
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await context.close();
    });

    for (const theme of ['light', 'dark'] as const) {
      it(`has accessible keys, search, settings and cover, ${theme}`, async () => {
        const { browser, city } = open();
        const preferences = { theme, font: '14', colour: 'normal', density: 'normal' };
        const { page, context } = await openWindow(browser, city, 'sun', { preferences });
        await goTo(page, city, '/');
        const panel = (role: 'dialog' | 'group', name: string) => page.getByRole(role, { name });
        const shown = async (role: 'dialog' | 'group', name: string) => {
          await panel(role, name).waitFor();
          assert.deepEqual(await violations(page), [], name);
          await page.keyboard.press('Escape');
        };
        await page.keyboard.press('?');
        await shown('dialog', '快捷键');
        await page.keyboard.press('Control+k');
        await shown('dialog', '全局搜索');
        await page.getByRole('button', { name: '显示设置' }).click();
        await shown('group', '显示设置');
        await page.keyboard.press('Control+Alt+l');
        await shown('dialog', '屏幕已锁定');
        await context.close();
      });
    }

    it('loses no action at 200 % zoom, on a phone, in grey and for colour-weak eyes', async () => {
      const { browser, city } = open();
      for (const [name, size, preferences] of [
        ['zoom', { width: 683, height: 384 }, {}],
        ['phone', { width: 360, height: 640 }, { font: '18' }],
        ['grey', { width: 1366, height: 768 }, { colour: 'grey' }],
        ['weak', { width: 1366, height: 768 }, { colour: 'weak', density: 'dense' }],
      ] as const) {
        const { page, context } = await openWindow(browser, city, 'sun', { size, preferences });
        await goTo(page, city, '/exports');
        const button = page.getByRole('button', { name: '新建导出' }).first();
        await button.scrollIntoViewIfNeeded();
        assert.ok(await button.isVisible(), name);
        const wide = await page.evaluate<number>(
          'document.documentElement.scrollWidth - innerWidth',
        );
        assert.ok(wide <= 0, `${name}: the page is ${wide} px too wide`);
        await context.close();
      }
    });
  });
}
