import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { SCREENS, type ScreenCase } from '../screens.ts';
import type { BrowserCity, Login } from '../testing/browser-city.ts';
import {
  goTo,
  openWindow,
  picture,
  pictures,
  settle,
  violations,
} from '../testing/browser-pages.ts';

const EMPTY = { rows: [], page: 1, page_size: 50, total: 0 };

/** Each screen, as somebody who may open it: sound, accessible, in each of its states. */
export function everyScreen(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('every screen', () => {
    for (const login of new Set(SCREENS.map((screen) => screen.as))) {
      it(`of ${login} opens without a fault and is accessible, with data, empty, failing, in a dialog`, async () => {
        const { browser, city } = open();
        const { page, context, faults } = await openWindow(browser, city, login);
        for (const screen of screensOf(login)) {
          await goTo(page, city, screen.path);
          await isSound(page, screen);
          if (screen.path === '/') await pictures(page, nameOf(screen));
          else await picture(page, `${nameOf(screen)}-1366`);
          assert.deepEqual(await violations(page), [], screen.path);
          await emptyState(page, city, screen);
          await dialogState(page, city, screen);
          assert.deepEqual(faults.splice(0), [], screen.path);
          await errorState(page, city, screen);
          // Chromium writes down the failure it was given.
          faults.splice(0);
        }
        await context.close();
      });

      it(`of ${login} is accessible in the dark and reaches every control by Tab`, async () => {
        const { browser, city } = open();
        const preferences = { theme: 'dark', font: '14', colour: 'normal', density: 'normal' };
        const { page, context } = await openWindow(browser, city, login, { preferences });
        for (const screen of screensOf(login)) {
          await goTo(page, city, screen.path);
          assert.deepEqual(await violations(page), [], `${screen.path} dark`);
          await isNoTrap(page, screen.path);
        }
        await context.close();
      });
    }
  });
}

const screensOf = (login: Login) => SCREENS.filter((screen) => screen.as === login);
const nameOf = ({ path }: ScreenCase) => path.slice(1).replaceAll('/', '-') || 'workbench';

async function isSound(page: Page, { title, path }: ScreenCase): Promise<void> {
  assert.equal(await page.locator('main').count(), 1, `${path}: one main`);
  assert.equal(await page.locator('h1').count(), 1, `${path}: one h1`);
  assert.equal((await page.locator('h1').textContent())?.trim(), title, path);
  assert.match(await page.title(), /回流/);
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
}

async function emptyState(page: Page, city: BrowserCity, screen: ScreenCase): Promise<void> {
  if (screen.list === undefined) return;
  await page.route(`${city.url}${screen.list}`, (route) => route.fulfill({ json: EMPTY }));
  await goTo(page, city, screen.path);
  await page.locator('.empty').first().waitFor();
  assert.deepEqual(await violations(page), [], `${screen.path} empty`);
  await page.unroute(`${city.url}${screen.list}`);
}

async function dialogState(page: Page, city: BrowserCity, screen: ScreenCase): Promise<void> {
  if (screen.dialog === undefined) return;
  await goTo(page, city, screen.path);
  const opener = page.getByRole('button', { name: screen.dialog }).first();
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.deepEqual(await violations(page), [], `${screen.path} dialog`);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await opener.evaluate((it) => it.matches(':focus')), true, 'focus returns');
}

async function errorState(page: Page, city: BrowserCity, screen: ScreenCase): Promise<void> {
  if (screen.list === undefined) return;
  const answer = { code: 'HTTP_INTERNAL', message: '服务内部出错。', details: {} };
  await page.route(`${city.url}${screen.list}`, (route) =>
    route.fulfill({ status: 500, json: answer, headers: { 'x-request-id': 'trace-1' } }),
  );
  await goTo(page, city, screen.path);
  await page.getByText('追踪号 trace-1').waitFor();
  assert.deepEqual(await violations(page), [], `${screen.path} failing`);
  await page.unroute(`${city.url}${screen.list}`);
  await page.getByRole('button', { name: '重试' }).click();
  await page.getByText('追踪号 trace-1').waitFor({ state: 'detached' });
  await settle(page);
}

/** Goes once round by Tab: the first control that comes again must be the one it began with. */
async function isNoTrap(page: Page, path: string): Promise<void> {
  await page.evaluate(
    'document.activeElement?.blur(); window.seen = new Set(); window.first = null',
  );
  for (let presses = 1; presses <= 250; presses += 1) {
    await page.keyboard.press('Tab');
    const state = await page.evaluate<string>(`(() => {
      const now = document.activeElement;
      if (now === document.body) return 'left';
      if (window.first === null) window.first = now;
      else if (now === window.first) return 'round';
      else if (window.seen.has(now)) return 'trap ' + now.outerHTML.slice(0, 120);
      window.seen.add(now);
      return 'on';
    })()`);
    if (state === 'round' || (state === 'left' && presses > 5)) return;
    assert.equal(state, 'on', `${path}: ${state}`);
  }
  assert.fail(`${path}: more than 250 controls`);
}
