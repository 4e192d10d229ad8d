import type { DuckSession } from '../../store/index.ts';
import type { ProcessContent } from '../content/process-content.ts';
import type { Chosen } from '../filter/ask.ts';

/** Makes `described_step` and `separate_step` of this session out of the described processes. */
export async function openDescriptions(
  session: DuckSession,
  content: ProcessContent,
): Promise<void> {
  const steps = [...content.processes.values()].flatMap(({ matter, steps: listed }) =>
    listed.map(({ step, required }, place) => ({ matter, step, place, required })),
  );
  const pairs = [...content.processes.values()].flatMap(({ matter, separate }) =>
    separate.map(([first, second]) => ({ matter, first, second })),
  );
  await session.run(
    `create temp table described_step as select unnest($matter::VARCHAR[]) as matter, unnest($step::VARCHAR[]) as step,
       unnest($place::INTEGER[]) as place, unnest($required::INTEGER[]) = 1 as required`,
    {
      matter: steps.map(({ matter }) => matter),
      step: steps.map(({ step }) => step),
      place: steps.map(({ place }) => place),
      required: steps.map(({ required }) => Number(required)),
    },
  );
  await session.run(
    `create temp table separate_step as select unnest($matter::VARCHAR[]) as matter,
       unnest($first::VARCHAR[]) as first_step, unnest($second::VARCHAR[]) as second_step`,
    {
      matter: pairs.map(({ matter }) => matter),
      first: pairs.map(({ first }) => first),
      second: pairs.map(({ second }) => second),
    },
  );
}

/** CL_CHANNEL of steps nobody does by hand: batch runs and the tax office's pushes. */
const AUTOMATIC = "('11', '12')";
/** CL_ACTION: 退回、撤销、回退 pass nothing; 转办 hands a step on and does not do it. */
const NOT_PASSED = "('03', '05', '06')";
const HANDED_ON = "'04'";

/**
 * One row per deviation (偏差) of a case from the description of its matter: kind, case, the step or
 * steps concerned, and the moment. Cases in progress are judged for everything but what may still
 * come; withdrawn and void ones not at all. No step is missing in a case without steps of its own
 * (batch runs) nor in one closed after the last event its agency has returned.
 */
export function deviationsSql(
  { at, cases, events }: Pick<Chosen, 'at' | 'cases' | 'events'>,
  { deviations }: ProcessContent,
): string {
  const apart = deviations.get('out_of_order')?.tolerance_s ?? 0;
  return `
    judged as (
      select c.* from ${cases}
      where c.matter in (select matter from described_step) and coalesce(c.result, '1') not in ('3', '4')
    ), step as (
      select e.case_no, e.pos, a.code as step, e.done_at, e.sent_back, e.action, e.actor, e.channel, c.matter
      from ${events} join judged c on c.case_no = e.case_no join ${at}.activities a on a.id = e.activity
    ), neighbour as (
      select s.*, lead(step) over seat as next_step, lead(done_at) over seat as next_at,
        sum(case when sent_back then 1 else 0 end) over (partition by case_no order by pos) as rounds_after
      from step s window seat as (partition by case_no order by pos)
    ), returned as (
      select agency, max(last_at) as until from ${at}.cases group by agency
    ), skipped as (
      select 'skipped' as kind, c.case_no, d.step as step, null::VARCHAR as other_step, c.last_at as at_time
      from judged c
      join described_step d on d.matter = c.matter and d.required
      join returned r on r.agency is not distinct from c.agency and coalesce(c.closed_at, c.last_at) <= r.until
      where coalesce(c.result, '1') = '1' and coalesce(c.channel, '') not in ${AUTOMATIC}
        and not exists (select 1 from step s where s.case_no = c.case_no and s.step = d.step
          and coalesce(s.action, '') not in ${NOT_PASSED})
    ), repeated as (
      select 'repeated' as kind, case_no, step, null::VARCHAR as other_step, max(done_at) as at_time
      from (select *, rounds_after - case when sent_back then 1 else 0 end as round from neighbour)
      where action is distinct from ${HANDED_ON}
      group by case_no, step, round having count(*) > 1
    ), out_of_order as (
      select 'out_of_order' as kind, n.case_no, n.step, n.next_step as other_step, n.next_at as at_time
      from neighbour n
      join described_step a on a.matter = n.matter and a.step = n.step
      join described_step b on b.matter = n.matter and b.step = n.next_step
      where b.place < a.place and not n.sent_back
        and epoch(n.next_at) - epoch(n.done_at) > ${apart}
    ), same_person as (
      select 'same_person' as kind, s.case_no, p.first_step as step, p.second_step as other_step,
        max(t.done_at) as at_time
      from step s
      join separate_step p on p.matter = s.matter and p.first_step = s.step
      join step t on t.case_no = s.case_no and t.step = p.second_step and t.actor = s.actor
      where coalesce(s.channel, '') not in ${AUTOMATIC}
        and coalesce(t.channel, '') not in ${AUTOMATIC}
      group by s.case_no, p.first_step, p.second_step
    ), deviation as (
      select * from skipped union all select distinct * from repeated
      union all select distinct * from out_of_order union all select * from same_person
    )`;
}
