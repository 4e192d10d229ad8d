import type { Selectable } from 'kysely';
import type { AlertCandidate } from '../../contract/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { compareNames } from '../match/compare-names.ts';
import { findByNumber } from '../match/find-persons.ts';
import { foldPerson, type RegistryEvent } from '../registry/fold.ts';
import { readIdNumber } from '../registry/identity.ts';
import type { CustodyReportRow } from '../registry/tables.ts';
import { openReport } from '../registry/take-in.ts';
import type { DeathsWorld } from '../world.ts';
import { CUSTODY_RULE, candidate } from './findings.ts';
import { openGround } from './ground.ts';
import type { CityState } from './read-city.ts';

type Kept = Selectable<CustodyReportRow>;

/** Serving a sentence, and held before one; community correction stops nothing. */
const COUNTED = ['01', '02'];
const PENSION_INSURANCES = "('110', '120', '170')";
const ENDLESS = '9999-12-31';

/** Payments for months in custody (服刑羁押期间发放): first month not, last month included. */
export async function custodyFindings(
  world: DeathsWorld,
  session: DuckSession,
  rows: readonly Kept[],
  city: CityState,
): Promise<{ findings: readonly AlertCandidate[]; persons: readonly string[] }> {
  const rule = world.pack.findings.get(CUSTODY_RULE);
  if (rows.length === 0 || rule === undefined) return { findings: [], persons: [] };
  const byNumber = new Map<string, Kept[]>();
  const named = new Map<string, string | null>();
  for (const row of liveRows(rows)) {
    const fields = openReport(world.keys, row, 'custody_report');
    const number = readIdNumber(fields.id_no ?? '').value;
    byNumber.set(number, [...(byNumber.get(number) ?? []), row]);
    named.set(number, fields.name);
  }
  const people = await findByNumber(session, [...byNumber.keys()]);
  const terms = [...people].flatMap(([number, found]) =>
    found.flatMap((person) =>
      (byNumber.get(number) ?? []).map((row) => ({ person, row, name: named.get(number) ?? null })),
    ),
  );
  const suspects = terms.map(({ person, row }) => ({
    ...{ personId: person.personId, diedOn: row.start_on, lastMonth: row.end_on ?? ENDLESS },
  }));
  await openGround(session, {
    ...{ content: world.content, pack: world.pack, asOf: city.asOf, suspects },
    reads: ['regular_payment'],
  });
  const paid = await session.rows<{
    person_id: string;
    amount_fen: bigint;
    from_month: string;
    to_month: string;
    months: number;
    rows: readonly bigint[];
  }>(PAID);
  const findings = paid.map((row): AlertCandidate => {
    const term = terms.find(({ person }) => person.personId === row.person_id);
    const { agrees, reason } = compareNames(
      world.pack.names,
      term?.name ?? null,
      term?.person.name ?? null,
    );
    const person = term === undefined ? null : { ...term.person, sameNumber: 1 };
    const match = { grade: agrees ? '1' : '2', reason, person, comparisons: new Map() } as const;
    return candidate(
      rule,
      { match },
      {
        level: agrees ? 'high' : 'medium',
        amountFen: row.amount_fen,
        evidence: {
          ...{ from_month: row.from_month, to_month: row.to_month, months: row.months },
          start_on: term?.row.start_on ?? null,
          end_on: term?.row.end_on ?? null,
          match_reason: `证件号码一致，${reason}`,
        },
        sources: { benefit_payment: row.rows },
      },
    );
  });
  const persons = [...new Set(terms.map(({ person }) => person.personId))].sort();
  return { findings, persons };
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

/** What each source still says; of one chain of corrections the last word. */
function liveRows(rows: readonly Kept[]): Kept[] {
  const byKey = new Map(rows.map((row) => [`${row.source}/${row.event_id}`, row]));
  const live: Kept[] = [];
  for (const subject of new Set(rows.map((row) => row.subject))) {
    const mine = rows.filter((row) => row.subject === subject);
    // One term a chain: each report is folded as if it were of a source of its own.
    for (const chain of chainsOf(mine)) {
      for (const event of foldPerson(subject, chain).live) {
        const row = byKey.get(`${event.source}/${event.eventId}`);
        if (row !== undefined && COUNTED.includes(row.custody_kind)) live.push(row);
      }
    }
  }
  return live;
}

function chainsOf(rows: readonly Kept[]): RegistryEvent[][] {
  const chains = new Map<string, RegistryEvent[]>();
  const target = new Map(rows.map((row) => [`${row.source}/${row.event_id}`, row.refers_to]));
  for (const row of rows) {
    let root = row.event_id;
    const seen = new Set<string>();
    for (let next = row.refers_to; next !== null && !seen.has(root); ) {
      seen.add(root);
      root = next;
      next = target.get(`${row.source}/${root}`) ?? null;
    }
    const key = `${row.source}/${root}`;
    chains.set(key, [...(chains.get(key) ?? []), eventOf(row)]);
  }
  return [...chains.values()];
}

function eventOf(row: Kept): RegistryEvent {
  return {
    ...{ eventNo: row.report_no, source: row.source, eventId: row.event_id, kind: row.kind },
    ...{ refersTo: row.refers_to, sequence: row.sequence, occurredAt: row.occurred_at },
    subject: row.subject,
    statement: {
      ...{ deathDate: null, precision: 'D', crematedOn: null, hukouCancelOn: null },
      ...{ hukouCancelReason: null, certKey: null, cremationKey: null },
    },
  };
}
