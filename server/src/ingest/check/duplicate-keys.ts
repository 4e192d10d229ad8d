import { identifier } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';
import type { StagingDatabase } from '../stage/staging-database.ts';

/** Enough lines to see the pattern; the count says how many there are. */
const SHOWN_LINES = 10_000;

export interface DuplicateKeys {
  readonly count: number;
  readonly lines: readonly number[];
}

/**
 * Finds records of one file that share a primary key (gate G6). In an incremental file one key may
 * change several times, at different moments.
 */
export function findDuplicateKeys(
  staging: StagingDatabase,
  staged: StagedDataset,
): Promise<DuplicateKeys> {
  const { def, plan, table } = staged;
  const key = [...def.key.map(identifier), ...(plan.mode === 'I' ? ['op_time'] : [])];
  const present = def.key.map((name) => `${identifier(name)} is not null`).join(' and ');
  return staging.write(async (session) => {
    // Hashes first: grouping eight bytes a row is several times cheaper than grouping the keys.
    const suspects = await session.first<{ hashes: bigint }>(
      `select count(*) as hashes from (select hash(${key.join(', ')}) as h from ${table}
         where ${present} group by h having count(*) > 1)`,
    );
    if ((suspects?.hashes ?? 0n) === 0n) return { count: 0, lines: [] };
    return exactDuplicates(session, { table, key, present });
  });
}

async function exactDuplicates(
  session: DuckSession,
  { table, key, present }: { table: string; key: readonly string[]; present: string },
): Promise<DuplicateKeys> {
  const groups = `select ${key.join(', ')}, count(*) as times from ${table} where ${present}
    group by all having count(*) > 1`;
  const total = await session.first<{ records: bigint | null }>(
    `select sum(times)::BIGINT as records from (${groups})`,
  );
  const count = Number(total?.records ?? 0n);
  if (count === 0) return { count, lines: [] };
  const rows = await session.rows<{ line: bigint }>(
    `select s.line from ${table} s semi join (${groups}) g using (${key.join(', ')})
     order by s.line limit ${SHOWN_LINES}`,
  );
  return { count, lines: rows.map((row) => Number(row.line)) };
}

/**
 * Marks persons whose citizen number already belongs to another person number (ID08): one known
 * before, or one that stands earlier in the file. Returns their lines.
 */
export async function markSharedIds(
  staging: StagingDatabase,
  staged: StagedDataset,
): Promise<number[]> {
  return staging.write((session) => markSharedIdsIn(session, staged));
}

/** Does the same on a table of this session, for rows that are judged again. */
export async function markSharedIdsIn(
  session: DuckSession,
  { table, plan }: Pick<StagedDataset, 'table' | 'plan'>,
): Promise<number[]> {
  const fault = plan.faults.find((item) => item.code === 'ID08');
  if (fault === undefined) return [];
  const citizen = `s.id_no is not null and length(s.id_no) = 18 and s.id_type in ('01', '99')`;
  const alive = plan.mode === 'I' ? `and s.op <> 'D'` : '';
  // Who held the number before keeps it; among newcomers the first in the file does.
  const candidates = `select s.line, s.person_id, s.id_no, p.person_id is null as newcomer
    from ${table} s left join main.person p on p.person_id = s.person_id and p.id_no = s.id_no
    where ${plan.accepted} and ${citizen} ${alive}`;
  const rows = await session.rows<{ line: bigint }>(
    `with candidate as (${candidates}),
     earliest as (select id_no, arg_min(person_id, (newcomer, line)) as owner from candidate
       group by id_no having count(distinct person_id) > 1)
     select c.line from candidate c join earliest e using (id_no) where c.person_id <> e.owner
     union
     select c.line from candidate c join main.person p on p.id_no = c.id_no
       where p.person_id <> c.person_id
         and p.person_id not in (select person_id from candidate)
     order by 1`,
  );
  const lines = rows.map((row) => Number(row.line));
  if (lines.length > 0) {
    await session.run(
      `update ${table} set faults${fault.mask} = faults${fault.mask} | ${1n << BigInt(fault.bit)}
       where line in (select unnest($lines::BIGINT[]))`,
      { lines },
    );
  }
  return lines;
}
