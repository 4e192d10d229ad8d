import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { HuiliuError } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { addNote } from '../evidence/add-note.ts';
import { CONCLUSIONS } from '../handling/handling.ts';
import { transitionPairs } from '../model.ts';
import { checkProofs } from '../proof/check-proofs.ts';
import { decideAgreement, proposeAgreement } from '../recovery/agree-instalments.ts';
import {
  askWriteOff,
  bookOffset,
  bookReceipt,
  decideWriteOff,
  voidEntry,
} from '../recovery/book-entry.ts';
import { openCase } from '../testing/case-now.ts';
import { openSmallOffice, person } from '../testing/small-office.ts';
import type { Caller } from './act.ts';
import { assignCases } from './assign.ts';
import { claimCase, takeNext } from './claim.ts';
import { closeCase, reopenCase, sendBackCase } from './close.ts';
import { concludeCase } from './conclude.ts';
import { decideDisposal, proposeDisposal, proveDisposal } from './disposals.ts';
import { escalateCase, extendCase, transferCase } from './hand-on.ts';
import { reviewConclusion } from './review.ts';

const office = await openSmallOffice();
const { world } = office;

/** Few people, so that the same person is often both maker and checker in waiting. */
const PEOPLE: readonly Caller[] = [
  person('anna', 'inspector'),
  person('chief', 'controller'),
  person('deputy', 'controller', { operatorId: 'OP1' }),
  person('dora', 'county_officer', { agency: '140502' }),
  person('ella', 'county_reviewer', { agency: '140502' }),
  person('finn', 'county_officer', { agency: '140521' }),
  person('gerda', 'county_reviewer', { agency: '140521' }),
  person('fund', 'fund_officer'),
  person('boss', 'leader'),
].map((principal) => ({ principal, origin: 'test' }));

interface Now {
  readonly case_id: string;
  readonly version: number;
  readonly state: string;
  readonly assignee: string | null;
  readonly disposals: readonly string[];
  readonly recoveries: readonly {
    id: string;
    balance: number;
    entries: string[];
    agreements: string[];
  }[];
}

type Try = (caller: Caller, now: Now, dice: Dice) => Promise<unknown>;

/** Draws that a failing run prints and repeats. */
interface Dice {
  readonly agree: boolean;
  readonly pick: number;
  readonly amount: number;
}

const pickOf = <T>(list: readonly T[], { pick }: Dice): T | undefined =>
  list[pick % Math.max(list.length, 1)];

const KINDS = world.handling.disposals.map(({ code, recovers }) => ({ code, recovers }));

function disposal(dice: Dice) {
  const kind = pickOf(KINDS, dice);
  const money = kind?.recovers === true ? { amount_fen: dice.amount } : {};
  return { kind: kind?.code ?? '', reason: '按规定处置', ...money };
}

const money = (now: Now, dice: Dice) => {
  const recovery = pickOf(now.recoveries, dice);
  return {
    recovery,
    entry: {
      recovery_id: recovery?.id ?? '1',
      ...{ amount_fen: dice.amount, booked_on: '2026-11-02', document: '凭证' },
    },
  };
};

