import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, settle } from '../testing/browser-pages.ts';
import { Hands } from '../testing/hands.ts';

const PNG = '89504e470d0a1a0a';

/** The process map without a mouse, without sight of the drawing, and on paper. */
export function processMap(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('the process map', () => {
    it('narrows by keyboard from an activity and from an arrow, and says the same as a list', async () => {
      const { browser, city } = open();
      const { page, context, faults } = await openWindow(browser, city, 'li');
      const hands = new Hands(page);
      await goTo(page, city, '/process');
      const boxes = page.locator('.flow-node');
      const whole = await casesOf(page);
      // The activity of the fewest cases: the others go on without it.
      const name = ((await boxes.last().getAttribute('aria-label')) ?? '').split('，')[0] ?? '';
      await hands.tabTo(boxes.last());
      await hands.press('Enter');
      await page.waitForURL(/contains=/);
      await settle(page);
      const kept = await casesOf(page);
      await hands.tabTo(page.getByRole('button', { name: '改为排除' }), 'Shift+Tab');
      await hands.press('Enter');
      await page.getByRole('button', { name: `不含“${name}”` }).waitFor();
      await settle(page);
      assert.equal(kept + (await casesOf(page)), whole, 'with it and without it make the whole');
      await hands.tabTo(page.getByRole('button', { name: `不含“${name}”` }), 'Shift+Tab');
      await hands.press('Enter');
      await page.waitForURL((url) => !url.searchParams.has('contains'));
      await settle(page);
      const arrow = page.locator('.flow-label').first();
      const [from = '', to = ''] =
        ((await arrow.getAttribute('aria-label')) ?? '').split('，')[0]?.split(' 到 ') ?? [];
      await hands.tabTo(arrow);
      await hands.press('Space');
      await page.waitForURL(/edge=/);
      await settle(page);
      await page.getByRole('button', { name: '清除条件' }).click();
      await settle(page);
      const drawn = await boxes.evaluateAll((all) =>
        all.map((box) => box.getAttribute('aria-label')),
      );
      await page.getByRole('tab', { name: '列表视图' }).click();
      const activities = page.getByRole('table', { name: '活动' });
      for (const label of drawn) {
        const [activity = '', times = ''] = (label ?? '').replace(/ 次，.*/, '').split('，');
        const row = activities.getByRole('row').filter({ hasText: activity });
        assert.ok((await row.first().textContent())?.includes(times), `${activity} ${times}`);
      }
      const ways = page.getByRole('table', { name: /先后/ }).getByRole('row');
      assert.ok((await ways.filter({ hasText: from }).filter({ hasText: to }).count()) > 0);
      assert.deepEqual(faults, []);
      await context.close();
    });

    it('is saved as it is seen, as SVG and as PNG, and prints without the shell', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'li');
      await goTo(page, city, '/process');
      await page.locator('.flow-node').first().waitFor();
      const svg = (await contentOf(page, '存为 SVG')).toString('utf8');
      assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      assert.match(svg, /\.flow-plate\{fill:#fff\}/, 'words stand on white, not on black');
      assert.ok(svg.includes('复核'), 'activities by name');
      const png = await contentOf(page, '存为 PNG');
      assert.equal(png.subarray(0, 8).toString('hex'), PNG);
      const twice = ['width', 'height'].map((name) => Math.trunc(2 * sizeOf(svg, name)));
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], twice);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.getByRole('navigation', { name: '主菜单' }).isVisible(), false);
      assert.equal(await page.locator('.drawing svg').isVisible(), true);
      const pdf = await page.pdf({ format: 'A4' });
      assert.ok(pdf.length > 10_000, `${pdf.length} bytes`);
      await context.close();
    });
  });
}

/** Cases the map stands for now; nothing is left of it when no case is. */
async function casesOf(page: Page): Promise<number> {
  const figure = page.locator('.figure', { has: page.getByText('件数', { exact: true }) });
  if ((await figure.count()) === 0) return 0;
  const text = (await figure.locator('.figure-value').textContent()) ?? '';
  return Number(text.replace(/[^\d]/g, ''));
}

/** Width or height of a drawing as its first tag tells it. */
function sizeOf(svg: string, name: string): number {
  const [, size] = new RegExp(`^<svg [^>]*\\b${name}="([\\d.]+)"`).exec(svg) ?? [];
  assert.ok(size !== undefined, `no ${name}`);
  return Number(size);
}

async function contentOf(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return readFile(await download.path());
}
