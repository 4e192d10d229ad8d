import type { DuckSession } from '../../store/index.ts';
import type { Chosen } from '../filter/ask.ts';

/** A case with its events, as exports write it. */
export interface ExportedCase {
  readonly case_id: string;
  readonly agency: string | null;
  readonly matter: string | null;
  readonly channel: string | null;
  readonly attributes: string | null;
  readonly events: readonly ExportedEvent[];
}

export interface ExportedEvent {
  readonly activity: string;
  /** Shanghai wall time, `YYYY-MM-DDTHH:mm:ss[.ffffff]`. */
  readonly done_at: string;
  readonly start_at: string | null;
  readonly resource: string | null;
  readonly unit: string | null;
  readonly channel: string | null;
  readonly action: string | null;
  readonly event_id: string | null;
  readonly attributes: string | null;
}

const CASES_A_PAGE = 5_000;

/** Hands out the chosen cases in their order, a few thousand at a time. */
export async function* exportedCases(
  session: DuckSession,
  { at, condition, params }: Chosen,
): AsyncGenerator<ExportedCase[]> {
  const last = await session.first<{ n: number | null }>(
    `select max(case_no) as n from ${at}.cases`,
  );
  for (let from = 0; from <= (last?.n ?? 0); from += CASES_A_PAGE) {
    const range = { ...params, low: from, high: from + CASES_A_PAGE };
    const rows = await session.rows<
      ExportedEvent & Omit<ExportedCase, 'events'> & { case_no: number; of_case: string | null }
    >(
      `select c.case_no, c.case_id, c.agency, c.matter, c.channel as case_channel, c.attributes as of_case,
         a.name as activity, e.done_at, e.start_at, r.name as resource, u.name as unit, e.channel, e.action,
         e.event_id, e.attributes
       from (select * from ${at}.cases c where c.case_no >= $low and c.case_no < $high and ${condition.sql}) c
       join ${at}.events e on e.case_no = c.case_no
       join ${at}.activities a on a.id = e.activity
       left join ${at}.resources r on r.id = e.resource
       left join ${at}.units u on u.id = e.unit
       where e.case_no >= $low and e.case_no < $high
       order by c.case_no, e.pos`,
      range,
    );
    const page = [...Map.groupBy(rows, ({ case_no }) => case_no).values()].flatMap((events) => {
      const [first] = events;
      if (first === undefined) return [];
      const { case_id, agency, matter, of_case } = first;
      const channel = (first as unknown as { case_channel: string | null }).case_channel;
      return [{ case_id, agency, matter, channel, attributes: of_case, events }];
    });
    if (page.length > 0) yield page;
  }
}

/** Instants as other systems read them. */
export const zoned = (wallTime: string): string => `${wallTime}+08:00`;
