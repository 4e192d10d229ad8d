import type { DuckEngine } from '../../server/src/store/index.ts';

/** Somebody whose death, reported for that day, makes payments wrong. */
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
}) => Promise<{ readonly duck: DuckEngine; close(): Promise<void> }>;

export interface Payees {
  readonly persons: number;
  readonly payees: readonly Payee[];
}

/** Picks people paid in the last months, evenly over the city (by hash of their number). */
export async function choosePayees(input: PayeesInput, open: OpenCity): Promise<Payees> {
  const { dataDir, postgresUrl, anchorDir: auditAnchor } = input;
  const city = await open({ dataDir, purpose: '测速', postgresUrl, auditAnchor });
  try {
    return await city.duck.read(async (session) => {
      const [counted] = await session.rows('select count(*) as persons from main.person');
      const rows = await session.rows(
        `with paid as (
           select person_id, max(due_ym) as last_ym, count(distinct due_ym) as months
           from main.benefit_payment
           where adj_flag = '0' and pay_flag = '1'
           group by person_id having count(distinct due_ym) >= 3
         )
         select p.person_id, any_value(p.id_no) as id_no, any_value(p.name) as name,
           cast(cast(date_trunc('month', any_value(paid.last_ym)) as date) - interval '1 day' as date) as death_date
         from paid join main.person p using (person_id)
         where length(p.id_no) = 18
         group by p.person_id order by hash(p.person_id) limit ${input.count}`,
      );
      return {
        persons: Number(counted?.persons ?? 0),
        payees: rows.map((row) => ({
          personId: String(row.person_id),
          idNo: String(row.id_no),
          name: String(row.name),
          deathDate: String(row.death_date).slice(0, 10),
        })),
      };
    });
  } finally {
    await city.close();
  }
}
