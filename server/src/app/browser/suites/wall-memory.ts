import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow } from '../testing/browser-pages.ts';

/** @source ux §5.1 */
const TICKS = 2_000;
const HEAP_MB = 5;
const WARM = 100;
const NOON = new Date('2026-11-30T12:00:00+08:00');

interface Numbers {
  readonly alerts: { readonly value: { readonly counties: readonly { readonly open: number }[] } };
}

/** The same numbers a little later: each refresh draws something new. */
function moved(body: Numbers, by: number): Numbers {
  const counties = body.alerts.value.counties.map((county) => ({
    ...county,
    open: county.open + (by % 7),
  }));
  return { ...body, alerts: { ...body.alerts, value: { ...body.alerts.value, counties } } };
}

/** A wall is left open for months. */
export function wallMemory(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('the memory of the wall', () => {
    it(`does not grow by more than ${HEAP_MB} MB in ${TICKS} refreshes`, async (t) => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'li');
      await page.clock.install();
      const answer = await page.request.get(`${city.url}/api/screen/panorama`);
      const body = (await answer.json()) as Numbers;
      let ticks = 0;
      await page.route('**/api/screen/panorama*', (route) => {
        ticks += 1;
        return route.fulfill({ json: moved(body, ticks) });
      });
      await goTo(page, city, '/screen');
      await page.locator('canvas').first().waitFor();
      const devtools = await page.context().newCDPSession(page);
      const heap = async () => {
        await devtools.send('HeapProfiler.collectGarbage');
        return (await devtools.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
      };
      const run = async (until: number) => {
        while (ticks < until) {
          // Always noon: a page left open starts afresh at night.
          await page.clock.setSystemTime(NOON);
          await page.clock.runFor(20 * 60_000);
        }
      };
      await run(WARM);
      const before = await heap();
      await run(WARM + TICKS);
      const grown = (await heap()) - before;
      t.diagnostic(`${before.toFixed(1)} MB, after ${TICKS} refreshes ${grown.toFixed(1)} MB more`);
      assert.ok(grown <= HEAP_MB, `${grown.toFixed(1)} MB`);
      await context.close();
    });
  });
}
