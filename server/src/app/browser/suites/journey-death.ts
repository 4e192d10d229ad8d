import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, settle, violations } from '../testing/browser-pages.ts';
import { Hands } from '../testing/hands.ts';
import { afterPublication, loadNext, stoppedEntitlements } from '../testing/next-package.ts';

/** Keys, not counting what is typed. A screen that needs more has become worse. */
const MOST = { verify: 9, review: 4, recover: 7, close: 2 } as const;

/** J1: a death alert on its whole way, by keyboard alone. @source ux §3.3 */
export function journeyDeath(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('a death alert', () => {
    it('is taken, verified, reviewed by another, recovered, proved by data and closed without a mouse', async (t) => {
      const { browser, city } = open();
      const inspector = await openWindow(browser, city, 'zhao');
      const { page } = inspector;
      const counts: Record<string, string> = {};
      const count = (name: keyof typeof MOST, { keys, typed }: Hands) => {
        counts[name] = `${keys} keys + ${typed} characters`;
        assert.ok(keys <= MOST[name], `${name}: ${keys} keys > ${MOST[name]}`);
      };

      const id = await verify(page, city, (hands) => count('verify', hands));
      const person = await personOf(page);

      const chief = await openWindow(browser, city, 'sun');
      count('review', await review(chief.page, city, id));

      const ledger = new Hands(page);
      await reopen(page, city, id);
      await ledger.press('r');
      await page.getByRole('heading', { name: /^追回账/ }).waitFor();
      await settle(page);
      await ledger.press('c');
      await page.getByRole('dialog').waitFor();
      await ledger.press('Enter');
      await ledger.type('20261120');
      await ledger.press('Enter');
      await ledger.type('电子回单 20261120-7');
      await ledger.press('Enter', 'Enter', 'Enter');
      await page.getByText('已登记').first().waitFor();
      await page.locator('.figure-good').getByText('0.00').waitFor();
      assert.deepEqual(await violations(page), []);
      count('recover', ledger);

      await reopen(page, city, id);
      await stands(page, '追回中');
      await loadNext(city.workspace, [await stoppedEntitlements(person)]);
      await afterPublication(city.workspace);
      await reopen(page, city, id);
      await stands(page, '待销号');
      const closing = new Hands(page);
      await closing.press('x');
      await page
        .getByRole('dialog')
        .getByText(/销号条件都已满足/)
        .waitFor();
      await closing.press('Enter');
      await stands(page, '已销号');
      assert.deepEqual(await violations(page), []);
      count('close', closing);

      t.diagnostic(
        Object.entries(counts)
          .map(([name, text]) => `${name}: ${text}`)
          .join('; '),
      );
      assert.deepEqual([...inspector.faults, ...chief.faults], []);
      await chief.context.close();
      await inspector.context.close();
    });
  });
}

/** From the workbench to a conclusion that waits for another person; gives the number of the case. */
async function verify(
  page: Page,
  city: BrowserCity,
  count: (hands: Hands) => void,
): Promise<string> {
  const hands = new Hands(page);
  await goTo(page, city, '/');
  await page.getByRole('button', { name: /打开最急的待办/ }).waitFor();
  await hands.press('n');
  await page.getByRole('heading', { name: '疑点核查' }).waitFor();
  await settle(page);
  await hands.press('n');
  await page.waitForURL(/\/alerts\/cases\/\d+/);
  await page.getByRole('heading', { name: /^疑点 \d+$/ }).waitFor();
  await settle(page);
  assert.match((await page.locator('.case-say').textContent()) ?? '', /死亡.*涉及金额/);
  await hands.press('k');
  const dialog = page.getByRole('dialog', { name: /核查结论/ });
  await dialog.getByRole('option', { name: '属实', exact: true }).waitFor({ state: 'attached' });
  await hands.press('ArrowDown', 'Enter', 'ArrowDown', 'Enter', 'Enter');
  assert.equal(await dialog.getByLabel('停发', { exact: true }).isChecked(), true);
  assert.equal(await dialog.getByLabel('责令退回').isChecked(), true);
  await hands.type('公安、卫健两源一致，电话核实家属');
  assert.deepEqual(await violations(page), []);
  await hands.press('Control+Enter');
  await stands(page, '待复核');
  count(hands);
  return /cases\/(\d+)/.exec(page.url())?.[1] ?? '';
}

/** The other person finds the case by its number and agrees. */
async function review(page: Page, city: BrowserCity, id: string): Promise<Hands> {
  const hands = new Hands(page);
  await goTo(page, city, '/');
  await hands.search(id);
  await page.getByRole('heading', { name: `疑点 ${id}` }).waitFor();
  await settle(page);
  await hands.press('y');
  await page.getByRole('dialog', { name: '复核同意' }).waitFor();
  await hands.type('证据充分，同意');
  await hands.press('Control+Enter');
  await stands(page, '追回中');
  return hands;
}

/** Waits until the case is said to be in this state. */
async function stands(page: Page, state: string): Promise<void> {
  await page.locator('.page-head .tag').getByText(state).waitFor();
}

async function reopen(page: Page, city: BrowserCity, id: string): Promise<void> {
  await goTo(page, city, `/alerts/cases/${id}`);
}

async function personOf(page: Page): Promise<string> {
  const link = page.getByRole('link', { name: '看一人一档' });
  return (await link.getAttribute('href'))?.split('/').at(-1) ?? '';
}
