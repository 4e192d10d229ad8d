import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { MISSING, SCREENS, type ScreenCase } from '../screens.ts';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, settle, violations } from '../testing/browser-pages.ts';
import type { GivenAnswer } from '../testing/given-answers.ts';

const EMPTY = { rows: [], page: 1, page_size: 50, total: 0 };
const THEMES = {
  light: undefined,
  dark: { theme: 'dark', font: '14', colour: 'normal', density: 'normal' },
} as const;
/** What shows that a value or a name was not written out for people. */
const RAW = /\bundefined\b|\bNaN\b|\[object|\b[a-z]+_[a-z_]+\b/;

/** Each screen, as somebody who may open it: sound, accessible, in each of its states and themes. */
export function everyScreen(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('every screen', () => {
    for (const login of new Set(SCREENS.map((screen) => screen.as))) {
      for (const theme of ['light', 'dark'] as const) {
        it(`of ${login} is sound and accessible with data, empty, failing and in a dialog, ${theme}`, async () => {
          const { browser, city } = open();
          const preferences = THEMES[theme];
          const opened = await openWindow(browser, city, login, preferences && { preferences });
          const { page, context, faults } = opened;
          for (const screen of SCREENS.filter((one) => one.as === login)) {
            await goTo(page, city, screen.path);
            await isSound(page, screen);
            assert.deepEqual(await violations(page), [], screen.path);
            for (const name of screen.dialogs ?? []) await dialogState(page, screen, name);
            assert.deepEqual(faults.splice(0), [], screen.path);
            await emptyState(page, city, screen);
            await errorState(page, city, screen);
            // Chromium writes down the failures it was given.
            faults.splice(0);
          }
          await context.close();
        });
      }

      it(`of ${login} lets Tab reach every control and leave again`, async () => {
        const { browser, city } = open();
        const { page, context } = await openWindow(browser, city, login);
        for (const screen of SCREENS.filter((one) => one.as === login)) {
          await goTo(page, city, screen.path);
          await isNoTrap(page, screen.path);
        }
        await context.close();
      });
    }
  });
}

async function isSound(page: Page, { title, path }: ScreenCase): Promise<void> {
  assert.equal(await page.locator('main').count(), 1, `${path}: one main`);
  assert.equal(await page.locator('h1').count(), 1, `${path}: one h1`);
  assert.equal((await page.locator('h1').textContent())?.trim(), title, path);
  assert.match(await page.title(), /回流/);
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  // Where a code is meant to be seen as such, it is set like one.
  const words = await page.evaluate<string>(`(() => {
    const copy = document.querySelector('main').cloneNode(true);
    for (const code of copy.querySelectorAll('.mono, pre, code, kbd')) code.remove();
    return copy.textContent ?? '';
  })()`);
  assert.doesNotMatch(words, RAW, `${path}: ${RAW.exec(words)?.[0]}`);
}

/** Answers the request that feeds a screen in some way while something is looked at. */
async function fedWith(
  city: BrowserCity,
  { feed = '' }: ScreenCase,
  answer: GivenAnswer,
  look: () => Promise<void>,
): Promise<void> {
  city.answer(feed, answer);
  try {
    await look();
  } finally {
    city.answer(feed, null);
  }
}

async function emptyState(page: Page, city: BrowserCity, screen: ScreenCase): Promise<void> {
  if (screen.feed === undefined) return;
  const { nothing = EMPTY } = screen;
  const missing = {
    code: 'HTTP_NOT_FOUND',
    message: '没有这一项，或不在您的范围内。',
    details: {},
  };
  const answer = nothing === MISSING ? { status: MISSING, json: missing } : { json: nothing };
  await fedWith(city, screen, answer, async () => {
    await goTo(page, city, screen.path);
    await page.locator('main .empty').first().waitFor();
    assert.deepEqual(await violations(page), [], `${screen.path} empty`);
  });
}

async function dialogState(page: Page, screen: ScreenCase, name: string): Promise<void> {
  const opener = page.getByRole('button', { name }).first();
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.deepEqual(await violations(page), [], `${screen.path} ${name}`);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await opener.evaluate((it) => it.matches(':focus')), true, 'focus returns');
}

async function errorState(page: Page, city: BrowserCity, screen: ScreenCase): Promise<void> {
  if (screen.feed === undefined) return;
  const json = { code: 'HTTP_INTERNAL', message: '服务内部出错。', details: {} };
  const headers = { 'x-request-id': 'trace-1' };
  const main = page.locator('main');
  await fedWith(city, screen, { status: 500, json, headers }, async () => {
    await goTo(page, city, screen.path);
    await main.getByText('追踪号 trace-1').first().waitFor();
    assert.deepEqual(await violations(page), [], `${screen.path} failing`);
  });
  await main.getByRole('button', { name: '重试' }).first().click();
  await main.getByText('追踪号 trace-1').waitFor({ state: 'detached' });
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
