import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, settle, violations } from '../testing/browser-pages.ts';

const PACKAGE = 'SX-I-20261130-001';
const BEING_LOADED = {
  ...{ package_id: PACKAGE, src: 'SX', mode: null, as_of: '2026-11-30', seq: 2 },
  ...{ state: 'received', gate: null, code: null, reason: null },
  ...{ return_rate: null, acceptance_rate: null, datasets: [], allowed_actions: [] },
};
const JOB = {
  ...{ job_id: 'j1', kind: 'feed.load', title: '装入数据包', state: 'running' },
  ...{ asked_by: 'user:wang', asked_at: '2026-11-30T08:00:00+08:00', revision: 1 },
  ...{ started_at: '2026-11-30T08:00:01+08:00', ended_at: null, step: '缴费明细（月）' },
  ...{ done: 1_200_000, total: 1_923_279, unit: 'rows', reason: null, result: null },
  allowed_actions: [],
};

/** What a batch looks like while it is read in. */
export function loading(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('a batch that is being loaded', () => {
    it('says so, how far it is, and follows until the account is there', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'wang');
      let state = 'received';
      await page.route(`${city.url}/api/feed/packages/${PACKAGE}`, (route) =>
        route.fulfill({ json: { ...BEING_LOADED, state } }),
      );
      const jobs = { rows: [JOB], page: 1, page_size: 20, total: 1 };
      await page.route(`${city.url}/api/jobs?*`, (route) => route.fulfill({ json: jobs }));
      await goTo(page, city, `/feed/packages/${PACKAGE}`);
      await page.locator('.page-head .tag').getByText('装入中').waitFor();
      await page.getByText('正在装入：缴费明细（月）').waitFor();
      await page.getByText('1,200,000 / 1,923,279 行').waitFor();
      const bar = page.getByRole('progressbar', { name: '缴费明细（月）' });
      assert.equal(await bar.getAttribute('value'), String(1_200_000 / 1_923_279));
      assert.deepEqual(await violations(page), []);
      state = 'published';
      await page.locator('.page-head .tag').getByText('已发布').waitFor();
      await settle(page);
      await page.getByRole('tab', { name: /各数据集/ }).waitFor();
      await context.close();
    });
  });
}
