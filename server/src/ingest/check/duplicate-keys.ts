import { identifier } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';
import type { StagingDatabase } from '../stage/staging-database.ts';

/** Enough lines to see the pattern; the count says how many there are. */
const SHOWN_LINES = 10_000;

/** Hashes grouped at a time: about 1.5 GB of memory. */
const ROWS_A_PASS = 40_000_000;

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
  if (staged.keyRises) return Promise.resolve({ count: 0, lines: [] });
  const key = [...def.key.map(identifier), ...(plan.mode === 'I' ? ['op_time'] : [])];
  // Records without a key or moment are quarantined anyway.
  const present = key.map((name) => `${name} is not null`).join(' and ');
  return staging.write(async (session) => {
    if (!(await anyHashTwice(session, { table, key, present, rows: staged.rows }))) {
      return { count: 0, lines: [] };
    }
    return exactDuplicates(session, { table, key, present });
  });
}

/**
 * Looks for equal hashes first: grouping eight bytes a row is several times cheaper than grouping
 * the keys. Each pass takes its share of the hashes, so that memory stays bounded.
 */
async function anyHashTwice(
  session: DuckSession,
  input: { table: string; key: readonly string[]; present: string; rows: number },
): Promise<boolean> {
  const passes = Math.max(1, Math.ceil(input.rows / ROWS_A_PASS));
  for (let pass = 0; pass < passes; pass++) {
    const share = passes === 1 ? '' : `where h % ${passes} = ${pass}`;
    const found = await session.first<{ hashes: bigint }>(
      `select count(*) as hashes from
         (select h from (select hash(${input.key.join(', ')}) as h from ${input.table}
            where ${input.present}) ${share} group by h having count(*) > 1)`,
    );
    if ((found?.hashes ?? 0n) > 0n) return true;
  }
  return false;
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
  return staging.write((session) => markSharedIdsIn(session, staged, staging.profile.src));
}

/**
 * Does the same on a table of this session, for rows that are judged again. `fullSrc` says that the
 * table is the whole file of that source: whom a full file does not name, it closes.
 */
export async function markSharedIdsIn(
  session: DuckSession,
  { table, plan }: Pick<StagedDataset, 'table' | 'plan'>,
  fullSrc: string | null = null,
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
     repeated as (select id_no from candidate group by id_no having count(*) > 1),
     earliest as (select id_no, arg_min(person_id, (newcomer, line)) as owner
       from candidate semi join repeated using (id_no)
       group by id_no having count(distinct person_id) > 1)
     select c.line from candidate c join earliest e using (id_no) where c.person_id <> e.owner
     union
     select c.line from candidate c join main.person p on p.id_no = c.id_no
       where p.person_id <> c.person_id
         and p.person_id not in (select person_id from candidate)
         and not (${givenUp(table, plan, fullSrc)})
     order by 1`,
    fullSrc === null ? {} : { src: fullSrc },
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

/** SQL condition: the file itself ends the person `p`, by deleting or by no longer naming it. */
function givenUp(table: string, plan: StagedDataset['plan'], fullSrc: string | null): string {
  const named = (where: string) =>
    `p.person_id in (select person_id from ${table} where person_id is not null ${where})`;
  if (plan.mode === 'I') return named(`and op = 'D' and ${plan.accepted}`);
  if (fullSrc === null) return 'false';
  return `p.batch in (select batch from feed.batch where src = $src) and not ${named('')}`;
}
