import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type BrowserCity, openBrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, picture, settle, violations } from '../testing/browser-pages.ts';
import { Hands } from '../testing/hands.ts';
import { SAMPLE } from '../testing/next-package.ts';

const PACKAGE = 'SX-F-20261031-001';
const QUARANTINED = 26;
/** Keys, not counting what is typed. A screen that needs more has become worse. */
const MOST = { upload: 8, withdraw: 9, accept: 9, propose: 23, approve: 5 } as const;
const LOAD_MS = 120_000;

/** J2: a batch with bad rows, by keyboard alone, in a city that has no data yet. @source ux §3.3 */
export function journeyBatch(open: () => { browser: Browser }): void {
  describe('a batch with bad rows', () => {
    it('is uploaded, checked and taken back, sent again and accepted, and a code mapped by two people loads its bad rows', async (t) => {
      const city = await openBrowserCity({ packages: [] });
      try {
        const officer = await openWindow(open().browser, city, 'wang');
        const counts: Record<string, string> = {};
        const count = (name: keyof typeof MOST, { keys, typed }: Hands) => {
          counts[name] = `${keys} keys + ${typed} characters`;
          assert.ok(keys <= MOST[name], `${name}: ${keys} keys > ${MOST[name]}`);
        };
        count('upload', await upload(officer.page, city));
        await stands(officer.page, city, '待确认');
        const reviewer = await openWindow(open().browser, city, 'zhou');
        await stands(reviewer.page, city, '待确认');
        await picture(reviewer.page, 'batch-waiting-1366');
        count('withdraw', await withdraw(reviewer.page));
        await stands(reviewer.page, city, '已拒收');

        await upload(officer.page, city);
        await stands(reviewer.page, city, '待确认');
        count('accept', await accept(reviewer.page));
        await stands(officer.page, city, '已发布');
        const figure = officer.page.locator('.figure', {
          has: officer.page.getByText('隔离', { exact: true }),
        });
        assert.match(
          (await figure.textContent()) ?? '',
          new RegExp(`隔离\\s*${QUARANTINED}\\s*行`),
        );
        // The package may have been asked for before it was there.
        const early = officer.faults.splice(0).filter((fault) => !/status of 404/.test(fault));
        assert.deepEqual(early, []);
        count('propose', await propose(officer.page));

        count('approve', await approve(reviewer.page, city));

        await applied(reviewer.page, city);
        await nothingOpen(officer.page, city);
        t.diagnostic(
          Object.entries(counts)
            .map(([name, text]) => `${name}: ${text}`)
            .join('; '),
        );
        assert.deepEqual([...officer.faults, ...reviewer.faults], []);
        await officer.context.close();
        await reviewer.context.close();
      } finally {
        await city.close();
      }
    });
  });
}

/** Chooses all files of the package at once; each is compared with the manifest as it comes. */
async function upload(page: Page, city: BrowserCity): Promise<Hands> {
  const hands = new Hands(page);
  await goTo(page, city, '/feed');
  await hands.press('c');
  const dialog = page.getByRole('dialog', { name: '新建批次' });
  await dialog.locator('input[type=file]:focus').waitFor();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), hands.press('Space')]);
  const names = readdirSync(SAMPLE).filter((name) => !['.ok', 'truth.json'].includes(name));
  await chooser.setFiles(names.map((name) => join(SAMPLE, name)));
  await dialog.getByText(PACKAGE).waitFor();
  const submit = dialog.getByRole('button', { name: '提交校验', disabled: false });
  await submit.waitFor();
  assert.equal(await dialog.locator('.tag-good').count(), names.length - 1);
  assert.deepEqual(await violations(page), []);
  await picture(page, 'batch-upload-1366');
  await hands.tabTo(dialog.getByLabel('先校验，确认后再发布'));
  await hands.press('Space');
  await hands.tabTo(submit);
  await hands.press('Enter');
  await page.getByRole('heading', { name: '后台任务' }).waitFor();
  return hands;
}

