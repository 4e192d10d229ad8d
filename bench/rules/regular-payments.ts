import type { RulePack } from '../../server/src/rules/index.ts';
import type { PaymentRow } from './person-facts.ts';

/** What a benefit item (待遇项目) is. */
export interface ItemKind {
  readonly kind: string;
  readonly periodic: boolean;
}

/** A month of a monthly benefit that was paid and not taken back. */
export interface RegularPayment extends Pick<PaymentRow, 'insurance' | 'item' | 'month'> {
  readonly kind: string;
  readonly fen: number;
}

export type ItemKinds = ReadonlyMap<string, ItemKind>;

/** Reads what each benefit item is from the policy values. */
export function itemKinds(pack: Pick<RulePack, 'params'>): ItemKinds {
  const rows = pack.params.get('param_benefit_item')?.rows ?? [];
  return new Map(
    rows.map(({ item, kind, periodic }) => [
      String(item),
      { kind: String(kind), periodic: periodic === true },
    ]),
  );
}

/** Adds up one person's monthly benefits by insurance, item and month, as `regular_payment` does. */
export function regularPayments(
  payments: readonly PaymentRow[],
  kinds: ItemKinds,
  until: number,
): RegularPayment[] {
  const sums = new Map<string, RegularPayment>();
  for (const { insurance, item, month, fen, flag } of payments) {
    const known = kinds.get(item ?? '');
    if (flag !== '1' || known?.periodic !== true || !(month <= until)) continue;
    const id = `${insurance} ${item} ${month}`;
    const paid = (sums.get(id)?.fen ?? 0) + fen;
    sums.set(id, { insurance, item, month, kind: known.kind, fen: paid });
  }
  return [...sums.values()].filter(({ fen }) => fen > 0);
}
