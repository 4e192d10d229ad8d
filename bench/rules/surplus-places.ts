import type { PaymentRow } from './person-facts.ts';
import type { ItemKind } from './regular-payments.ts';
import type { RuleSettings } from './rule-settings.ts';

/** Kinds that several payees may share in one month. */
const SHARED_KINDS: readonly string[] = ['funeral', 'death_grant', 'account_inheritance'];

/** Counts where one item of one month was paid more than once and not taken back. */
export function surplusPlaces(payments: readonly PaymentRow[], settings: RuleSettings): number {
  const { until, kinds, flag } = settings;
  const lanes = new Map<string, PaymentRow[]>();
  for (const row of payments) {
    const kind = kinds.get(row.item ?? '');
    if (row.flag !== '1' || kind?.kind === 'medical' || !(row.month <= until)) continue;
    const key = [row.insurance, row.item, row.month, laneOf(row, kind)].join('\u001f');
    const rows = lanes.get(key);
    if (rows === undefined) lanes.set(key, [row]);
    else rows.push(row);
  }
  return [...lanes.values()].filter((rows) => surplusOf(rows, flag('same_amt')) > 0).length;
}

function laneOf({ entitlement, account }: PaymentRow, kind: ItemKind | undefined): string {
  if (kind?.kind === 'dependant') return entitlement ?? '';
  return kind !== undefined && SHARED_KINDS.includes(kind.kind) ? (account ?? '') : '';
}

/** Fen beyond each amount once, or beyond the highest ordinary payment and each correction once. */
function surplusOf(rows: readonly PaymentRow[], sameAmount: boolean): number {
  const given = rows.filter(({ fen }) => fen > 0);
  if (given.length < 2) return 0;
  const total = rows.reduce((sum, { fen }) => sum + fen, 0);
  if (sameAmount) return total - sumOnce(given);
  const ordinary = given.filter(({ adjusted }) => adjusted === '0').map(({ fen }) => fen);
  const corrections = given.filter(({ adjusted }) => adjusted !== null && adjusted !== '0');
  return total - Math.max(0, ...ordinary) - sumOnce(corrections);
}

function sumOnce(rows: readonly PaymentRow[]): number {
  return [...new Set(rows.map(({ fen }) => fen))].reduce((sum, fen) => sum + fen, 0);
}
