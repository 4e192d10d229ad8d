import type { DuckSession } from '../../store/index.ts';
import type { ImportReport } from '../model.ts';

/**
 * Parts `staged_event` into `raw_event` and what cannot take part: an event without case, activity
 * or time has no place in any case (PM4Py's format_dataframe leaves out the same rows).
 */
export async function settleEvents(
  session: DuckSession,
): Promise<
  Pick<ImportReport, 'events_read' | 'set_aside' | 'repeated_event_ids' | 'out_of_order'>
> {
  const row = await session.first<Record<string, bigint>>(
    `select count(*) as events_read,
       count(*) filter (where case_id is null) as no_case,
       count(*) filter (where case_id is not null and activity is null) as no_activity,
       count(*) filter (where case_id is not null and activity is not null and done_at is null) as no_time,
       count(event_id) - count(distinct (case_id, event_id)) filter (where event_id is not null) as repeated
     from staged_event`,
  );
  await session.run(`
    delete from staged_event where case_id is null or activity is null or done_at is null;
    alter table staged_event rename to raw_event`);
  const late = await session.first<{ n: bigint }>(
    `select count(*) as n from (
       select done_at < lag(done_at) over (partition by case_id order by ord) as back from raw_event) where back`,
  );
  const count = (name: string): number => Number(row?.[name] ?? 0n);
  return {
    events_read: count('events_read'),
    set_aside: {
      ...{
        no_case: count('no_case'),
        no_activity: count('no_activity'),
        no_time: count('no_time'),
      },
    },
    repeated_event_ids: count('repeated'),
    out_of_order: Number(late?.n ?? 0n),
  };
}