const ACTS: readonly Try[] = [
  (caller, now) => claimCase(world, caller, now),
  (caller, now) => claimCase(world, caller, now),
  (caller) => takeNext(world, caller),
  (caller, now) =>
    assignCases(world, caller, {
      case_ids: [now.case_id],
      assignee: { account: 'dora' },
    }),
  (caller, now) =>
    transferCase(world, caller, {
      ...now,
      remark: '转办',
      assignee: { account: 'anna' },
    }),
  (caller, now) => extendCase(world, caller, { ...now, remark: '延期', days: 3 }),
  (caller, now) => escalateCase(world, caller, { ...now, remark: '上报' }),
  (caller, now) => addNote(world, caller, { ...now, remark: '电话核实过' }),
  ...Array.from(
    { length: 3 },
    (): Try => (caller, now, dice) => {
      const confirming = dice.agree;
      const conclusion = confirming ? 'confirmed' : (pickOf(CONCLUSIONS, dice) ?? 'unclear');
      return concludeCase(world, caller, {
        ...{
          ...now,
          conclusion,
          remark: '核查情况如下',
          nature: 'late_report',
          false_reason: 'other',
        },
        ...{ exempt_document: '文号', exempt_until: '2027-12-31', confirmed_fen: 1_000 },
        disposals: confirming ? [disposal(dice)] : [],
      });
    },
  ),
  ...Array.from(
    { length: 3 },
    (): Try =>
      (caller, now, { agree }) =>
        reviewConclusion(world, caller, { ...now, agree, remark: '复核意见' }),
  ),
  (caller, now, dice) => proposeDisposal(world, caller, { ...now, ...disposal(dice) }),
  (caller, now, dice) =>
    decideDisposal(world, caller, {
      ...now,
      disposal_id: pickOf(now.disposals, dice) ?? '1',
      agree: dice.agree,
      remark: '意见',
    }),
  (caller, now, dice) =>
    proveDisposal(world, caller, {
      ...now,
      disposal_id: pickOf(now.disposals, dice) ?? '1',
      document: '立案 1 号',
    }),
  (caller, now) => sendBackCase(world, caller, { ...now, remark: '退回' }),
  (caller, now, { agree }) =>
    closeCase(
      world,
      caller,
      agree ? now : { ...now, exception: { document: '纪要', reason: '确有特殊情况' } },
    ),
  (caller, now) => reopenCase(world, caller, { ...now, remark: '新线索来了' }),
  (caller, now, dice) => bookReceipt(world, caller, money(now, dice).entry),
  (caller, now, dice) => bookOffset(world, caller, money(now, dice).entry),
  (caller, now, dice) => askWriteOff(world, caller, money(now, dice).entry),
  (caller, now, dice) => {
    const { recovery } = money(now, dice);
    const entry_id = pickOf(recovery?.entries ?? [], dice) ?? '1';
    const target = { recovery_id: recovery?.id ?? '1', entry_id, remark: '审批意见' };
    return dice.amount % 2 === 0
      ? decideWriteOff(world, caller, { ...target, agree: dice.agree })
      : voidEntry(world, caller, target);
  },
  (caller, now, dice) => {
    const { recovery } = money(now, dice);
    const rest = (recovery?.balance ?? 2) - 1;
    return proposeAgreement(world, caller, {
      ...{ recovery_id: recovery?.id ?? '1', signed_on: '2026-11-02', document: '协议 1' },
      instalments: [
        { due_on: '2026-12-01', amount_fen: 1 },
        { due_on: '2027-01-01', amount_fen: dice.agree ? rest : rest + 1 },
      ],
    });
  },
  (caller, now, dice) => {
    const { recovery } = money(now, dice);
    return decideAgreement(world, caller, {
      ...{
        recovery_id: recovery?.id ?? '1',
        agreement_id: pickOf(recovery?.agreements ?? [], dice) ?? '1',
      },
      decision: (['approve', 'refuse', 'end'] as const)[dice.pick % 3] ?? 'end',
      remark: '意见',
    });
  },
  () => checkProofs(world),
];

async function lookAt(caseId: string): Promise<Now> {
  return forWholeCity(world.db, async (db) => {
    const { rows } = await sql<{
      version: number;
      state: string;
      assignee: string | null;
      disposals: string[];
      recoveries: Now['recoveries'];
    }>`select version, state, assignee,
        array(select disposal_id::text from alert_disposal d where d.case_id = c.case_id order by 1) as disposals,
        coalesce((select jsonb_agg(jsonb_build_object('id', r.recovery_id::text, 'balance', r.balance_fen,
          'entries', array(select entry_id::text from recovery_entry e where e.recovery_id = r.recovery_id),
          'agreements', array(select agreement_id::text from recovery_agreement g where g.recovery_id = r.recovery_id)))
          from recovery r where r.case_id = c.case_id), '[]') as recoveries
      from alert_case c where case_id::text = ${caseId}`.execute(db);
    const [row] = rows;
    assert.ok(row !== undefined);
    return { case_id: caseId, ...row };
  });
}

interface StepRow {
  readonly case_id: bigint;
  readonly action: string;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly actor: string;
  readonly agency: string;
}

const HOME: Readonly<Record<string, string>> = {
  ...{ dora: '140502', ella: '140502', finn: '140521', gerda: '140521' },
};

