import { withinScope } from '../../security/index.ts';
import { whoIs } from '../access.ts';
import { auditCase, type Caller } from '../handle/act.ts';
import { maskedNames } from '../read/masked-person.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { findRecovery } from './find-recovery.ts';

/** One recovery with entries, agreements and instalments; the look is audited. @throws ALERTS_RECOVERY_UNKNOWN */
export async function openRecovery(world: AlertsWorld, caller: Caller, id: string) {
  const { principal } = caller;
  const { recovery, ...ledger } = await withinScope(world.db, principal.scope, async (db) => {
    const found = await findRecovery(db, principal, id);
    await auditCase(world, db, caller, {
      ...{ action: 'recovery.open', caseId: found.case_id, purpose: '查看追回台账' },
    });
    return { recovery: found, ...(await partsOfLedger(db, found.recovery_id)) };
  });
  const names = await maskedNames(world, [recovery]);
  return {
    recovery_id: String(recovery.recovery_id),
    case_id: String(recovery.case_id),
    ...{ agency: recovery.agency, person_id: recovery.person_id },
    person_name: names.get(recovery.person_id ?? '') ?? null,
    due_fen: Number(recovery.due_fen),
    received_fen: Number(recovery.received_fen),
    offset_fen: Number(recovery.offset_fen),
    written_off_fen: Number(recovery.written_off_fen),
    balance_fen: Number(recovery.balance_fen),
    entries: ledger.entries.map(({ entered_by: _, decided_by: __, ...entry }) => ({
      ...entry,
      entry_id: String(entry.entry_id),
      amount_fen: Number(entry.amount_fen),
    })),
    agreements: ledger.agreements.map((agreement) => ({
      agreement_id: String(agreement.agreement_id),
      ...{ state: agreement.state, signed_on: agreement.signed_on, document: agreement.document },
      amount_fen: Number(agreement.amount_fen),
      proposed_name: agreement.proposed_name,
      instalments: ledger.instalments
        .filter(({ agreement_id }) => agreement_id === agreement.agreement_id)
        .map(({ no, due_on, amount_fen }) => ({ no, due_on, amount_fen: Number(amount_fen) })),
    })),
    allowed_actions: allowedActions(caller, recovery.balance_fen, ledger),
  };
}

/** Nobody decides or voids what they entered or proposed themselves. */
function allowedActions(
  { principal }: Caller,
  balance_fen: bigint,
  { entries, agreements }: Awaited<ReturnType<typeof partsOfLedger>>,
): string[] {
  const mayWrite = principal.permissions.has('recovery.write') && balance_fen > 0n;
  const mayApprove = principal.permissions.has('recovery.approve');
  const who = whoIs(principal);
  const entered = (state: string) =>
    entries.some((entry) => entry.state === state && entry.entered_by !== who);
  const standing = agreements.filter(({ state }) => state === 'proposed' || state === 'approved');
  const agreed = standing.some(({ proposed_by }) => proposed_by !== who);
  return [
    ...(mayWrite ? ['receipt', 'offset', 'write_off'] : []),
    ...(mayWrite && standing.length === 0 ? ['agreement'] : []),
    ...(mayApprove && entered('proposed') ? ['decide_write_off'] : []),
    ...(mayApprove && entered('booked') ? ['void'] : []),
    ...(mayApprove && agreed ? ['decide_agreement'] : []),
  ];
}

async function partsOfLedger(db: AlertsTransaction, id: bigint) {
  const entries = await db
    .selectFrom('recovery_entry')
    .select([
      'entry_id',
      'kind',
      'amount_fen',
      'booked_on',
      'document',
      'voucher',
      'remark',
      'state',
    ])
    .select([
      'entered_by',
      'entered_name',
      'entered_at',
      'decided_by',
      'decided_at',
      'decided_remark',
      'fund_txn',
    ])
    .where('recovery_id', '=', id)
    .orderBy('entry_id')
    .execute();
  const agreements = await db
    .selectFrom('recovery_agreement')
    .selectAll()
    .where('recovery_id', '=', id)
    .orderBy('agreement_id')
    .execute();
  const ids = agreements.map(({ agreement_id }) => agreement_id);
  const instalments =
    ids.length === 0
      ? []
      : await db
          .selectFrom('recovery_instalment')
          .selectAll()
          .where('agreement_id', 'in', ids)
          .orderBy('no')
          .execute();
  return { entries, agreements, instalments };
}
