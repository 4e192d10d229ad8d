import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { shanghaiDay } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { addNote } from '../evidence/add-note.ts';
import { addFile } from '../evidence/files.ts';
import type { Caller } from '../handle/act.ts';
import { assignCases } from '../handle/assign.ts';
import { claimCase, takeNext } from '../handle/claim.ts';
import { closeCase, reopenCase, sendBackCase } from '../handle/close.ts';
import { concludeCase } from '../handle/conclude.ts';
import { declareRelative } from '../handle/declare-relative.ts';
import { decideDisposal, proposeDisposal, proveDisposal } from '../handle/disposals.ts';
import { escalateCase, extendCase, transferCase } from '../handle/hand-on.ts';
import { reviewConclusion } from '../handle/review.ts';
import { askSnooze, decideSnooze } from '../handle/snooze.ts';
import { CONCLUSIONS } from '../handling/handling.ts';
import { checkProofs } from '../proof/check-proofs.ts';
import { decideAgreement, proposeAgreement } from '../recovery/agree-instalments.ts';
import {
  askWriteOff,
  bookOffset,
  bookReceipt,
  decideWriteOff,
  voidEntry,
} from '../recovery/book-entry.ts';
import type { AlertsWorld } from '../world.ts';
import { pdf } from './full-case.ts';
import { HANDLING, person } from './small-office.ts';

/** Few people, so that the same person is often both maker and checker in waiting. */
export const PEOPLE: readonly Caller[] = [
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

export interface Now {
  readonly case_id: string;
  readonly version: number;
  readonly state: string;
  readonly assignee: string | null;
  readonly person_id: string | null;
  readonly disposals: readonly string[];
  readonly snoozes: readonly string[];
  readonly recoveries: readonly {
    id: string;
    balance: number;
    entries: string[];
    agreements: string[];
  }[];
}

export type Try = (world: AlertsWorld, caller: Caller, now: Now, dice: Dice) => Promise<unknown>;

/** Draws that a failing run prints and repeats. */
export interface Dice {
  readonly agree: boolean;
  readonly pick: number;
  readonly amount: number;
}

export const pickOf = <T>(list: readonly T[], { pick }: Dice): T | undefined =>
  list[pick % Math.max(list.length, 1)];

const KINDS = HANDLING.disposals.map(({ code, recovers }) => ({ code, recovers }));

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

export const ACTS: readonly Try[] = [
  (world, caller, now) => claimCase(world, caller, now),
  (world, caller, now) => claimCase(world, caller, now),
  (world, caller) => takeNext(world, caller),
  (world, caller, now) =>
    assignCases(world, caller, {
      case_ids: [now.case_id],
      assignee: { account: 'dora' },
    }),
  (world, caller, now) =>
    transferCase(world, caller, {
      ...now,
      remark: '转办',
      assignee: { account: 'anna' },
    }),
  (world, caller, now) => extendCase(world, caller, { ...now, remark: '延期', days: 3 }),
  (world, caller, now) => escalateCase(world, caller, { ...now, remark: '上报' }),
  (world, caller, now) => addNote(world, caller, { ...now, remark: '电话核实过' }),
  ...Array.from(
    { length: 3 },
    (): Try => (world, caller, now, dice) => {
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
      (world, caller, now, { agree }) =>
        reviewConclusion(world, caller, { ...now, agree, remark: '复核意见' }),
  ),
  (world, caller, now, dice) => proposeDisposal(world, caller, { ...now, ...disposal(dice) }),
  (world, caller, now, dice) =>
    decideDisposal(world, caller, {
      ...now,
      disposal_id: pickOf(now.disposals, dice) ?? '1',
      agree: dice.agree,
      remark: '意见',
    }),
  (world, caller, now, dice) =>
    proveDisposal(world, caller, {
      ...now,
      disposal_id: pickOf(now.disposals, dice) ?? '1',
      document: '立案 1 号',
    }),
  (world, caller, now) => sendBackCase(world, caller, { ...now, remark: '退回' }),
  (world, caller, now, { agree }) =>
    closeCase(
      world,
      caller,
      agree ? now : { ...now, exception: { document: '纪要', reason: '确有特殊情况' } },
    ),
  (world, caller, now) => reopenCase(world, caller, { ...now, remark: '新线索来了' }),
  (world, caller, now, dice) => bookReceipt(world, caller, money(now, dice).entry),
  (world, caller, now, dice) => bookOffset(world, caller, money(now, dice).entry),
  (world, caller, now, dice) => askWriteOff(world, caller, money(now, dice).entry),
  (world, caller, now, dice) => {
    const { recovery } = money(now, dice);
    const entry_id = pickOf(recovery?.entries ?? [], dice) ?? '1';
    const target = { recovery_id: recovery?.id ?? '1', entry_id, remark: '审批意见' };
    return dice.amount % 2 === 0
      ? decideWriteOff(world, caller, { ...target, agree: dice.agree })
      : voidEntry(world, caller, target);
  },
  (world, caller, now, dice) => {
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
  (world, caller, now, dice) => {
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
  (world) => checkProofs(world),
  // Up to a month beyond what is allowed, and by people who may not.
  (world, caller, now, dice) =>
    askSnooze(world, caller, {
      case_id: now.case_id,
      until: dayAfter(world, 1 + dice.pick * 10),
      reason: dice.agree ? '等待更正数据' : '等',
    }),
  (world, caller, now, dice) =>
    decideSnooze(world, caller, {
      snooze_id: pickOf(now.snoozes, dice) ?? '1',
      agree: dice.agree,
    }),
  (world, caller, now) =>
    addFile(world, caller, { case_id: now.case_id, name: '证明.pdf', body: pdf() }),
  (world, caller, now, dice) =>
    dice.pick === 0 && now.person_id !== null
      ? declareRelative(world, caller, { person_id: now.person_id, relation: '兄弟' })
      : addNote(world, caller, { ...now, remark: '走访核实过' }),
];

function dayAfter({ clock }: AlertsWorld, days: number): string {
  return shanghaiDay(new Date(clock.now().getTime() + days * 86_400_000));
}

export async function lookAt(world: AlertsWorld, caseId: string): Promise<Now> {
  return forWholeCity(world.db, async (db) => {
    const { rows } = await sql<{
      version: number;
      state: string;
      assignee: string | null;
      person_id: string | null;
      disposals: string[];
      snoozes: string[];
      recoveries: Now['recoveries'];
    }>`select version, state, assignee, person_id,
        array(select snooze_id::text from alert_snooze s where s.person_id = c.person_id and s.state = 'asked') as snoozes,
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
