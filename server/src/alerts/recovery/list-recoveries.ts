import { type RawBuilder, sql } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { caseScope } from '../access.ts';
import { maskedNames } from '../read/masked-person.ts';
import type { AlertsWorld } from '../world.ts';

export interface RecoveryFilter {
  readonly state?: 'open' | 'settled' | 'overdue' | 'waiting';
  readonly agencies?: readonly string[];
  readonly person_id?: string;
  readonly case_id?: string;
  readonly page?: number;
  readonly page_size?: number;
}

/** A line of the recovery ledger (追回台账). */
export interface RecoveryLine {
  readonly recovery_id: string;
  readonly case_id: string;
  readonly agency: string;
  readonly person_id: string | null;
  readonly person_name: string | null;
  readonly title: string;
  readonly kind: string;
  readonly due_fen: number;
  readonly received_fen: number;
  readonly offset_fen: number;
  readonly written_off_fen: number;
  readonly balance_fen: number;
  /** Instalments due before today that what came back since the agreement does not cover. */
  readonly overdue_fen: number;
  readonly next_due_on: string | null;
  /** Write-offs and agreements that wait for a second person. */
  readonly waiting: number;
}

/**
 * Instalments of the approved agreement with what is not covered of each: money pays the earliest
 * first, whatever it was meant for.
 */
const INSTALMENTS = sql`select g.recovery_id, i.due_on, i.no, i.amount_fen,
    greatest(least(i.amount_fen,
      sum(i.amount_fen) over (partition by g.agreement_id order by i.no)
        - (r.due_fen - r.balance_fen - g.paid_before_fen)), 0)::bigint as open_fen
  from recovery_agreement g
  join recovery r on r.recovery_id = g.recovery_id
  join recovery_instalment i on i.agreement_id = g.agreement_id
  where g.state = 'approved'`;

interface Raw extends Omit<RecoveryLine, 'recovery_id' | 'case_id' | 'person_name'> {
  readonly recovery_id: bigint;
  readonly case_id: bigint;
}

/** Lists the recoveries within the reader's scope with their sums and what is overdue. */
export async function listRecoveries(
  world: AlertsWorld,
  principal: Principal,
  filter: RecoveryFilter = {},
) {
  const today = shanghaiDay(world.clock.now());
  const { page = 1, page_size: size = 50 } = filter;
  const limit = Math.min(Math.max(size, 1), 200);
  const where = sql.join(partsOf(principal, filter), sql` and `);
  const { rows, sums } = await withinScope(world.db, principal.scope, async (db) => {
    const ledger = sql`with instalment as (${INSTALMENTS}), ledger as (
      select r.*, c.person_id, c.title, d.kind,
        coalesce((select sum(open_fen) from instalment i
          where i.recovery_id = r.recovery_id and i.due_on < ${today}), 0)::bigint as overdue_fen,
        (select min(due_on) from instalment i
          where i.recovery_id = r.recovery_id and i.open_fen > 0) as next_due_on,
        cast((select count(*) from recovery_entry e where e.recovery_id = r.recovery_id and e.state = 'proposed')
          + (select count(*) from recovery_agreement g where g.recovery_id = r.recovery_id and g.state = 'proposed') as integer) as waiting
      from recovery r join alert_case c on c.case_id = r.case_id
      join alert_disposal d on d.disposal_id = r.disposal_id where ${where}
    ), shown as (select * from ledger where ${stateOf(filter)})`;
    const found =
      await sql<Raw>`${ledger} select recovery_id, case_id, agency, person_id, title, kind,
        due_fen::float8 as due_fen, received_fen::float8 as received_fen, offset_fen::float8 as offset_fen,
        written_off_fen::float8 as written_off_fen, balance_fen::float8 as balance_fen,
        overdue_fen::float8 as overdue_fen, next_due_on, waiting
      from shown order by (overdue_fen > 0) desc, next_due_on nulls last, recovery_id
      limit ${limit} offset ${(page - 1) * limit}`.execute(db);
    const total = await sql<Sums>`${ledger} select cast(count(*) as integer) as total,
        coalesce(sum(due_fen), 0)::float8 as due_fen, coalesce(sum(received_fen), 0)::float8 as received_fen,
        coalesce(sum(offset_fen), 0)::float8 as offset_fen,
        coalesce(sum(written_off_fen), 0)::float8 as written_off_fen,
        coalesce(sum(balance_fen), 0)::float8 as balance_fen,
        coalesce(sum(overdue_fen), 0)::float8 as overdue_fen from shown`.execute(db);
    return { rows: found.rows, sums: total.rows[0] ?? NO_SUMS };
  });
  const names = await maskedNames(world, rows);
  const { total, ...totals } = sums;
  return {
    rows: rows.map((row) => ({
      ...row,
      recovery_id: String(row.recovery_id),
      case_id: String(row.case_id),
      person_name: names.get(row.person_id ?? '') ?? null,
    })),
    ...{ page, page_size: limit, total, totals },
  };
}

interface Sums {
  readonly total: number;
  readonly due_fen: number;
  readonly received_fen: number;
  readonly offset_fen: number;
  readonly written_off_fen: number;
  readonly balance_fen: number;
  readonly overdue_fen: number;
}

const NO_SUMS: Sums = {
  ...{ total: 0, due_fen: 0, received_fen: 0, offset_fen: 0 },
  ...{ written_off_fen: 0, balance_fen: 0, overdue_fen: 0 },
};

function partsOf(principal: Principal, filter: RecoveryFilter): RawBuilder<unknown>[] {
  const parts: RawBuilder<unknown>[] = [caseScope(principal)];
  if (filter.agencies !== undefined)
    parts.push(sql`r.agency = any(${[...filter.agencies]}::text[])`);
  if (filter.person_id !== undefined) parts.push(sql`c.person_id = ${filter.person_id}`);
  if (filter.case_id !== undefined) parts.push(sql`c.case_id::text = ${filter.case_id}`);
  return parts;
}

function stateOf({ state }: RecoveryFilter): RawBuilder<unknown> {
  if (state === 'open') return sql`balance_fen > 0`;
  if (state === 'settled') return sql`balance_fen = 0`;
  if (state === 'overdue') return sql`overdue_fen > 0`;
  return state === 'waiting' ? sql`waiting > 0` : sql`true`;
}
