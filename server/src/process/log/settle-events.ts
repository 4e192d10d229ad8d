import type { DuckSession } from '../../store/index.ts';
import type { ImportReport } from '../model.ts';

/** What the import says of the events before they are put in order. */
export type SettledEvents = Pick<ImportReport, 'events_read' | 'set_aside' | 'repeated_event_ids'>;

/**
 * Makes the view `raw_event` of the staged events that can take part and counts the others: an event
 * without case, activity or time has no place in any case (PM4Py's format_dataframe leaves out the
 * same rows).
 */
export async function settleEvents(session: DuckSession, at: string): Promise<SettledEvents> {
  const row = await session.first<Record<string, bigint>>(
    `select count(*) as events_read,
       count(*) filter (where case_id is null) as no_case,
       count(*) filter (where case_id is not null and activity is null) as no_activity,
       count(*) filter (where case_id is not null and activity is not null and done_at is null) as no_time,
       count(event_id) - count(distinct (case_id, event_id)) filter (where event_id is not null) as repeated
     from ${at}.staged_event`,
  );
  await session.run(`create or replace temp view raw_event as select * from ${at}.staged_event
    where case_id is not null and activity is not null and done_at is not null`);
  const count = (name: string): number => Number(row?.[name] ?? 0n);
  return {
    events_read: count('events_read'),
    set_aside: {
      ...{ no_case: count('no_case'), no_activity: count('no_activity') },
      no_time: count('no_time'),
    },
    repeated_event_ids: count('repeated'),
  };
}
