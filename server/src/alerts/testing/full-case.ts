import { addFile } from '../evidence/files.ts';
import type { Caller } from '../handle/act.ts';
import { claimCase } from '../handle/claim.ts';
import { concludeCase } from '../handle/conclude.ts';
import { reviewConclusion } from '../handle/review.ts';
import { askSnooze } from '../handle/snooze.ts';
import { bookReceipt } from '../recovery/book-entry.ts';
import { listRecoveries } from '../recovery/list-recoveries.ts';
import { openCase, seen } from './case-now.ts';
import { person, type SmallOffice } from './small-office.ts';

/** Somebody at work, calling from a test. */
export const as = (...args: Parameters<typeof person>): Caller => ({
  principal: person(...args),
  origin: 'test',
});
export const anna = as('anna', 'inspector');
export const chief = as('chief', 'controller');

/** A file whose bytes are what its name says. */
export async function* pdf(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('%PDF-1.7 ');
  yield Buffer.from('invented content');
}

/** A case of 城区 that has everything: a person, evidence, a snooze asked for, disposals, a recovery. */
export async function openFullCase(office: Pick<SmallOffice, 'world' | 'rows'>) {
  const { world } = office;
  await office.rows('person', {
    person_id: 'P140502',
    name: '王某某',
    id_no: '140502195611030019',
    birth_date: '1956-11-03',
  });
  await office.rows('benefit_payment', {
    ...{
      payment_id: 'B1',
      person_id: 'P140502',
      insurance: '110',
      item: '1',
      due_ym: '2026-10-01',
    },
    ...{ amount: 287_640, pay_flag: '1', account_no: '6217000012345678' },
  });
  const theirs = await openCase(world, { personId: 'P140502', rule: 'DTH-001' });
  await claimCase(world, anna, await seen(world, theirs));
  const file = await addFile(world, anna, { case_id: theirs, name: '死亡证明.pdf', body: pdf() });
  await concludeCase(world, anna, {
    ...{
      ...(await seen(world, theirs)),
      conclusion: 'confirmed',
      remark: '两源一致',
      nature: 'late_report',
    },
    confirmed_fen: 287_640,
    disposals: [
      { kind: 'refund', reason: '多领', amount_fen: 287_640 },
      { kind: 'stop', reason: '死亡' },
    ],
  });
  await reviewConclusion(world, chief, {
    ...(await seen(world, theirs)),
    agree: true,
    remark: '同意',
  });
  const { snooze_id } = await askSnooze(world, anna, {
    case_id: theirs,
    until: '2026-12-01',
    reason: '等待更正',
  });
  const recovery = (await listRecoveries(world, chief.principal)).rows[0];
  const recovery_id = recovery?.recovery_id ?? '';
  const entry = await bookReceipt(world, anna, {
    ...{ recovery_id, amount_fen: 100, booked_on: '2026-11-02', document: '回单 1' },
  });
  return { theirs, file, snooze_id, recovery_id, entry };
}
