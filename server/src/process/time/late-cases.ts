import type { DataScope, Principal } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { recordAct } from '../../security/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { maskedNames, titleOf } from '../discover/list-cases.ts';
import { type Chosen, chosenFrom } from '../filter/ask.ts';
import { type Filter, filterKey } from '../filter/filter.ts';
import { cityLog } from '../log/city-log.ts';
import type { ProcessWorld } from '../world.ts';
import {
  FORECAST,
  FORECAST_COLUMNS,
  historySql,
  NEAR_DAYS,
  usedDaysSql,
  WORK_DAYS,
} from './late-sql.ts';
import { openLimits } from './limits.ts';
import { openWorkClock } from './work-clock.ts';

/** `no_limit`: neither law nor promise; `unknown`: the calendar of a year concerned is missing. */
export type LateState = 'overdue' | 'near' | 'on_time' | 'no_limit' | 'unknown';

/** A case in progress against its limit (在办超期). */
export interface LateCase {
  readonly case_id: string;
  readonly matter: string;
  readonly matter_title: string | null;
  readonly agency: string | null;
  readonly channel: string | null;
  readonly person_name: string | null;
  readonly opened_on: string;
  readonly current_activity: string;
  readonly since: string;
  readonly state: LateState;
  readonly limit_days: number | null;
  readonly limit_unit: 'work' | 'calendar';
  /** Where the limit stands; null: the promise made with the case. */
  readonly limit_source: string | null;
  readonly used_days: number | null;
  /** Days the applicant was asked to complete something, not counted. */
  readonly paused_days: number;
  /** Negative where overdue. */
  readonly remaining_days: number | null;
  readonly due_on: string | null;
  /** Finished cases of this matter and activity that the forecast stands on; null: too few. */
  readonly forecast_cases: number | null;
  /** From 0 to 1; null where overdue already, without a limit, or without history. */
  readonly breach_probability: number | null;
  readonly rest_days_median: number | null;
  readonly rest_days_p90: number | null;
}

export interface LatePage {
  readonly as_of: string;
  readonly rows: readonly LateCase[];
  readonly page: number;
  readonly page_size: number;
  readonly total: number;
  /** Cases in progress by state, whatever the page. */
  readonly counts: Readonly<Record<LateState, number>>;
}

export interface LateRequest {
  readonly filters: readonly Filter[];
  /** Default: the date of the data. */
  readonly asOf: string | null;
  /** Null: all states. */
  readonly states: readonly LateState[] | null;
  readonly page: number;
  readonly pageSize: number;
}

type StoredLate = Omit<LateCase, 'matter_title' | 'person_name'> & {
  readonly person_id: string | null;
};

/**
 * Lists the city's cases in progress against their limits, the most overdue first, masked.
 * The look of a person is audited by {@link showLateCases}.
 */
export async function lateCases(
  world: ProcessWorld,
  scope: DataScope,
  request: LateRequest,
): Promise<LatePage> {
  const { asOf, all } = await judgeRunning(world, scope, request);
  const { states, page, pageSize } = request;
  const wanted = states === null ? all : all.filter(({ state }) => states.includes(state));
  const shown = wanted.slice((page - 1) * pageSize, page * pageSize);
  const names = await maskedNames(world, shown);
  const count = (state: LateState): number => all.filter((each) => each.state === state).length;
  return {
    as_of: asOf,
    rows: shown.map(({ person_id, ...row }) => ({
      ...row,
      matter_title: titleOf(world, row.matter),
      person_name: person_id === null ? null : (names.get(person_id) ?? null),
    })),
    ...{ page, page_size: pageSize, total: wanted.length },
    counts: {
      ...{ overdue: count('overdue'), near: count('near'), on_time: count('on_time') },
      ...{ no_limit: count('no_limit'), unknown: count('unknown') },
    },
  };
}

/** Every case in progress within the scope, judged at the date asked for; kept a day and an edition. */
export async function judgeRunning(
  world: ProcessWorld,
  scope: DataScope,
  asked: Pick<LateRequest, 'filters' | 'asOf'>,
): Promise<{ readonly asOf: string; readonly all: readonly StoredLate[] }> {
  const log = await cityLog(world);
  const asOf = asked.asOf ?? log.info.as_of ?? shanghaiDay(world.clock.now());
  const chosen = chosenFrom(log, { scope, filters: asked.filters });
  const whose = `${scope.agencies}/${scope.insurances}`;
  const key = ['late', log.stamp, asOf, whose, filterKey(asked.filters)].join('\n');
  const engine = await world.logs.engine();
  const all = await world.cache.once(key, () =>
    engine.scratch((session) => readLate(world, session, chosen, asOf)),
  );
  return { asOf, all };
}

/** {@link lateCases} for a person, with its audit entry. */
export async function showLateCases(
  world: ProcessWorld,
  principal: Principal,
  request: LateRequest & { readonly origin: string },
): Promise<LatePage> {
  const page = await lateCases(world, principal.scope, request);
  await recordAct(world.db, {
    ...{ actor: principal.actor, origin: request.origin, action: 'process.late', object: null },
  });
  return page;
}

async function readLate(
  world: ProcessWorld,
  session: DuckSession,
  { at, cases, events, params }: Chosen,
  asOf: string,
): Promise<StoredLate[]> {
  await openWorkClock(session, world.content, world.definitions.offices);
  await session.run(WORK_DAYS);
  await openLimits(session, world.definitions);
  const rows = await session.rows<
    StoredLate & { finished: bigint | null; forecast_cases: bigint | null }
  >(
    `with ${usedDaysSql(cases, events)}, last_event as (
       select case_no, max(work_at) as work_at from ${at}.events
       where case_no in (select case_no from used) group by case_no
     ), ${historySql(at)}, ${FORECAST}
     select u.case_id, u.matter, u.agency, u.channel, u.person_id, u.from_day::VARCHAR as opened_on,
       a.name as current_activity, u.last_at as since,
       case when u.limit_days is null then 'no_limit' when u.used_days is null then 'unknown'
         when u.used_days > u.limit_days then 'overdue'
         when u.limit_days - u.used_days <= ${NEAR_DAYS} then 'near' else 'on_time' end as state,
       u.limit_days, u.limit_unit, u.limit_source, u.used_days::INTEGER as used_days,
       u.paused_days::INTEGER as paused_days, (u.limit_days - u.used_days)::INTEGER as remaining_days,
       case u.limit_unit when 'calendar' then u.from_day + (u.limit_days + u.paused_days)::INTEGER else d.day end::VARCHAR as due_on,
       ${FORECAST_COLUMNS}
     from used u
     join ${at}.activities a on a.id = u.end_activity
     left join forecast f on f.case_no = u.case_no
     left join work_day d on d.working and d.n = u.from_n + u.limit_days + u.paused_days
     order by remaining_days asc nulls last, u.case_id`,
    { ...params, as_of: asOf },
  );
  return rows.map((row) => ({
    ...row,
    forecast_cases: row.forecast_cases === null ? null : Number(row.forecast_cases),
  }));
}
