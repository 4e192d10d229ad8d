import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { maskValue } from '../../security/index.ts';
import { addFile, readFile } from '../evidence/files.ts';
import { decideAgreement, proposeAgreement } from '../recovery/agree-instalments.ts';
import { bookReceipt } from '../recovery/book-entry.ts';
import { listRecoveries } from '../recovery/list-recoveries.ts';
import { anna, chief, openFullCase, pdf } from '../testing/full-case.ts';
import { openSmallOffice } from '../testing/small-office.ts';
import { openCaseDetail } from './case-detail.ts';
import { listViews, removeView, saveView } from './saved-views.ts';

const office = await openSmallOffice();
const { world } = office;
const { theirs, file, recovery_id } = await openFullCase(office);

test('a case says in plain words why, where it stands in the files, what was paid after, and what may be done', async () => {
  const seenBy = await openCaseDetail(world, anna, theirs);
  const [alert] = seenBy.alerts;
  assert.deepEqual(
    alert?.values.find(({ field }) => field === 'died_on'),
    { field: 'died_on', title: '死亡日期', value: '2026-09-03' },
  );
  assert.deepEqual(alert?.provenance, [{ package_id: 'SX-1', table: 'benefit_payment', line: 1 }]);
  assert.equal(seenBy.person?.name, maskValue('name', '王某某'));
  assert.notEqual(seenBy.person?.name, '王某某');
  assert.equal(seenBy.person?.id_no, '140502************');
  assert.deepEqual(
    seenBy.snoozes.map(({ until, state }) => [until, state]),
    [['2026-12-01', 'asked']],
  );
  assert.equal(seenBy.event_on, '2026-09-03');
  assert.deepEqual(
    seenBy.payments.map(({ amount_fen, account_no }) => [amount_fen, account_no]),
    [[287_640, '****5678']],
  );
  assert.deepEqual(
    seenBy.timeline.map(({ action }) => action),
    ['open', 'claim', 'conclude', 'pass'],
  );
  assert.deepEqual(seenBy.allowed_actions, ['dispose', 'close']);
  assert.equal(seenBy.closing_conditions.find(({ code }) => code === 'balanced')?.met, false);
  const { rows } = await sql<{ n: number }>`select cast(count(*) as integer) as n from audit_entry
    where action = 'alerts.open' and object = ${`case:${theirs}`} and actor = 'user:anna'`.execute(
    world.db,
  );
  assert.equal(rows[0]?.n, 1, 'the look is audited');
});

test('evidence keeps its SM3: what was changed on disk is not given, what is no document is not taken', async () => {
  const read = await readFile(world, anna, { case_id: theirs, evidence_id: file.evidence_id });
  const chunks: Buffer[] = [];
  for await (const chunk of read.body) chunks.push(chunk as Buffer);
  assert.equal(Buffer.concat(chunks).toString(), '%PDF-1.7 invented content');
  const exe = async function* () {
    yield Buffer.from('MZ\u0000\u0000');
  };
  for (const [name, content] of [
    ['病历.pdf', exe()],
    ['程序.exe', exe()],
    ['', pdf()],
  ] as const) {
    await assert.rejects(addFile(world, anna, { case_id: theirs, name, body: content }), {
      code: 'ALERTS_EVIDENCE_REFUSED',
    });
  }
  const large = async function* () {
    for (let i = 0; i < 21; i += 1) yield Buffer.alloc(1_048_576, 32);
  };
  await assert.rejects(addFile(world, anna, { case_id: theirs, name: '大.txt', body: large() }), {
    code: 'ALERTS_EVIDENCE_TOO_LARGE',
  });
  const named = await addFile(world, anna, {
    case_id: theirs,
    name: '../../etc/证明.pdf',
    body: pdf(),
  });
  assert.equal(named.name, '证明.pdf');
  const { appendFile } = await import('node:fs/promises');
  await appendFile(`${world.evidenceDir}/${file.evidence_id.slice(0, 2)}/${file.evidence_id}`, '!');
  await assert.rejects(readFile(world, anna, { case_id: theirs, evidence_id: file.evidence_id }), {
    code: 'ALERTS_EVIDENCE_DAMAGED',
  });
});

test('saved views are everybody’s own', async () => {
  const view = await saveView(world, anna.principal, {
    name: '我的高级',
    filter: { filter: { levels: ['high'] } },
  });
  assert.deepEqual(await listViews(world, chief.principal), []);
  assert.deepEqual(await removeView(world, chief.principal, view.view_id), { removed: false });
  assert.equal((await listViews(world, anna.principal)).length, 1);
  assert.deepEqual(await removeView(world, anna.principal, view.view_id), { removed: true });
});

test('an agreement covers exactly what is due, is agreed to by another person, and tells what is overdue', async () => {
  const left = 287_540;
  const plan = { recovery_id, signed_on: '2026-11-02', document: '协议 7' };
  const halves = (a: number, b: number) => [
    { due_on: '2026-11-20', amount_fen: a },
    { due_on: '2026-12-20', amount_fen: b },
  ];
  await assert.rejects(
    proposeAgreement(world, anna, { ...plan, instalments: halves(100_000, 100_000) }),
    /相差 -875.40 元/,
  );
  const { agreement_id } = await proposeAgreement(world, anna, {
    ...plan,
    instalments: halves(100_000, left - 100_000),
  });
  await decideAgreement(world, chief, {
    recovery_id,
    agreement_id,
    decision: 'approve',
    remark: '同意',
  });
  office.onDay('2026-11-25');
  await bookReceipt(world, anna, {
    recovery_id,
    amount_fen: 60_000,
    booked_on: '2026-11-20',
    document: '回单 2',
  });
  const line = (await listRecoveries(world, chief.principal, { state: 'overdue' })).rows[0];
  assert.deepEqual(
    [line?.overdue_fen, line?.next_due_on, line?.balance_fen],
    [40_000, '2026-11-20', left - 60_000],
  );
  await assert.rejects(
    bookReceipt(world, anna, {
      recovery_id,
      amount_fen: left,
      booked_on: '2026-11-20',
      document: '回单 3',
    }),
    { code: 'ALERTS_RECOVERY_UNBALANCED' },
  );
});
