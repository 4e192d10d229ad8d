import { sql } from 'kysely';
import type { DataScope } from '../contract/index.ts';
import { withinScope } from '../security/index.ts';
import type { Workspace } from './workspace.ts';

/** What people concluded about the alerts of a rule (处置反馈). */
export interface RuleFeedback {
  readonly rule: string;
  readonly open: number;
  readonly concluded: number;
  /** Concluded as not true, or as compliant with policy. */
  readonly unfounded: number;
  /** 0–1; null before anything is concluded. */
  readonly false_positive_share: number | null;
}

/** Counts conclusions by rule within somebody's scope, from what `alerts` keeps. */
export async function ruleFeedback(
  { alerts }: Pick<Workspace, 'alerts'>,
  scope: DataScope,
): Promise<ReadonlyMap<string, RuleFeedback>> {
  const rows = await withinScope(alerts.db, scope, async (transaction) => {
    const found = await sql<{ rule: string; open: bigint; concluded: bigint; unfounded: bigint }>`
      select a.rule, count(*) filter (where c.conclusion is null) as open,
        count(*) filter (where c.conclusion is not null) as concluded,
        count(*) filter (where c.conclusion in ('unfounded', 'compliant')) as unfounded
      from alert a join alert_case c using (case_id) group by a.rule`.execute(transaction);
    return found.rows;
  });
  return new Map(
    rows.map(({ rule, open, concluded, unfounded }) => [
      rule,
      {
        ...{ rule, open: Number(open), concluded: Number(concluded) },
        unfounded: Number(unfounded),
        false_positive_share: concluded === 0n ? null : Number(unfounded) / Number(concluded),
      },
    ]),
  );
}
