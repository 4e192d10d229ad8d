import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { BrowserCity } from '../testing/browser-city.ts';
import { goTo, openWindow, settle, violations } from '../testing/browser-pages.ts';
import { Hands } from '../testing/hands.ts';

const PATH = '/system/audit/archives';
/** Keys, not counting what is typed. A screen that needs more has become worse. */
const MOST = { request: 5, decide: 35 } as const;

/** Old entries of the audit log: asked for by one, answered by another, by keyboard. */
export function archiving(open: () => { browser: Browser; city: BrowserCity }): void {
  describe('archiving the audit log', () => {
    it('takes one who asks, having seen what, and another who confirms', async (t) => {
      const { browser, city } = open();
      const asker = await openWindow(browser, city, 'auditor');
      await goTo(asker.page, city, PATH);
      await asker.page.getByText('还没有归档').waitFor();
      const asking = await request(asker.page, '20240315', /第 1 至 2 条，共 2 条/);
      await asker.page.getByText(/已提出 1 号归档申请/).waitFor();
      await stands(asker.page, 1, '待确认');
      assert.deepEqual(await verbs(asker.page), ['撤回']);
      assert.deepEqual(await violations(asker.page), []);

      const other = await openWindow(browser, city, 'security');
      await goTo(other.page, city, PATH);
      assert.deepEqual(await verbs(other.page), ['确认', '退回']);
      const told = '检查点还没有保证到第 2 条，不能归档，什么都没有移走。';
      const failed = { code: 'SECURITY_AUDIT_ARCHIVE_UNANCHORED', message: told, details: {} };
      city.answer('/api/audit/archives/1/confirm', { status: 409, json: failed });
      const confirming = await decide(other.page, '确认 1 号申请', '范围无误，同意归档');
      const dialog = other.page.getByRole('dialog', { name: '确认归档' });
      await dialog.getByRole('alert').getByText(told).waitFor();
      assert.deepEqual(await violations(other.page), []);
      city.answer('/api/audit/archives/1/confirm', null);
      await confirming.press('Control+Enter');
      await other.page.getByText(/第 1 号归档完成，共 2 条/).waitFor();
      const row = await stands(other.page, 1, '已归档');
      assert.match(row, /auditor.*security.*audit-000001\.jsonl\.gz SM3 [0-9a-f]{64}/);
      assert.equal(await other.page.getByRole('link', { name: '查其中的记录' }).count(), 0);
      assert.deepEqual(await violations(other.page), []);

      t.diagnostic(`${asking.keys} keys to ask, ${confirming.keys} to confirm after a failure`);
      assert.ok(asking.keys <= MOST.request, `${asking.keys} keys > ${MOST.request}`);
      assert.ok(confirming.keys <= MOST.decide, `${confirming.keys} keys > ${MOST.decide}`);
      const real = other.faults.filter((fault) => !/status of 409/.test(fault));
      assert.deepEqual([...asker.faults, ...real], []);
      await asker.context.close();
      await other.context.close();
    });

    it('keeps entries findable, whole and on paper', async () => {
      const { browser, city } = open();
      const { page, context, faults } = await openWindow(browser, city, 'auditor');
      await goTo(page, city, PATH);
      await page.getByRole('button', { name: '核验完整性' }).click();
      await page.getByText(/日志完整.*归档文件 1 个也已核验/).waitFor();
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.getByRole('button').filter({ visible: true }).count(), 0);
      assert.equal(await page.getByText('audit-000001.jsonl.gz').isVisible(), true);
      await page.emulateMedia({ media: null });
      await page.getByRole('link', { name: '查其中的记录' }).click();
      await page.getByRole('heading', { name: '审计日志', level: 1 }).waitFor();
      await settle(page);
      const rows = page.getByRole('grid', { name: '审计日志' }).getByRole('row');
      await rows.filter({ hasText: 'P000000902' }).waitFor();
      assert.equal(await rows.filter({ hasText: /P000000\d+/ }).count(), 2);
      assert.deepEqual(faults, []);
      await context.close();
    });

    it('moves nothing when the request is refused or taken back, or no entry is old enough', async () => {
      const { browser, city } = open();
      const asker = await openWindow(browser, city, 'auditor');
      await goTo(asker.page, city, PATH);
      await request(asker.page, '', /第 3 至 4 条，共 2 条/);
      const other = await openWindow(browser, city, 'security');
      await goTo(other.page, city, '/');
      await other.page.getByRole('link', { name: '待确认的审计归档' }).click();
      await other.page.getByRole('heading', { name: '审计归档', level: 1 }).waitFor();
      await settle(other.page);
      await decide(other.page, '退回 2 号申请', '先核对副本再归档');
      await other.page.getByText('2 号归档申请已退回，记录仍全部在线。').waitFor();
      await stands(other.page, 2, '已退回');
      await goTo(asker.page, city, PATH);
      await request(asker.page, '', /第 3 至 4 条，共 2 条/);
      await decide(asker.page, '撤回 3 号申请', '副本还没有核对');
      await stands(asker.page, 3, '已撤回');
      const dialog = asker.page.getByRole('dialog', { name: '申请归档' });
      await asker.page.keyboard.press('n');
      await dialog.getByLabel(/归档哪天以前的/).fill('20240315');
      await dialog.getByLabel(/^原因/).focus();
      await dialog.getByText('没有可归档的记录').waitFor();
      assert.equal(await dialog.getByRole('button', { name: '提交申请' }).isDisabled(), true);
      await dialog.getByLabel(/归档哪天以前的/).fill('99990101');
      await dialog.getByLabel(/^原因/).focus();
      await dialog.getByText(/日志须在线保存至少 6 个月，归档的截止日期最晚为/).waitFor();
      assert.deepEqual(await violations(asker.page), []);
      assert.deepEqual(other.faults, []);
      await asker.context.close();
      await other.context.close();
    });
  });
}

/** Asks for everything before a day, once the dialog says what that is. */
async function request(page: Page, before: string, shown: RegExp): Promise<Hands> {
  const hands = new Hands(page);
  await hands.press('n');
  const dialog = page.getByRole('dialog', { name: '申请归档' });
  await dialog.waitFor();
  if (before !== '') {
    await hands.tabTo(dialog.getByLabel(/归档哪天以前的/), 'Shift+Tab');
    await hands.type(before);
    await hands.press('Enter');
  }
  await dialog.getByText(shown).waitFor();
  assert.deepEqual(await violations(page), []);
  await hands.type('在线期已满，归档');
  await hands.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await settle(page);
  return hands;
}

/** Answers a request: the button of its row, an opinion, and sent. */
async function decide(page: Page, button: string, opinion: string): Promise<Hands> {
  const hands = new Hands(page);
  await hands.tabTo(page.getByRole('button', { name: button }));
  await hands.press('Enter');
  await page.getByRole('dialog').waitFor();
  await hands.type(opinion);
  await hands.press('Control+Enter');
  return hands;
}

/** Waits until a request is said to be in this state; what its row says. */
async function stands(page: Page, id: number, state: string): Promise<string> {
  const head = page.getByRole('rowheader', { name: `${id} 号`, exact: true });
  const row = page.getByRole('row').filter({ has: head });
  await row.getByText(state).waitFor();
  return (await row.textContent()) ?? '';
}

const verbs = (page: Page) => page.getByRole('table').getByRole('button').allTextContents();
