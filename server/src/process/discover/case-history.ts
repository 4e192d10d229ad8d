import type { Principal } from '../../contract/index.ts';
import { recordAct } from '../../security/index.ts';
import { caseUnknown } from '../errors.ts';
import { chosenFrom } from '../filter/ask.ts';
import { findLog } from '../log/find-log.ts';
import type { ProcessWorld } from '../world.ts';
import { rounded } from './times-sql.ts';

/** One step of one case as it happened. */
export interface CaseStep {
  readonly activity: string;
  readonly done_at: string;
  readonly start_at: string | null;
  readonly resource: string | null;
  readonly unit: string | null;
  readonly channel: string | null;
  readonly action: string | null;
  readonly sent_back: boolean;
  /** Seconds since the step before; null at the first. */
  readonly since_s: number | null;
}

/**
 * Shows the steps of one case (案件经过) and audits the look.
 * @throws PROCESS_CASE_UNKNOWN also where the case is another agency's
 */
export async function caseHistory(
  world: ProcessWorld,
  principal: Principal,
  request: { readonly log: string | null; readonly caseId: string; readonly origin: string },
): Promise<{ readonly case_id: string; readonly steps: readonly CaseStep[] }> {
  const log = await findLog(world, principal.scope, request.log);
  const chosen = chosenFrom(log, {
    scope: principal.scope,
    filters: [{ kind: 'case', ids: [request.caseId] }],
  });
  const engine = await world.logs.engine();
  const steps = await engine.read((session) =>
    session.rows<CaseStep>(
      `select a.name as activity, e.done_at, e.start_at, r.name as resource, u.name as unit, e.channel,
         e.action, e.sent_back, lag(e.gap_us) over (order by e.pos) / 1e6 as since_s
       from ${chosen.events}
       join ${log.at}.activities a on a.id = e.activity
       left join ${log.at}.resources r on r.id = e.resource
       left join ${log.at}.units u on u.id = e.unit
       order by e.pos`,
      chosen.params,
    ),
  );
  await recordAct(world.db, {
    ...{ actor: principal.actor, origin: request.origin, action: 'process.case' },
    ...{ object: request.caseId, outcome: steps.length === 0 ? 'not_found' : 'ok' },
  });
  if (steps.length === 0) throw caseUnknown({});
  return {
    case_id: request.caseId,
    steps: steps.map((step) => ({ ...step, since_s: rounded(step.since_s) })),
  };
}
