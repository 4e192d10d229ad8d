import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow } from '../testing/browser-pages.ts';

const ACT = /\b[a-z]+\.[a-z_]+\b/;

/** Whatever was done before in this city is written in words. */
export function words(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('what happened', () => {
    it('stands in the audit log in words, whoever did it and whatever it was', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'auditor');
      await goTo(page, city, '/system/audit');
      const options = page.getByLabel('操作', { exact: true }).locator('option');
      const named = new Set(
        await options.evaluateAll((all) => all.map((one) => one.getAttribute('value'))),
      );
      const done = await city.workspace.identity.db
        .selectFrom('audit_entry')
        .select('action')
        .distinct()
        .execute();
      assert.ok(done.length > 10, `${done.length} kinds of acts`);
      assert.deepEqual(
        done.map(({ action }) => action).filter((action) => !named.has(action)),
        [],
      );
      const cells = page.getByRole('grid', { name: '审计日志' }).getByRole('row');
      for (const text of await cells.allTextContents()) assert.doesNotMatch(text, ACT);
      await context.close();
    });

    it('names each rule of the overview, also those no file of the catalogue has', async () => {
      const { browser, city } = open();
      const { page, context } = await openWindow(browser, city, 'li');
      await goTo(page, city, '/alerts/overview');
      const rules = page.getByRole('table', { name: /按规则/ }).getByRole('rowheader');
      const names = await rules.allTextContents();
      assert.ok(
        names.some((name) => name.includes('DRG-')),
        'the comparison of deaths has cases',
      );
      for (const name of names) assert.match(name, /[\u4e00-\u9fff]{4,}.* [A-Z]{3}-\d{3}$/);
      await context.close();
    });
  });
}
