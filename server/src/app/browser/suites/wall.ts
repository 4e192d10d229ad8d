import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, picture, violations } from '../testing/browser-pages.ts';
import { wallToken } from './wall-token.ts';

const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
  { width: 3840, height: 1080 },
  { width: 3840, height: 2160 },
];

/** The wall: whatever the screen, drilled down, when the server is away, and with a token alone. */
export function wall(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('the wall', () => {
    for (const size of SIZES) {
      it(`fits ${size.width}×${size.height}, drills down where it is pointed at, and shows nobody`, async () => {
        const { browser, city } = open();
        const { page, context, faults } = await openWindow(browser, city, 'li', { size });
        await goTo(page, city, '/screen');
        await page.getByRole('heading', { name: '各县区在办疑点' }).waitFor();
        await page.locator('canvas').first().waitFor();
        const [wide, high] = await page.evaluate<[number, number]>(
          '[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]',
        );
        assert.deepEqual([wide, high], [0, 0], 'no scrollbar');
        assert.deepEqual(await violations(page), []);
        if (size.height === 1080) await picture(page, `wall-${size.width}`);
        // 阳城县 lies at 29 % of the width and 74 % of the height of the drawing.
        await pointAt(page);
        await page.getByRole('navigation', { name: '当前范围' }).getByText('阳城县').waitFor();
        for (const panel of ['近 30 天疑点产生与销号', '在办最多的规则', '业务办理']) {
          await page.getByRole('heading', { name: new RegExp(`${panel}.*阳城县`) }).waitFor();
        }
        await page.getByRole('button', { name: '全市' }).click();
        await page.getByRole('heading', { name: '业务办理（全市）' }).waitFor();
        assert.doesNotMatch((await page.locator('body').textContent()) ?? '', /\d{17}[\dX]/);
        assert.deepEqual(faults, []);
        await context.close();
      });
    }

    it('shows business under way, late, its slowest step and the share near home, of the county too', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'li');
      await goTo(page, city, '/screen');
      const panel = page.locator('.wall-business');
      const figures = async () => {
        const text = (await panel.textContent()) ?? '';
        const found =
          /在办\s*([\d,]+) 件.*超期\s*(?:▲ )?([\d,]+) 件.*15 分钟办事圈\s*([\d.]+%).*耗时最多的环节\s*\S+ → \S+/s.exec(
            text,
          );
        assert.ok(found !== null, text);
        return { open: Number(found[1]), late: Number(found[2]) };
      };
      const whole = await figures();
      assert.ok(whole.open >= 12 && whole.late > 0, 'cases under way were planted, some are late');
      await page.getByRole('button', { name: '高平市' }).click();
      await page.getByRole('heading', { name: '业务办理（高平市）' }).waitFor();
      const part = await figures();
      assert.ok(part.open < whole.open && part.late <= part.open);
      await context.close();
    });

    it('keeps the last numbers and says so when the server is away', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'li');
      await page.clock.install();
      await goTo(page, city, '/screen');
      const figure = page.locator('.wall-figure').first();
      await figure.waitFor();
      const before = await figure.textContent();
      await page.route('**/api/screen/panorama*', (route) => route.abort());
      await page.clock.runFor(61_000);
      await page.getByText(/暂时没有连上服务器/).waitFor();
      assert.equal(await figure.textContent(), before);
      await context.close();
    });
  });
  wallToken(open);
}

async function pointAt(page: Page): Promise<void> {
  const box = await page.locator('.wall-map canvas').boundingBox();
  assert.ok(box !== null);
  await page.mouse.click(box.x + box.width * 0.36, box.y + box.height * 0.74);
}
