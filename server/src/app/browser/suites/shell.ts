import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type BrowserCity, PASSWORD } from '../testing/browser-city.ts';
import { goTo, openWindow, picture, settle, violations } from '../testing/browser-pages.ts';

/** What the shell promises wherever one is: signing in, tabs, keys, drafts, addresses. */
export function shell(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('the shell', () => {
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
