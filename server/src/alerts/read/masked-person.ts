import { maskIdBesideBirth, maskValue } from '../../security/index.ts';
import type { AlertsWorld } from '../world.ts';

/** Masked names of the people of a page of cases; alerts store no name. */
export async function maskedNames(
  world: AlertsWorld,
  rows: readonly { readonly person_id: string | null }[],
): Promise<ReadonlyMap<string, string>> {
  const persons = [...new Set(rows.flatMap(({ person_id }) => person_id ?? []))];
  if (persons.length === 0) return new Map();
  const found = await world.duck.read((session) =>
    session.rows<{ person_id: string; name: string | null }>(
      'select person_id, name from person where person_id in (select unnest($persons))',
      { persons },
    ),
  );
  return new Map(found.map(({ person_id, name }) => [person_id, maskValue('name', name ?? '')]));
}

/** A person as the case page shows them: masked, without anything the decision does not need. */
export interface PersonCard {
  readonly person_id: string;
  readonly name: string;
  readonly id_no: string;
  readonly sex: string | null;
  readonly birth_date: string | null;
  readonly life_status: string | null;
  readonly agency: string | null;
}

/** The card of one person, or null where the municipal database no longer has them. */
export async function personCard(
  world: AlertsWorld,
  personId: string | null,
): Promise<PersonCard | null> {
  if (personId === null) return null;
  const found = await world.duck.read((session) =>
    session.first<Record<keyof PersonCard, string | null>>(
      `select person_id, name, id_no, sex, birth_date, life_status, agency
       from person where person_id = $person`,
      { person: personId },
    ),
  );
  if (found === undefined) return null;
  return {
    ...found,
    person_id: personId,
    name: maskValue('name', found.name ?? ''),
    // The birth date stands beside it, so no digit of the tail is shown.
    id_no: maskIdBesideBirth(found.id_no ?? ''),
  };
}

export interface PaymentLine {
  readonly due_ym: string;
  readonly pay_ym: string | null;
  readonly insurance: string;
  readonly item: string;
  readonly amount_fen: number;
  readonly pay_flag: string;
  readonly paid_on: string | null;
  readonly account_no: string;
}

/** Payments for the months after an event (事由日后的发放), the account masked; at most 120. */
export async function paymentsAfter(
  world: AlertsWorld,
  personId: string | null,
  eventDay: string | null,
): Promise<readonly PaymentLine[]> {
  if (personId === null || eventDay === null) return [];
  const rows = await world.duck.read((session) =>
    session.rows<Omit<PaymentLine, 'amount_fen'> & { amount: bigint | number }>(
      `select due_ym, pay_ym, insurance, item, amount, pay_flag, paid_on, coalesce(account_no, '') as account_no
       from benefit_payment
       where person_id = $person and due_ym > date_trunc('month', cast($day as date))
       order by due_ym, insurance, item limit 120`,
      { person: personId, day: eventDay },
    ),
  );
  return rows.map(({ amount, ...row }) => ({
    ...row,
    amount_fen: Number(amount),
    account_no: maskValue('account', row.account_no),
  }));
}