/** Takes the package back before anything of it is published; its files stay. */
async function withdraw(page: Page): Promise<Hands> {
  const hands = new Hands(page);
  await hands.press('2');
  await page.getByRole('columnheader', { name: '较上期' }).waitFor();
  await hands.tabTo(page.getByRole('button', { name: '撤回', exact: true }), 'Shift+Tab');
  await hands.press('Enter');
  await page.getByRole('dialog', { name: '撤回数据包' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await hands.type('县区漏报，请来源重报');
  await hands.press('Control+Enter');
  return hands;
}

/** Publishes what was checked: with a reason, and the number of the package typed by hand. */
async function accept(page: Page): Promise<Hands> {
  const hands = new Hands(page);
  await hands.press('2');
  await hands.tabTo(page.getByRole('button', { name: '确认并发布' }), 'Shift+Tab');
  await hands.press('Enter');
  await page.getByRole('dialog', { name: '确认并发布' }).waitFor();
  await hands.type('与来源核对一致');
  await hands.press('Tab');
  await hands.type(PACKAGE);
  await hands.press('Control+Enter');
  await page.getByRole('heading', { name: '后台任务' }).waitFor();
  return hands;
}

/** Waits until the package is said to be in this state. */
async function stands(page: Page, city: BrowserCity, state: string): Promise<void> {
  const until = performance.now() + LOAD_MS;
  for (;;) {
    await goTo(page, city, `/feed/packages/${PACKAGE}`);
    if ((await page.locator('.page-head .tag').getByText(state).count()) === 1) return;
    assert.ok(performance.now() < until, `the package is ${state}`);
    await page.waitForTimeout(1_000);
  }
}

/** Waits until the repair is said to have loaded its rows. */
async function applied(page: Page, city: BrowserCity): Promise<void> {
  const until = performance.now() + LOAD_MS;
  for (;;) {
    await goTo(page, city, '/feed/repairs?state=applied');
    if ((await page.getByText('共 1 项更正').count()) === 1) return;
    assert.ok(performance.now() < until, 'the repair is applied');
    await page.waitForTimeout(1_000);
  }
}

/** Of the two rows with the unknown code none waits any more; the others still do. */
async function nothingOpen(page: Page, city: BrowserCity): Promise<void> {
  await goTo(page, city, `/feed/packages/${PACKAGE}`);
  await page.keyboard.press('3');
  const reasons = page.getByRole('row').filter({ hasText: 'CODE01' });
  await reasons.filter({ hasText: 'AAE140' }).getByText('只看这些').waitFor();
  const open = (column: string) =>
    reasons.filter({ hasText: column }).filter({ hasText: '只看这些' }).getByRole('cell').nth(4);
  assert.equal(await open('AAE140').textContent(), '0');
  assert.equal(await open('AAC004').textContent(), '2');
}

async function propose(page: Page): Promise<Hands> {
  const hands = new Hands(page);
  await hands.press('3');
  const reason = page.getByRole('row').filter({ hasText: 'CODE01' }).filter({ hasText: 'AAE140' });
  await hands.tabTo(reason.getByRole('button', { name: '只看这些' }).first());
  await hands.press('Enter');
  await page.getByText('收到“999”').first().waitFor();
  await settle(page);
  assert.deepEqual(await violations(page), []);
  await picture(page, 'batch-code-1366');
  await hands.tabTo(page.getByRole('button', { name: '代码对照' }).first());
  await hands.press('Enter');
  const dialog = page.getByRole('dialog', { name: '代码对照' });
  await dialog.getByText(/有这个代码的 2 行/).waitFor();
  assert.deepEqual(await violations(page), []);
  await hands.type('110');
  await hands.press('Enter');
  await hands.type('省厅代码表：999 为企业养老');
  await hands.press('Enter');
  await page.getByText(/等待另一人审核/).waitFor();
  return hands;
}

async function approve(page: Page, city: BrowserCity): Promise<Hands> {
  const hands = new Hands(page);
  await goTo(page, city, '/');
  await hands.search('gzsh');
  await page.getByRole('heading', { name: '更正审核' }).waitFor();
  await settle(page);
  await hands.press('ArrowDown');
  await page.getByRole('complementary', { name: '预览' }).waitFor();
  await picture(page, 'repairs-1366');
  assert.deepEqual(await violations(page), []);
  await hands.press('y');
  await page.getByRole('dialog', { name: '审核通过' }).waitFor();
  await hands.press('Enter');
  await page.getByText(/已通过，正在入库/).waitFor();
  return hands;
}
