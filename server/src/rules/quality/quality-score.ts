import { runUnknown } from '../errors.ts';
import type { RulesWorld } from '../world.ts';

/** How good one column (or table) of one agency is in one period (数据质量评分). */
export interface QualityScore {
  readonly table: string;
  readonly column: string | null;
  readonly agency: string;
  /** Month of the data, `YYYY-MM`. */
  readonly period: string;
  /** Current rows of the agency. */
  readonly rows: number;
  /** Rows with a fault found on arrival (问题行、隔离行) or by a quality rule. */
  readonly faulty: number;
  /** 100 × (1 − faulty ÷ rows), two decimals, never below 0. */
  readonly score: number;
}

interface Count {
  readonly table: string;
  readonly column: string | null;
  readonly agency: string;
  readonly faulty: number;
}

const UNKNOWN = '未知';

/**
 * Scores the data of a run: what its quality rules found and what arrival checks had listed, per
 * table, column, agency and period.
 * @throws RULES_RUN_UNKNOWN
 */
export async function scoreQuality(world: RulesWorld, runId: string): Promise<QualityScore[]> {
  const run = await world.db
    .selectFrom('rule_run')
    .select(['run_id', 'as_of', 'edition'])
    .where('run_id', '=', runId)
    .executeTakeFirst();
  if (run === undefined) throw runUnknown({ id: runId });
  const counts = [...(await foundByRules(world, runId)), ...(await foundOnArrival(world))];
  const rows = await rowsByAgency(world, new Set(counts.map(({ table }) => table)));
  const merged = new Map<string, Count>();
  for (const count of counts) {
    const id = `${count.table} ${count.column ?? ''} ${count.agency}`;
    const known = merged.get(id);
    merged.set(id, { ...count, faulty: count.faulty + (known?.faulty ?? 0) });
  }
  return [...merged.values()]
    .map((count) => scoreOf(count, rows.get(`${count.table} ${count.agency}`) ?? 0, run.as_of))
    .sort((a, b) => (sortText(a) < sortText(b) ? -1 : 1));
}

function scoreOf(
  { table, column, agency, faulty }: Count,
  rows: number,
  asOf: string,
): QualityScore {
  const share = rows === 0 ? 1 : Math.min(1, faulty / rows);
  const score = Math.round((1 - share) * 10_000) / 100;
  return { table, column, agency, period: asOf.slice(0, 7), rows, faulty, score };
}

function sortText({ table, column, agency }: QualityScore): string {
  return `${table} ${column ?? ''} ${agency}`;
}

async function foundByRules({ db, pack }: RulesWorld, runId: string): Promise<Count[]> {
  const rows = await db
    .selectFrom('rule_finding')
    .select(['rule_id', 'agency', (eb) => eb.fn.countAll().as('n')])
    .where('run_id', '=', runId)
    .groupBy(['rule_id', 'agency'])
    .execute();
  return rows.flatMap(({ rule_id, agency, n }) => {
    const measures = pack.rules.get(rule_id)?.measures ?? null;
    if (measures === null) return [];
    return [{ ...measures, agency: agency ?? UNKNOWN, faulty: Number(n) }];
  });
}

/** Issues and quarantined rows of what is published, by the column they are about. */
function foundOnArrival({ duck }: RulesWorld): Promise<Count[]> {
  return duck.read(async (session) => {
    const issues = await session.rows<{ table: string; column: string; n: bigint }>(
      `select dataset as "table", label as "column", count(distinct (batch, line)) as n
       from feed.issue group by 1, 2`,
    );
    const held = await session.rows<{ table: string; agency: string; n: bigint }>(
      `select dataset as "table", agency, count(*) as n from feed.quarantine_row
       where state = 'open' group by 1, 2`,
    );
    return [
      ...issues.map(({ table, column, n }) => ({
        table,
        column,
        agency: UNKNOWN,
        faulty: Number(n),
      })),
      ...held.map(({ table, agency, n }) => ({ table, column: null, agency, faulty: Number(n) })),
    ];
  });
}

function rowsByAgency(
  { duck, content }: RulesWorld,
  tables: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  return duck.read(async (session) => {
    const rows = new Map<string, number>();
    for (const name of tables) {
      const def = content.tables.get(name);
      if (def === undefined) continue;
      const own = def.columns.some((column) => column.name === 'agency');
      const found = await session.rows<{ agency: string | null; n: bigint }>(
        own
          ? `select agency, count(*) as n from main.${name} group by 1`
          : def.person === null
            ? `select null as agency, count(*) as n from main.${name}`
            : `select p.agency, count(*) as n from main.${name} t
               left join main.person p on p.person_id = t.${def.person} group by 1`,
      );
      const total = found.reduce((sum, { n }) => sum + Number(n), 0);
      for (const { agency, n } of found) rows.set(`${name} ${agency ?? UNKNOWN}`, Number(n));
      // Faults whose agency is not known are held against the whole table.
      rows.set(`${name} ${UNKNOWN}`, total);
    }
    return rows;
  });
}
