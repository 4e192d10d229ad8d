import type { DuckSession } from '../../store/index.ts';
import { openGround } from '../compare/ground.ts';
import type { CityState } from '../compare/read-city.ts';
import { compareNames, type NameComparison } from '../match/compare-names.ts';
import { type CityPerson, findByNumber } from '../match/find-persons.ts';
import { CITY_AGENCY, nameKeysOf, readIdNumber } from '../registry/identity.ts';
import { openReport, type SealedFields } from '../registry/take-in.ts';
import type { DeathsWorld } from '../world.ts';
import { foldCustody } from './fold-custody.ts';
import type { CustodyEvidence, KeptCustody } from './load-custody.ts';
import { type CustodyAssessment, type CustodyPaid, countedTerms, ENDLESS } from './model.ts';

const PENSION_INSURANCES = "('110', '120', '170')";

interface Folded {
  readonly subject: string;
  readonly live: readonly KeptCustody[];
  readonly rows: readonly KeptCustody[];
  /** Fields of what speaks; of what was taken back where nothing does. */
  readonly fields: readonly SealedFields[];
  readonly number: string;
}

/**
 * Assesses everybody the evidence is about: folds, finds the person by number, adds up what was paid
 * for months in custody (first month not, last included). One set of queries for all of them.
 */
export async function assessCustody(
  world: DeathsWorld,
  session: DuckSession,
  evidence: CustodyEvidence,
  city: CityState | null,
): Promise<readonly CustodyAssessment[]> {
  if (evidence.reports.length === 0) return [];
  const folded = foldAll(world, evidence);
  const people =
    city === null
      ? new Map<string, readonly CityPerson[]>()
      : await findByNumber(session, [...new Set(folded.map(({ number }) => number))]);
  const matched = folded.map((one) => assessed(world, one, people.get(one.number) ?? [], evidence));
  if (city === null) return matched;
  const paid = await paidInCustody(world, session, matched, city);
  return matched.map((one) => ({ ...one, paid: paid.get(one.person?.personId ?? '') ?? null }));
}

function foldAll({ keys }: DeathsWorld, { reports, subjects }: CustodyEvidence): Folded[] {
  const live = foldCustody(reports);
  const mine = new Map<string, KeptCustody[]>(subjects.map((subject) => [subject, []]));
  for (const row of reports) mine.get(row.subject)?.push(row);
  return [...mine].flatMap(([subject, rows]) => {
    if (rows.length === 0) return [];
    const speaking = live.get(subject) ?? [];
    const told = speaking.length > 0 ? speaking : rows;
    const fields = told.map((row) => openReport(keys, row, 'custody_report'));
    const number = readIdNumber(fields.find(({ id_no }) => id_no !== null)?.id_no ?? '').value;
    return [{ subject, live: speaking, rows, fields, number }];
  });
}

function assessed(
  { pack, keys }: DeathsWorld,
  { subject, live, rows, fields }: Folded,
  people: readonly CityPerson[],
  { upTo }: CustodyEvidence,
): CustodyAssessment {
  const compare = (person: CityPerson | undefined): NameComparison => {
    const given = fields.filter(({ name }) => name !== null);
    const all = given.map(({ name }) => compareNames(pack.names, name, person?.name ?? null));
    // The weakest decides, as for a death.
    return all.find(({ agrees }) => !agrees) ?? all[0] ?? compareNames(pack.names, null, null);
  };
  const person = people.find((one) => compare(one).agrees) ?? people[0];
  const name = compare(person);
  const names = [...fields.map((each) => each.name), person?.name ?? null];
  return {
    ...{ subject, live, name, paid: null, seen: upTo },
    grade: person === undefined ? '0' : name.agrees ? '1' : '2',
    reason: person === undefined ? '本市人员中没有这个证件号码' : `证件号码一致，${name.reason}`,
    person: person === undefined ? null : { ...person, sameNumber: people.length },
    agency: person?.agency ?? rows.findLast(({ agency }) => agency !== null)?.agency ?? CITY_AGENCY,
    nameKeys: nameKeysOf(keys, pack.names, names),
    lastReceivedAt: rows
      .map(({ received_at }) => received_at)
      .reduce((a, b) => (Date.parse(a) >= Date.parse(b) ? a : b)),
  };
}

async function paidInCustody(
  { content, pack }: DeathsWorld,
  session: DuckSession,
  assessments: readonly CustodyAssessment[],
  { asOf }: CityState,
): Promise<ReadonlyMap<string, CustodyPaid>> {
  const suspects = assessments.flatMap(({ person, live }) =>
    person === null
      ? []
      : countedTerms({ live }).map(({ start_on, end_on }) => ({
          ...{ personId: person.personId, diedOn: start_on, lastMonth: end_on ?? ENDLESS },
        })),
  );
  if (suspects.length === 0) return new Map();
  await openGround(session, { content, pack, asOf, suspects, reads: ['regular_payment'] });
  const rows = await session.rows<PaidRow>(PAID);
  return new Map(
    rows.map((row) => [
      row.person_id,
      {
        ...{ fromMonth: row.from_month, toMonth: row.to_month, months: row.months },
        ...{ amountFen: row.amount_fen, rows: row.rows },
      },
    ]),
  );
}

interface PaidRow {
  readonly person_id: string;
  readonly amount_fen: bigint;
  readonly from_month: string;
  readonly to_month: string;
  readonly months: number;
  readonly rows: readonly bigint[];
}

/** A payment in two overlapping terms counts once. */
const PAID = `
  select person_id, sum(amount_fen)::BIGINT as amount_fen, cast(min(month) as varchar) as from_month,
    cast(max(month) as varchar) as to_month, count(distinct month)::INTEGER as months,
    array_agg(row_no order by row_no) as rows
  from (
    select distinct p.person_id, p.insurance, p.item, p.month, p.amount_fen, p.row_no
    from suspect s
    join regular_payment p on p.person_id = s.person_id
    where p.insurance in ${PENSION_INSURANCES}
      and p.month > date_trunc('month', s.died_on) and p.month <= s.last_month)
  group by person_id order by person_id`;
