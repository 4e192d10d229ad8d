import type { DuckSession } from '../../store/index.ts';
import type { ProcessContent } from '../content/process-content.ts';

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

/** Steps nobody does by hand: batch runs and the tax office's pushes. */
const AUTOMATIC = "('11', '12')";

/**
 * One row per deviation (偏差) of a case from the description of its matter: kind, case, the step or
 * steps concerned, and the moment. Cases in progress are judged for everything but what may still
 * come; withdrawn and void ones not at all.
 */
export function deviationsSql(at: string, cases: string, events: string): string {
  return `
    judged as (
      select c.* from ${cases}
      where c.matter in (select matter from described_step) and coalesce(c.result, '1') not in ('3', '4')
    ), step as (
      select e.case_no, e.pos, a.code as step, a.name as activity, e.done_at, e.sent_back, e.actor, e.resource, e.channel, c.matter
      from ${events} join judged c on c.case_no = e.case_no join ${at}.activities a on a.id = e.activity
    ), neighbour as (
      select s.*, lead(step) over seat as next_step, lead(activity) over seat as next_activity,
        lead(done_at) over seat as next_at,
        sum(case when sent_back then 1 else 0 end) over (partition by case_no order by pos) as rounds_after
      from step s window seat as (partition by case_no order by pos)
    ), skipped as (
      select 'skipped' as kind, c.case_no, d.step as step, null::VARCHAR as other_step, c.last_at as at_time, null::INTEGER as actor_resource
      from judged c join described_step d on d.matter = c.matter and d.required
      where coalesce(c.result, '1') = '1'
        and not exists (select 1 from step s where s.case_no = c.case_no and s.step = d.step)
    ), repeated as (
      select 'repeated' as kind, case_no, step, null::VARCHAR as other_step, max(done_at) as at_time, null::INTEGER as actor_resource
      from (select *, rounds_after - case when sent_back then 1 else 0 end as round from neighbour)
      group by case_no, step, round having count(*) > 1
    ), out_of_order as (
      select 'out_of_order' as kind, n.case_no, n.step, n.next_step as other_step, n.next_at as at_time, null::INTEGER as actor_resource
      from neighbour n
      join described_step a on a.matter = n.matter and a.step = n.step
      join described_step b on b.matter = n.matter and b.step = n.next_step
      where b.place < a.place and not n.sent_back
    ), same_person as (
      select 'same_person' as kind, s.case_no, p.first_step as step, p.second_step as other_step,
        max(t.done_at) as at_time, min(s.resource) as actor_resource
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