/** What must hold of everything in the database, however it came about. */
async function checkEverything(): Promise<{ stops: number; recoveries: number }> {
  return forWholeCity(world.db, async (db) => {
    const { rows: steps } =
      await sql<StepRow>`select case_id, action, from_state, to_state, actor, agency
      from alert_step order by step_no`.execute(db);
    const legal = new Set(transitionPairs().map((pair) => pair.join(' ')));
    const at = new Map<bigint, string>();
    const maker = new Map<bigint, string>();
    /** Cases that were verified and reviewed by another person at some moment so far. */
    const reviewed = new Map<bigint, { by: string; concludedBy: string }>();
    for (const step of steps) {
      const { case_id: id, from_state: from, to_state: to } = step;
      assert.equal(from, at.get(id) ?? null, `case ${id} goes on where it was`);
      if (from !== null && from !== to) assert.ok(legal.has(`${from} ${to}`), `${from} → ${to}`);
      at.set(id, to);
      if (step.action === 'conclude') maker.set(id, step.actor);
      if (step.action === 'pass') {
        assert.notEqual(step.actor, maker.get(id), 'nobody reviews what they concluded');
        reviewed.set(id, { by: step.actor, concludedBy: maker.get(id) ?? '' });
      }
      if (['disposing', 'recovering', 'closing', 'closed'].includes(to)) {
        assert.ok(reviewed.has(id), `case ${id} reached ${to} unreviewed`);
      }
      const home = HOME[step.actor];
      if (home !== undefined) assert.equal(step.agency, home, 'a county acts on its own cases');
      assert.ok(!['boss', 'fund'].includes(step.actor), 'leaders and the fund decide no case');
    }
    const { rows: agreed } = await sql<{
      case_id: bigint;
      proposed_by: string;
      reviewed_by: string;
      kind: string;
    }>`select
        case_id, proposed_by, reviewed_by, kind from alert_disposal where state in ('approved', 'proved')`.execute(
      db,
    );
    for (const each of agreed) {
      assert.ok(reviewed.has(each.case_id), 'a disposal stands on a reviewed conclusion');
      assert.notEqual(each.proposed_by, each.reviewed_by);
    }
    const { rows: recoveries } = await sql<{
      due: bigint;
      sum: bigint;
      balance: bigint;
      ok: boolean;
    }>`select
        r.due_fen as due, r.balance_fen as balance,
        (r.received_fen + r.offset_fen + r.written_off_fen)::bigint as sum,
        (r.received_fen, r.offset_fen, r.written_off_fen) = (select
          coalesce(sum(amount_fen) filter (where kind = 'receipt'), 0)::bigint,
          coalesce(sum(amount_fen) filter (where kind = 'offset'), 0)::bigint,
          coalesce(sum(amount_fen) filter (where kind = 'write_off'), 0)::bigint
          from recovery_entry e where e.recovery_id = r.recovery_id and e.state = 'booked')
        and exists (select from alert_disposal d where d.disposal_id = r.disposal_id
          and d.state in ('approved', 'proved') and d.amount_fen = r.due_fen) as ok
      from recovery r`.execute(db);
    for (const { due, sum, balance, ok } of recoveries) {
      assert.equal(due, sum + balance);
      assert.ok(balance >= 0n && ok);
    }
    const { rows: alone } = await sql`select 1 from recovery_entry
      where (kind = 'write_off' and state = 'booked' and decided_by is null) or decided_by = entered_by`.execute(
      db,
    );
    assert.equal(alone.length, 0, 'nothing is written off by one person alone');
    return {
      stops: agreed.filter(({ kind }) => kind === 'stop').length,
      recoveries: recoveries.length,
    };
  });
}

/** Where a walk may go on from each state; aimless walks hardly ever get past the first. */
const ON: Readonly<Record<string, readonly number[]>> = {
  ...{ new: [0], assigned: [0], verifying: [8], concluded: [11, 12], disposing: [14, 15, 16, 18] },
  ...{ recovering: [15, 20, 21, 22, 23, 24, 25, 26], closing: [18], closed: [19] },
};

/** Who can usually take the step: the holder concludes, the city's people do the rest. */
const ABLE: Readonly<Record<number, number>> = {
  ...{
    0: 0,
    11: 1,
    12: 1,
    14: 0,
    15: 1,
    16: 0,
    18: 0,
    19: 0,
    20: 0,
    21: 0,
    22: 0,
    23: 1,
    24: 0,
    25: 1,
  },
};

/** Some steps are drawn blindly; the rest mostly follow the way of the case with a person it needs. */
function aim(now: Now, { who, act, dice, blind }: Step): Aimed {
  const on = blind ? undefined : pickOf(ON[now.state] ?? [], dice);
  const holder = PEOPLE.find(({ principal }) => principal.accountId === now.assignee);
  const able = on === undefined ? undefined : on === 8 ? holder : PEOPLE[ABLE[on] ?? who];
  const caller = (dice.amount % 4 === 0 ? undefined : able) ?? PEOPLE[who];
  const attempt = ACTS[on ?? act];
  assert.ok(caller !== undefined && attempt !== undefined);
  return { caller, attempt, dice: blind ? dice : { ...dice, agree: dice.amount % 5 !== 0 } };
}

