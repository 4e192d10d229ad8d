import type { CityFacts, OverpaidMonth } from './read-city.ts';

/** Overpayment of one insurance and item (多发), for the page and the evidence. */
export interface OverpaidItem {
  readonly insurance: string;
  readonly item: string;
  readonly months: number;
  readonly from_month: string;
  readonly to_month: string;
  /** Month → fen; numbers, for JSON. */
  readonly by_month: Readonly<Record<string, number>>;
  readonly amount_fen: number;
}

export interface Overpaid {
  readonly totalFen: bigint;
  readonly months: number;
  readonly fromMonth: string | null;
  readonly toMonth: string | null;
  readonly items: readonly OverpaidItem[];
  readonly rows: readonly bigint[];
  /** Funeral and survivor grants paid, from which it may be set off (抵扣). */
  readonly grantsFen: bigint;
  readonly grantRows: readonly bigint[];
}

/**
 * Adds up what was paid for months after the last lawful one, per insurance, item and month.
 * Months count by what the payment is for, not by the day of the bank.
 * @source 社会保险经办条例 第二十五、二十六条：死亡次月起停发
 */
export function overpaidAfter(facts: CityFacts, lastMonth: string): Overpaid {
  const paid = facts.paid.filter(({ month }) => month > lastMonth);
  const groups = new Map<string, OverpaidMonth[]>();
  for (const one of paid) {
    const key = `${one.insurance} ${one.item}`;
    const before = groups.get(key);
    if (before === undefined) groups.set(key, [one]);
    else before.push(one);
  }
  const months = [...new Set(paid.map(({ month }) => month))].sort();
  return {
    totalFen: sum(paid),
    months: months.length,
    fromMonth: months[0] ?? null,
    toMonth: months.at(-1) ?? null,
    items: [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, some]) => itemOf(some)),
    rows: paid.map(({ row }) => row).sort((a, b) => (a < b ? -1 : 1)),
    grantsFen: sum(facts.grants),
    grantRows: facts.grants.map(({ row }) => row),
  };
}

function itemOf(paid: readonly OverpaidMonth[]): OverpaidItem {
  const months = paid.map(({ month }) => month).sort();
  return {
    insurance: paid[0]?.insurance ?? '',
    item: paid[0]?.item ?? '',
    months: new Set(months).size,
    from_month: months[0] ?? '',
    to_month: months.at(-1) ?? '',
    by_month: Object.fromEntries(paid.map(({ month, amountFen }) => [month, Number(amountFen)])),
    amount_fen: Number(sum(paid)),
  };
}

function sum(amounts: readonly { readonly amountFen: bigint }[]): bigint {
  return amounts.reduce((total, { amountFen }) => total + amountFen, 0n);
}
