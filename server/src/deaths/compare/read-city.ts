import type { DuckSession } from '../../store/index.ts';
import type { DeathsPack } from '../content/model.ts';
import type { LifeSign } from '../verdict/model.ts';
import type { DeathsWorld } from '../world.ts';
import { NAMED_PERSONS, openGround, type Suspect } from './ground.ts';

/** One month paid after the last lawful one, net of what was taken back (多发). */
export interface OverpaidMonth {
  readonly insurance: string;
  readonly item: string;
  /** First day of the month the payment is for. */
  readonly month: string;
  readonly amountFen: bigint;
  readonly row: bigint;
}

/** A grant paid to the bereaved, against which an overpayment may be set off (丧葬抚恤). */
export interface Grant {
  readonly insurance: string;
  readonly item: string;
  readonly kind: string;
  readonly amountFen: bigint;
  readonly paidOn: string;
  readonly row: bigint;
}

/** What the municipal data say about one person. */
export interface CityFacts {
  readonly signs: readonly LifeSign[];
  /** Every month paid after the month of the earliest reported death. */
  readonly paid: readonly OverpaidMonth[];
  readonly grants: readonly Grant[];
  /** Stopping, refund and the like is under way (业务在途): rules wait for it, so do we. */
  readonly inProgress: boolean;
}

const NOTHING: CityFacts = { signs: [], paid: [], grants: [], inProgress: false };

/** What everything is compared with: edition and data date. */
export interface CityState {
  readonly edition: number;
  readonly asOf: string;
}

/** Finds the data date of the municipal database; null before the first package. */
export async function findCityState(session: DuckSession): Promise<CityState | null> {
  const row = await session.first<{ edition: number | null; as_of: string | null }>(
    `select greatest(max(b.edition), (select coalesce(max(edition), 0) from feed.edition)) as edition,
       cast(max(b.as_of) as varchar) as as_of from feed.batch b`,
  );
  if (row?.edition == null || row.as_of === null) return null;
  return { edition: row.edition, asOf: row.as_of };
}

const PAID = `
  select p.person_id, p.insurance, p.item, cast(p.month as varchar) as month, p.amount_fen, p.row_no
  from suspect s
  join regular_payment p on p.person_id = s.person_id
  where p.month > date_trunc('month', s.died_on)
  order by p.person_id, p.month, p.insurance, p.item`;

const GRANTS = `
  select g.person_id, g.insurance, g.item, g.kind, sum(g.amount_fen)::BIGINT as amount_fen,
    cast(max(g.last_paid_on) as varchar) as paid_on, min(g.row_no) as row_no
  from suspect s
  join survivor_lump g on g.person_id = s.person_id
  group by g.person_id, g.insurance, g.item, g.kind having sum(g.amount_fen) > 0
  order by g.person_id, g.insurance, g.item`;

/**
 * Up to this many are looked up in groups, block by block: at 1.76 million people 3 ms each, 12 to
 * 20 ms while the blocks are not in memory. One scan takes 2 s for any number, 17 s after a start.
 */
const FEW = 800;

type Facts = Map<string, { -readonly [K in keyof CityFacts]: CityFacts[K] }>;

/**
 * Reads signs of life, payments after death and grants of the suspects: for a whole registry one
 * query a kind, for few in groups that touch only the blocks in which these people lie.
 */
export async function readCity(
  session: DuckSession,
  world: DeathsWorld,
  suspects: readonly Suspect[],
  asOf: string,
): Promise<(personId: string) => CityFacts> {
  const facts: Facts = new Map();
  const size = suspects.length <= FEW ? NAMED_PERSONS : suspects.length;
  // The tables lie in order of person: neighbours share blocks.
  const inOrder = [...suspects].sort((a, b) => (a.personId < b.personId ? -1 : 1));
  for (let at = 0; at < inOrder.length; at += size) {
    await readGroup(session, world, inOrder.slice(at, at + size), asOf, facts);
  }
  return (personId) => facts.get(personId) ?? NOTHING;
}

async function readGroup(
  session: DuckSession,
  { pack, content }: DeathsWorld,
  suspects: readonly Suspect[],
  asOf: string,
  facts: Facts,
): Promise<void> {
  const signs = [...pack.signs.values()];
  const reads = [
    ...new Set(signs.flatMap((sign) => sign.reads)),
    ...['regular_payment', 'survivor_lump', 'in_progress'],
  ];
  await openGround(session, { content, pack, asOf, suspects, reads });
  const of = (personId: string) => {
    const before = facts.get(personId);
    if (before !== undefined) return before;
    const fresh = { ...NOTHING };
    facts.set(personId, fresh);
    return fresh;
  };
  for (const { personId, sign } of await readSigns(session, pack)) {
    const mine = of(personId);
    mine.signs = [...mine.signs, sign];
  }
  for (const row of await session.rows<PaidRow>(PAID)) {
    const mine = of(row.person_id);
    const { insurance, item, month, amount_fen: amountFen, row_no } = row;
    // Pushing keeps years of payments of thousands of people linear.
    if (mine.paid === NOTHING.paid) mine.paid = [];
    (mine.paid as OverpaidMonth[]).push({ insurance, item, month, amountFen, row: row_no });
  }
  for (const row of await session.rows<GrantRow>(GRANTS)) {
    const mine = of(row.person_id);
    const { insurance, item, kind, amount_fen: amountFen, paid_on, row_no } = row;
    const grant = { insurance, item, kind, amountFen, paidOn: paid_on, row: row_no };
    mine.grants = [...mine.grants, grant];
  }
  const waiting = 'select distinct person_id from in_progress';
  for (const row of await session.rows<{ person_id: string }>(waiting)) {
    of(row.person_id).inProgress = true;
  }
}

interface PaidRow {
  readonly person_id: string;
  readonly insurance: string;
  readonly item: string;
  readonly month: string;
  readonly amount_fen: bigint;
  readonly row_no: bigint;
}

interface GrantRow extends Omit<PaidRow, 'month'> {
  readonly kind: string;
  readonly paid_on: string;
}

async function readSigns(
  session: DuckSession,
  pack: DeathsPack,
): Promise<{ personId: string; sign: LifeSign }[]> {
  const parts = [...pack.signs.values()].map(
    ({ id, sql }) =>
      `select '${id}' as kind, person_id, cast(cast(seen_on as date) as varchar) as seen_on, row_no
       from (${sql}\n)`,
  );
  if (parts.length === 0) return [];
  const rows = await session.rows<{
    kind: string;
    person_id: string;
    seen_on: string;
    row_no: bigint;
  }>(`${parts.join(' union all ')} order by person_id, kind`);
  return rows.flatMap((row) => {
    const def = pack.signs.get(row.kind);
    if (def === undefined) return [];
    const { title, strength, reads } = def;
    const sign: LifeSign = {
      ...{ kind: row.kind, title, strength, seenOn: row.seen_on, row: row.row_no },
      table: reads[0] ?? '',
    };
    return [{ personId: row.person_id, sign }];
  });
}
