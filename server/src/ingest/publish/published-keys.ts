import { identifier } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { markSharedIdsIn } from '../check/duplicate-keys.ts';
import { recordKey } from '../ledger/write-account.ts';
import { textLiteral } from '../stage/sql-text.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';

type Restaged = Pick<StagedDataset, 'def' | 'plan' | 'table'>;

/**
 * Marks rows judged again that would overwrite what is published: another record has the key a
 * repair gave them (KEY01), or another person the citizen number (ID08).
 */
export async function markPublishedKeys(
  session: DuckSession,
  restaged: Restaged,
  batch: number,
): Promise<void> {
  const { def, plan, table } = restaged;
  if (def.name === 'person') await markSharedIdsIn(session, restaged);
  const fault = plan.faults.find((item) => item.code === 'KEY01');
  if (fault === undefined) return;
  const key = recordKey(def, 's');
  const conditions = [takenKey(restaged), statedElsewhere(restaged, batch)];
  if (plan.mode === 'F') {
    conditions.push(`${key} in (select ${key} from ${table} s where ${plan.accepted}
      group by 1 having count(*) > 1)`);
  }
  await session.run(
    `update ${table} set faults${fault.mask} = faults${fault.mask} | ${1n << BigInt(fault.bit)}
     where line in (select s.line from ${table} s
       join feed.quarantine_row q on q.batch = ${batch} and q.dataset = ${textLiteral(def.name)}
         and q.line = s.line
       where ${plan.accepted} and (${conditions.map((sql) => `(${sql})`).join(' or ')}))`,
  );
}

/** The repair gave the row a key that a current record has; a change (U, D) may well name one. */
function takenKey({ def, plan }: Restaged): string {
  const inserting = plan.mode === 'I' ? `s.op = 'I' and ` : '';
  return `${inserting}q.record_key is distinct from ${recordKey(def, 's')}
    and exists (select 1 from rows.${def.name} c where c.edition_to is null and ${sameKey(def.key)})`;
}

/**
 * Another line of the same file stated the record. Of an incremental file that is no obstacle:
 * what a later change overtakes was closed when the package was published.
 */
function statedElsewhere({ def, plan }: Restaged, batch: number): string {
  if (plan.mode === 'I') return 'false';
  return `exists (select 1 from rows.${def.name} c
    where c.batch = ${batch} and c.line <> s.line and ${sameKey(def.key)})`;
}

function sameKey(key: readonly string[]): string {
  return key.map((name) => `c.${identifier(name)} = s.${identifier(name)}`).join(' and ');
}
