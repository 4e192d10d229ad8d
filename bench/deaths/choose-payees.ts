import type { Kysely } from 'kysely';
import { checkDigit } from '../../server/src/municipal/index.ts';
import { forWholeCity } from '../../server/src/security/index.ts';
import type { DuckEngine } from '../../server/src/store/index.ts';

/** Somebody whose death, reported for that day, must raise an alert. */
export interface Payee {
  readonly personId: string;
  readonly idNo: string;
  readonly name: string;
  /** Last day of the month before the last that was paid: one payment too many, few signs of life after it. */
  readonly deathDate: string;
}

export interface PayeesInput {
  readonly dataDir: string;
  readonly postgresUrl: string;
  readonly anchorDir: string;
  readonly count: number;
}

/** Opens the data folder as the application does. @throws STORE_FOLDER_HELD */
export type OpenCity = (options: {
  readonly dataDir: string;
  readonly purpose: string;
  readonly postgresUrl: string;
  readonly auditAnchor: string;
}) => Promise<{
  readonly duck: DuckEngine;
  readonly postgres: { kysely<T>(): Kysely<T> };
  close(): Promise<void>;
}>;

export interface Payees {
  readonly persons: number;
  readonly payees: readonly Payee[];
}

/** Basic pension, personal account pension, retirement pay: monthly whatever the content says. */
const MONTHLY_ITEMS = "('100011', '100012', '100041')";

/**
 * Picks people of whom an alert is certain, evenly over the city (by hash of their number). The
 * choice is made from the plain tables, with none of the registry's own views, so that it is an
 * expectation and no echo: alive and unknown to the registry, a sound number nobody else has,
 * monthly pay that arrived for the last month, no business under way that comparisons wait for.
 * Signs of life do not matter: a contradiction, too, is an alert a handler sees.
 */
export async function choosePayees(input: PayeesInput, open: OpenCity): Promise<Payees> {
  const { dataDir, postgresUrl, anchorDir: auditAnchor } = input;
  const city = await open({ dataDir, purpose: '测速', postgresUrl, auditAnchor });
  try {
    const known = await knownToRegistry(city.postgres.kysely<RegistryRows>());
    return await city.duck.read(async (session) => {
      const [counted] = await session.rows('select count(*) as persons from main.person');
      // A few have a wrong check digit; a department's report about them would be refused.
      const most = Math.ceil(input.count * 1.1) + 100;
      const rows = await session.rows(`${CERTAIN} limit ${most}`, { known });
      const payees = rows.map((row) => ({
        personId: String(row.person_id),
        idNo: String(row.id_no),
        name: String(row.name),
        deathDate: String(row.death_date).slice(0, 10),
      }));
      const sound = payees.filter(({ idNo }) => checkDigit(idNo) === idNo[17]);
      return { persons: Number(counted?.persons ?? 0), payees: sound.slice(0, input.count) };
    });
  } finally {
    await city.close();
  }
}

interface RegistryRows {
  readonly death_person: { readonly person_id: string | null };
  readonly alert: { readonly person_id: string | null; readonly source: string };
}

/** People about whom the registry spoke already: their alert may be there before the event. */
async function knownToRegistry(db: Kysely<RegistryRows>): Promise<string[]> {
  const rows = await forWholeCity(db, (transaction) =>
    transaction
      .selectFrom('death_person')
      .select('person_id')
      .where('person_id', 'is not', null)
      .union(
        transaction
          .selectFrom('alert')
          .select('person_id')
          .where('source', '=', 'deaths')
          .where('person_id', 'is not', null),
      )
      .execute(),
  );
  return rows.flatMap(({ person_id }) => person_id ?? []);
}

/** The last month that was paid to many, so that a row dated ahead of time does not count. */
const CERTAIN = `
  with month as (
    select due_ym, count(*) as payments from main.benefit_payment
    where pay_flag = '1' and item in ${MONTHLY_ITEMS} group by due_ym
  ), last_month as (
    select max(due_ym) as due_ym from month
    where payments * 2 >= (select max(payments) from month)
  ), arrived as (
    select b.person_id, b.insurance, b.item, b.due_ym, sum(b.amount) as amount
    from main.benefit_payment b join last_month using (due_ym)
    where b.pay_flag = '1' and b.item in ${MONTHLY_ITEMS}
    group by b.person_id, b.insurance, b.item, b.due_ym
  ), paid as (
    select distinct person_id, due_ym from arrived where amount > 0
  ), under_way as (
    select person_id from main.biz_case where person_id is not null and finished_at is null
  ), doubled as (
    select id_no from main.person group by id_no having count(*) > 1
  ), known as (
    select unnest($known::VARCHAR[]) as person_id
    union select person_id from main.death_event where person_id is not null
  )
  select p.person_id, p.id_no, p.name,
    cast(cast(date_trunc('month', paid.due_ym) as date) - interval '1 day' as date) as death_date
  from paid join main.person p using (person_id)
  where length(p.id_no) = 18 and p.life_status = '1' and p.death_date is null
    and p.person_id not in (select person_id from under_way)
    and p.person_id not in (select person_id from known)
    and p.id_no not in (select id_no from doubled where id_no is not null)
    and p.id_no not in (select id_no from main.death_event where id_no is not null)
  order by hash(p.person_id)`;
