import type { Kysely } from 'kysely';
import { shanghaiTime } from '../../kernel/index.ts';
import type { RegistryTables } from '../registry/tables.ts';
import { type CustodyAssessment, countedTerms, ENDLESS } from './model.ts';

/** Rows of one INSERT; PostgreSQL takes 65,535 parameters. */
const ROWS_AT_A_TIME = 1_000;

/** Writes the state of people in custody; a row that stands on newer evidence is left alone. */
export async function persistCustody(
  db: Kysely<RegistryTables>,
  assessments: readonly CustodyAssessment[],
  at: { readonly now: Date; readonly edition: number },
): Promise<void> {
  for (let from = 0; from < assessments.length; from += ROWS_AT_A_TIME) {
    const rows = assessments
      .slice(from, from + ROWS_AT_A_TIME)
      .map((one) => rowOf(one, shanghaiTime(at.now), at.edition));
    const columns = Object.keys(rows[0] ?? {}).filter((name) => name !== 'subject');
    await db
      .insertInto('custody_person')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('subject')
          .doUpdateSet((is) =>
            Object.fromEntries(columns.map((name) => [name, is.ref(`excluded.${name}` as never)])),
          )
          .whereRef('custody_person.seen_report', '<=', 'excluded.seen_report' as never),
      )
      .execute();
  }
}

function rowOf(one: CustodyAssessment, now: string, edition: number) {
  const { live, person, paid } = one;
  const counted = countedTerms(one);
  const starts = counted.map(({ start_on }) => start_on).sort();
  const ends = counted.map(({ end_on }) => end_on ?? ENDLESS).sort();
  return {
    ...{ subject: one.subject, person_id: person?.personId ?? null, agency: one.agency },
    ...{ grade: one.grade, match_reason: one.reason },
    standing: live.length > 0 ? ('reported' as const) : ('withdrawn' as const),
    terms: JSON.stringify(
      live.map(({ source, custody_kind, start_on, end_on }) => ({
        ...{ source, kind: custody_kind, start_on, end_on },
      })),
    ),
    sources: [...new Set(live.map(({ source }) => source))].sort(),
    ...{ held_from: starts[0] ?? null, held_until: ends.at(-1) ?? null },
    paid:
      paid === null
        ? null
        : JSON.stringify({
            ...{ from_month: paid.fromMonth, to_month: paid.toMonth, months: paid.months },
          }),
    paid_fen: paid?.amountFen ?? 0n,
    name_keys: [...one.nameKeys],
    last_received_at: one.lastReceivedAt,
    ...{ matched_edition: edition, updated_at: now, seen_report: one.seen },
  };
}
