import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { isHuiliuError } from '../../kernel/index.ts';
import { forWholeCity, withinScope } from '../../security/index.ts';
import { caseScope } from '../access.ts';
import { addNote } from '../evidence/add-note.ts';
import { addFile, readFile } from '../evidence/files.ts';
import type { Caller } from '../handle/act.ts';
import { assignCases } from '../handle/assign.ts';
import { claimCase, takeNext } from '../handle/claim.ts';
import { closeCase, reopenCase, sendBackCase } from '../handle/close.ts';
import { concludeCase } from '../handle/conclude.ts';
import { decideDisposal, proposeDisposal, proveDisposal } from '../handle/disposals.ts';
import { escalateCase, extendCase, transferCase } from '../handle/hand-on.ts';
import { reviewConclusion } from '../handle/review.ts';
import { askSnooze, decideSnooze } from '../handle/snooze.ts';
import { decideAgreement, proposeAgreement } from '../recovery/agree-instalments.ts';
import { bookReceipt, decideWriteOff, voidEntry } from '../recovery/book-entry.ts';
import { listRecoveries } from '../recovery/list-recoveries.ts';
import { openRecovery } from '../recovery/open-recovery.ts';
import { openCase, seen } from '../testing/case-now.ts';
import { as, chief, openFullCase, pdf } from '../testing/full-case.ts';
import { openSmallOffice, person } from '../testing/small-office.ts';
import { openCaseDetail } from './case-detail.ts';
import { measureEffect } from './effect.ts';
import { listCases } from './list-cases.ts';
import { overviewCases, panorama } from './overview.ts';
import { workbench } from './workbench.ts';

const office = await openSmallOffice();
const { world } = office;
/** Every right there is, in the wrong county: only the walls can stop them. */
const finn = as('finn', 'controller', { agency: '140521' });
const { theirs, file, snooze_id, recovery_id, entry } = await openFullCase(office);
const ours = await openCase(world, { agency: '140521', personId: 'P140521' });

test('another county answers to every number like one that does not exist', async () => {
  const target = { case_id: theirs, version: (await seen(world, theirs)).version };
  const text = { remark: '一个理由' };
  const tries: Record<string, (id: string) => Promise<unknown>> = {
    detail: (id) => openCaseDetail(world, finn, id),
    attachment: (id) => readFile(world, finn, { case_id: id, evidence_id: file.evidence_id }),
    upload: (id) => addFile(world, finn, { case_id: id, name: 'x.pdf', body: pdf() }),
    note: (id) => addNote(world, finn, { case_id: id, remark: '一条记录' }),
    claim: (id) => claimCase(world, finn, { ...target, case_id: id }),
    transfer: (id) =>
      transferCase(world, finn, { ...target, ...text, case_id: id, department: '待遇科' }),
    extend: (id) => extendCase(world, finn, { ...target, ...text, case_id: id, days: 1 }),
    escalate: (id) => escalateCase(world, finn, { ...target, ...text, case_id: id }),
    conclude: (id) =>
      concludeCase(world, finn, {
        ...target,
        ...text,
        case_id: id,
        conclusion: 'unclear',
        remark: '核查不清',
      }),
    review: (id) => reviewConclusion(world, finn, { ...target, ...text, case_id: id, agree: true }),
    dispose: (id) =>
      proposeDisposal(world, finn, { ...target, case_id: id, kind: 'stop', reason: '理由' }),
    decide: (id) =>
      decideDisposal(world, finn, {
        ...target,
        ...text,
        case_id: id,
        disposal_id: '1',
        agree: true,
      }),
    prove: (id) =>
      proveDisposal(world, finn, { ...target, case_id: id, disposal_id: '1', document: '文号' }),
    close: (id) => closeCase(world, finn, { ...target, case_id: id }),
    reopen: (id) => reopenCase(world, finn, { ...target, case_id: id, remark: '新的线索' }),
    sendBack: (id) => sendBackCase(world, finn, { ...target, ...text, case_id: id }),
    snooze: (id) =>
      askSnooze(world, finn, { case_id: id, until: '2026-12-01', reason: '等待更正' }),
  };
  const answer = (attempt: Promise<unknown>) =>
    attempt.then(
      () => 'answered',
      (error: unknown) =>
        isHuiliuError(error) ? `${error.kind} ${error.code} ${error.message}` : String(error),
    );
  for (const [name, attempt] of Object.entries(tries)) {
    const known = await answer(attempt(theirs));
    assert.equal(known, await answer(attempt('999999')), name);
    assert.match(known, /^not_found /, name);
  }
  const ledger: Record<string, (id: string) => Promise<unknown>> = {
    open: (id) => openRecovery(world, finn, id),
    receipt: (id) =>
      bookReceipt(
        world,
        { ...finn, principal: { ...finn.principal, permissions: new Set(['recovery.write']) } },
        {
          ...{ recovery_id: id, amount_fen: 1, booked_on: '2026-11-02', document: '回单' },
        },
      ),
    agreement: (id) =>
      proposeAgreement(
        world,
        { ...finn, principal: { ...finn.principal, permissions: new Set(['recovery.write']) } },
        {
          ...{ recovery_id: id, signed_on: '2026-11-02', document: '协议' },
          instalments: [{ due_on: '2026-12-01', amount_fen: 1 }],
        },
      ),
    decideAgreement: (id) =>
      decideAgreement(world, finn, {
        recovery_id: id,
        agreement_id: '1',
        decision: 'approve',
        ...text,
      }),
    writeOff: (id) =>
      decideWriteOff(world, finn, {
        recovery_id: id,
        entry_id: entry.entry_id,
        agree: true,
        ...text,
      }),
    void: (id) =>
      voidEntry(world, finn, { recovery_id: id, entry_id: entry.entry_id, remark: '一个理由' }),
  };
  for (const [name, attempt] of Object.entries(ledger)) {
    const known = await answer(attempt(recovery_id));
    assert.equal(known, await answer(attempt('999999')), name);
    assert.match(known, /^not_found /, name);
  }
  await assert.rejects(decideSnooze(world, finn, { snooze_id, agree: true }), {
    code: 'ALERTS_CASE_UNKNOWN',
  });
  assert.deepEqual(
    await assignCases(world, finn, {
      case_ids: [theirs],
      assignee: { account: 'finn' },
    }),
    { assigned: [], skipped: [theirs] },
  );
});

