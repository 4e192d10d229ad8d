import { sql } from 'kysely';
import type { DataScope } from '../../contract/index.ts';
import type { RulesWorld } from '../world.ts';
import { type QualityScore, scoreQuality } from './quality-score.ts';

/** A kept score with the run it belongs to. */
export interface KeptScore extends QualityScore {
  readonly run_id: string;
  readonly as_of: string;
}

/**
 * Scores the data of a run and keeps the scores (数据质量评分), so that pages need not count millions
 * of rows. Doing it again replaces them.
 * @throws RULES_RUN_UNKNOWN
 */
export async function keepQuality(world: RulesWorld, runId: string): Promise<number> {
  const scores = await scoreQuality(world, runId);
  await world.db.transaction().execute(async (db) => {
    await db.deleteFrom('rule_quality').where('run_id', '=', runId).execute();
    for (let at = 0; at < scores.length; at += 2_000) {
      const rows = scores.slice(at, at + 2_000).map(({ table, column, ...rest }) => ({
        ...{ run_id: runId, table_name: table, column_name: column },
        ...{ agency: rest.agency, period: rest.period, score: rest.score },
        ...{ row_count: BigInt(rest.rows), faulty: BigInt(rest.faulty) },
      }));
      await db.insertInto('rule_quality').values(rows).execute();
    }
  });
  return scores.length;
}

export interface QualityRequest {
  readonly scope: DataScope;
  readonly table?: string;
  readonly agency?: string;
  /** Month of the data `YYYY-MM`; the newest unless given. */
  readonly period?: string;
}

/** Lists kept scores of one month within somebody's scope, the worst first. */
export async function listQuality(
  world: RulesWorld,
  { scope, table, agency, period }: QualityRequest,
): Promise<KeptScore[]> {
  const { agencies } = scope;
  const newest = await world.db
    .selectFrom('rule_quality as q')
    .innerJoin('rule_run as r', 'r.run_id', 'q.run_id')
    .select(['q.run_id', 'r.as_of'])
    .$if(period !== undefined, (query) => query.where('q.period', '=', period as string))
    .orderBy('r.started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined) return [];
  const rows = await world.db
    .selectFrom('rule_quality')
    .selectAll()
    .where('run_id', '=', newest.run_id)
    .$if(agencies !== 'all', (query) =>
      query.where(sql<boolean>`agency = any(${[...agencies]}::text[])`),
    )
    .$if(table !== undefined, (query) => query.where('table_name', '=', table as string))
    .$if(agency !== undefined, (query) => query.where('agency', '=', agency as string))
    .orderBy('score')
    .orderBy('table_name')
    .orderBy('column_name')
    .orderBy('agency')
    .execute();
  return rows.map((row) => ({
    ...{ run_id: row.run_id, as_of: newest.as_of, table: row.table_name, column: row.column_name },
    ...{ agency: row.agency, period: row.period, score: Number(row.score) },
    ...{ rows: Number(row.row_count), faulty: Number(row.faulty) },
  }));
}

/** Months for which scores are kept, the newest first. */
export async function listQualityPeriods({ db }: RulesWorld): Promise<string[]> {
  const rows = await db
    .selectFrom('rule_quality')
    .select('period')
    .distinct()
    .orderBy('period', 'desc')
    .execute();
  return rows.map(({ period }) => period);
}
