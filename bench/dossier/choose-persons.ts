import type { DuckSession } from '../../server/src/store/index.ts';

/** A person to look up. */
export interface PersonKeys {
  readonly person_id: string;
  readonly id_no: string;
}

export interface ChosenPersons {
  readonly persons: number;
  /** Persons whose rows the baseline gets, spread evenly over the table. */
  readonly sampled: number;
  readonly keys: readonly PersonKeys[];
}

/**
 * Chooses, the same way every time, the persons of the baseline (temporary table `sample`) and among
 * them those to look up: with contributions, spread evenly, in an order that jumps.
 */
export async function choosePersons(
  session: DuckSession,
  limits: { readonly persons: number; readonly keys: number },
): Promise<ChosenPersons> {
  const all = await count(session, 'person');
  await session.run(
    `create temp table sample as select person_id, id_no
     from (select person_id, id_no, row_number() over (order by person_id) - 1 as n from person)
     where ${isSpread('n', limits.persons, all)} order by n`,
  );
  // An id number that two persons have names neither of them.
  await session.run(
    `create temp table candidate as select person_id, id_no, row_number() over (order by person_id) - 1 as n
     from sample
     where person_id in (select distinct person_id from contribution semi join sample using (person_id))
       and id_no in (select id_no from person semi join sample using (id_no) group by id_no having count(*) = 1)`,
  );
  const candidates = await count(session, 'candidate');
  const keys = await session.rows<PersonKeys>(
    `select person_id, id_no from candidate where ${isSpread('n', limits.keys, candidates)} order by n`,
  );
  return { persons: all, sampled: await count(session, 'sample'), keys: jumping(keys) };
}

/** Condition that holds for exactly `wanted` of the rows numbered 0 to `all` − 1, evenly spread. */
function isSpread(number: string, wanted: number, all: number): string {
  return wanted >= all ? 'true' : `(${number} * ${wanted}) % ${all} < ${wanted}`;
}

async function count(session: DuckSession, table: string): Promise<number> {
  const row = await session.first<{ rows: bigint }>(`select count(*) as rows from ${table}`);
  return Number(row?.rows ?? 0n);
}

/** Neighbours would find each other's blocks still in the cache; nobody looks people up in order. */
export function jumping<T>(items: readonly T[]): T[] {
  const stride = Math.max(1, Math.floor(Math.sqrt(items.length)));
  return Array.from({ length: stride }, (_, start) =>
    items.filter((_item, at) => at % stride === start),
  ).flat();
}