test('lists, searches, counts, overviews, effect, workbench and panorama tell nothing of another county', async () => {
  const list = await listCases(world, finn.principal, {});
  assert.deepEqual(
    list.rows.map(({ case_id }) => case_id),
    [ours],
  );
  assert.equal(list.total, 1);
  for (const filter of [
    { case_id: theirs },
    { person_id: 'P140502' },
    { agencies: ['140502'] },
    { rule: 'DTH-001' },
    { states: ['recovering' as const] },
  ]) {
    assert.equal(
      (await listCases(world, finn.principal, { filter })).total,
      0,
      JSON.stringify(filter),
    );
    assert.equal((await overviewCases(world, finn.principal, filter)).total.cases, 0);
    assert.deepEqual(await measureEffect(world, finn.principal, filter), []);
  }
  const overview = await overviewCases(world, finn.principal);
  assert.deepEqual(
    overview.by_agency.map(({ value, cases }) => [value, cases]),
    [['140521', 1]],
  );
  assert.equal(overview.total.recovered_fen, 0);
  const money = await listRecoveries(world, finn.principal);
  assert.deepEqual([money.rows.length, money.total, money.totals.due_fen], [0, 0, 0]);
  const { todo } = await workbench(world, finn.principal);
  assert.deepEqual(
    todo.map(({ kind, count }) => [kind, count]).filter(([, count]) => count !== 0),
    [
      ['free', 1],
      ['assign', 1],
    ],
  );
  const wall = await panorama(world, finn.principal);
  assert.deepEqual(
    wall.counties.map(({ agency }) => agency),
    ['140521'],
  );
  assert.equal(wall.days.at(-1)?.opened, 1);
  const next = await takeNext(world, finn);
  assert.equal(next.case_id, ours);
  await assert.rejects(takeNext(world, finn), { code: 'ALERTS_NOTHING_TO_TAKE' });
});

test('row level security alone hides another county when the filter of the query is forgotten', async () => {
  const tables = [
    'alert_case',
    'alert',
    'alert_step',
    'alert_disposal',
    'alert_evidence',
    'recovery',
    'recovery_entry',
    'alert_snooze',
  ];
  for (const table of tables) {
    const seenBy = (scope: Caller['principal']['scope']) =>
      withinScope(world.db, scope, async (db) => {
        const { rows } = await sql<{
          agency: string;
        }>`select distinct agency from ${sql.table(table)}`.execute(db);
        return rows.map(({ agency }) => agency);
      });
    assert.ok(
      (await seenBy(chief.principal.scope)).includes('140502'),
      `${table} holds rows of 城区`,
    );
    assert.ok(!(await seenBy(finn.principal.scope)).includes('140502'), table);
  }
  await withinScope(world.db, finn.principal.scope, async (db) => {
    const changed =
      await sql`update alert_case set level = 'low' where case_id::text = ${theirs}`.execute(db);
    assert.equal(changed.numAffectedRows, 0n);
  });
  await assert.rejects(
    withinScope(world.db, finn.principal.scope, (db) =>
      sql`insert into alert_step (case_id, agency, action, to_state, actor, actor_name, at)
        values (${theirs}::bigint, '140502', 'x', 'new', 'f', 'f', now())`.execute(db),
    ),
    /row-level security/,
  );
});

test('the filter of the query alone hides another county when row level security is off', async (t) => {
  const { pool } = office.postgres;
  for (const table of ['alert_case', 'recovery'])
    await pool.query(`alter table ${table} disable row level security`);
  t.after(async () => {
    for (const table of ['alert_case', 'recovery'])
      await pool.query(`alter table ${table} enable row level security`);
  });
  const { rows } = await forWholeCity(world.db, (db) =>
    sql<{
      agency: string;
    }>`select distinct c.agency from alert_case c where ${caseScope(finn.principal)}`.execute(db),
  );
  assert.deepEqual(rows, [{ agency: '140521' }]);
  assert.equal((await listCases(world, finn.principal, {})).total, 1);
  assert.equal((await listRecoveries(world, finn.principal)).total, 0);
  await assert.rejects(openCaseDetail(world, finn, theirs), { code: 'ALERTS_CASE_UNKNOWN' });
  await assert.rejects(openRecovery(world, finn, recovery_id), { code: 'ALERTS_RECOVERY_UNKNOWN' });
});

test('rules on trial are for the department that owns them, in lists, numbers and details', async () => {
  const trial = await openCase(world, { trial: true, agency: '140521' });
  const mine = person('own', 'controller', { department: '待遇科' });
  const has = async (principal: Caller['principal']) =>
    (await listCases(world, principal, { filter: { case_id: trial } })).total;
  assert.deepEqual([await has(mine), await has(chief.principal)], [1, 0]);
  await assert.rejects(openCaseDetail(world, chief, trial), { code: 'ALERTS_CASE_UNKNOWN' });
  assert.equal(
    (await openCaseDetail(world, { principal: mine, origin: 'test' }, trial)).trial,
    true,
  );
});