interface Aimed {
  readonly caller: Caller;
  readonly attempt: Try;
  readonly dice: Dice;
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const step = fc.record({
  blind: fc.boolean(),
  who: fc.integer({ min: 0, max: PEOPLE.length - 1 }),
  which: fc.integer({ min: 0, max: 2 }),
  act: fc.integer({ min: 0, max: ACTS.length - 1 }),
  dice: fc.record({
    agree: fc.boolean(),
    pick: fc.integer({ min: 0, max: 20 }),
    amount: fc.integer({ min: 1, max: 700 }),
  }),
});

test('no sequence of actions by anybody stops or recovers without verification and another person, and sums balance', async () => {
  await office.rows('biz_case', { case_id: 'B1', person_id: 'R1' });
  await office.rows('biz_event', { event_id: 'X1', case_id: 'B1', operator_id: 'OP1' });
  let done = 0;
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 60 }), async (steps) => {
      const cases = [
        await openCase(world, { personId: 'R1', topic: `事由${tried}` }),
        await openCase(world, { agency: '140521' }),
        await openCase(world, { agency: null, personId: null, unitId: `U${tried}` }),
      ];
      for (const each of steps) {
        tried += 1;
        const now = await lookAt(cases[each.which] ?? '1');
        const { caller, attempt, dice } = aim(now, each);
        await attempt(caller, now, dice).then(
          () => {
            done += 1;
          },
          (error: unknown) => {
            // Refused in words, never by an accident further down.
            assert.ok(error instanceof HuiliuError, String(error));
            assert.notEqual(error.kind, 'unavailable', String(error.cause));
          },
        );
      }
      await checkEverything();
    }),
    {
      numRuns: Number(process.env.HULIU_RUNS ?? 10),
      seed: Number(process.env.HULIU_SEED ?? 20_261_102),
    },
  );
  const reached = await checkEverything();
  // Walks that never get there would prove nothing.
  assert.ok(reached.recoveries > 0, 'some walks reach a recovery');
  console.log(`${tried} actions tried, ${done} carried out, ${JSON.stringify(reached)}`);
});

/** A case brought to the recovery of an amount, for tests of the ledger alone. */
async function dueOf(amount: number): Promise<Now> {
  const caseId = await openCase(world, { amountFen: BigInt(amount) });
  const [anna, chief] = [PEOPLE[0], PEOPLE[1]];
  assert.ok(anna !== undefined && chief !== undefined);
  await claimCase(world, anna, await lookAt(caseId));
  await concludeCase(world, anna, {
    ...(await lookAt(caseId)),
    ...{ conclusion: 'confirmed', remark: '核查属实', nature: 'other', confirmed_fen: amount },
    disposals: [{ kind: 'refund', reason: '多领', amount_fen: amount }],
  });
  await reviewConclusion(world, chief, { ...(await lookAt(caseId)), agree: true, remark: '同意' });
  return lookAt(caseId);
}

test('whatever is booked, voided and written off at the same time, due = recovered + offset + written off + balance', async () => {
  const entry = fc.record({
    kind: fc.constantFrom('receipt', 'offset', 'write_off'),
    amount: fc.integer({ min: 1, max: 900 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 4, maxLength: 8 }), async (entries) => {
      const now = await dueOf(1_500);
      const [anna, chief] = [PEOPLE[0], PEOPLE[1]];
      const id = now.recoveries[0]?.id ?? '';
      assert.ok(anna !== undefined && chief !== undefined);
      const given = { recovery_id: id, booked_on: '2026-11-02', document: '凭证' };
      const book = { receipt: bookReceipt, offset: bookOffset, write_off: askWriteOff };
      // All at once: each waits for the one before and is judged by what that left.
      await Promise.allSettled(
        entries.map(({ kind, amount }) =>
          book[kind as keyof typeof book](world, anna, { ...given, amount_fen: amount }),
        ),
      );
      const { recoveries } = await lookAt(now.case_id);
      for (const entry_id of recoveries[0]?.entries ?? []) {
        await decideWriteOff(world, chief, {
          recovery_id: id,
          entry_id,
          agree: true,
          remark: '同意',
        }).catch((error: unknown) => assert.ok(error instanceof HuiliuError, String(error)));
      }
      await checkEverything();
    }),
    { numRuns: 3, seed: 20_261_102 },
  );
});
