import type { DuckSession } from '../../store/index.ts';
import type { ProcessContent, TimeLimit } from '../content/process-content.ts';

/** The limit that binds a matter by law; null where none could be sourced. */
function statutoryLimit(content: ProcessContent, matter: string | null): TimeLimit | null {
  const limits = content.processes.get(matter ?? '')?.limits ?? [];
  return limits.find(({ kind }) => kind === 'statutory') ?? null;
}

/** Makes the temporary table `matter_limit` of this session: what content states for each matter. */
export async function openLimits(session: DuckSession, content: ProcessContent): Promise<void> {
  const rows = [...content.processes.keys()].flatMap((matter) => {
    const statutory = statutoryLimit(content, matter);
    const promised = content.processes.get(matter)?.limits.find(({ kind }) => kind === 'promised');
    const limit = statutory ?? promised;
    return limit === undefined ? [] : [{ matter, limit }];
  });
  await session.run(
    `create temp table matter_limit as select unnest($matter::VARCHAR[]) as matter, unnest($days::INTEGER[]) as days,
       unnest($unit::VARCHAR[]) as unit, unnest($source::VARCHAR[]) as source`,
    {
      matter: rows.map(({ matter }) => matter),
      days: rows.map(({ limit }) => limit.days + limit.extension),
      unit: rows.map(({ limit }) => limit.unit),
      source: rows.map(({ limit }) => limit.source),
    },
  );
}
