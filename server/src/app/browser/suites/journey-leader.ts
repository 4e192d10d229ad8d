import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, settle } from '../testing/browser-pages.ts';
import { Hands } from '../testing/hands.ts';

/** Keys from the wall to the county's cases. A screen that needs more has become worse. */
const MOST = 24;
const GAOPING = '140581';

/** J3: from the panorama into a county and on to its alerts. @source ux §3.3 */
export function journeyLeader(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('a leader', () => {
    it('goes from the panorama into a county and on to its alerts with the same filter, without a mouse', async (t) => {
      const { browser, city } = open();
      const { page, context, faults } = await openWindow(browser, city, 'li');
      const hands = new Hands(page);
      await goTo(page, city, '/screen');
      const county = page.getByRole('button', { name: '高平市' });
      await hands.tabTo(county);
      await hands.press('Enter');
      await page.getByRole('navigation', { name: '当前范围' }).getByText('高平市').waitFor();
      const row = page.getByRole('row').filter({ has: county });
      const open_ = Number(await row.getByRole('cell').nth(1).textContent());
      assert.ok(open_ > 0);
      await hands.tabTo(page.getByRole('link', { name: '看预警总览' }), 'Shift+Tab');
      await hands.press('Enter');
      await page.getByRole('heading', { name: '预警总览' }).waitFor();
      await settle(page);
      assert.equal(new URL(page.url()).searchParams.get('agency'), GAOPING);
      assert.equal(await page.getByLabel('经办机构', { exact: true }).inputValue(), GAOPING);
      const unfinished = page.getByRole('link', { name: /^未销号/ });
      assert.match((await unfinished.textContent()) ?? '', new RegExp(`未销号\\s*${open_}\\s*件`));
      // The link at the top of every page goes past the menu.
      await hands.press('Tab', 'Enter');
      await hands.tabTo(unfinished);
      await hands.press('Enter');
      await page.getByRole('heading', { name: '疑点核查' }).waitFor();
      await settle(page);
      assert.equal(new URL(page.url()).searchParams.get('agency'), GAOPING);
      assert.doesNotMatch(
        (await page.locator('.grid').textContent()) ?? '',
        /城区|沁水|阳城|陵川|泽州/,
      );
      t.diagnostic(`${hands.keys} keys from the wall to the cases of a county`);
      assert.ok(hands.keys <= MOST, `${hands.keys} keys > ${MOST}`);
      assert.deepEqual(faults, []);
      await context.close();
    });
  });
}
