import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, shanghaiTime } from '../../kernel/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { CITY_LOG, type ImportReport, type PreparedLog } from '../model.ts';
import { openWorkClock } from '../time/work-clock.ts';
import type { ProcessWorld } from '../world.ts';
import {
  dropOldGenerations,
  nextGeneration,
  readRegister,
  registerLog,
  schemaOf,
} from './register.ts';
import { logTables } from './schema.ts';
import { settleEvents } from './settle-events.ts';
import { writeLog } from './write-log.ts';

/** What the city's log stands on: an edition, its date, and the calendar that measures it. */
interface CityState {
  readonly edition: number;
  readonly asOf: string | null;
  readonly stamp: string;
}

/**
 * The city's own log (本市办件), made anew when the municipal database has another edition or the
 * calendar has changed. Whoever asks first waits (about 3 s a million events); the rest share it.
 */
export async function cityLog(world: ProcessWorld): Promise<PreparedLog> {
  const state = await cityState(world);
  const engine = await world.logs.engine();
  const find = async (): Promise<PreparedLog | undefined> =>
    (await engine.read(readRegister)).find(
      (log) => log.info.log === CITY_LOG && log.stamp.startsWith(`${state.stamp}/`),
    );
  const ready = await find();
  if (ready !== undefined) return ready;
  await world.logs.together(state.stamp, () => makeCityLog(world, state));
  const made = await find();
  // Another edition may have been published meanwhile: then that one is the city's log.
  return made ?? cityLog(world);
}

async function cityState(world: ProcessWorld): Promise<CityState> {
  const row = await world.duck.read((session) =>
    session.first<{ edition: number | null; as_of: string | null }>(
      `select (select max(edition) from feed.edition)::INTEGER as edition,
         (select cast(max(as_of) as varchar) from feed.batch) as as_of`,
    ),
  );
  const edition = row?.edition ?? 0;
  const measured = canonicalJson({
    holidays: [...world.content.holidays.values()],
    offices: world.definitions.offices,
  });
  const digest = createHash('sha256').update(measured).digest('hex').slice(0, 16);
  return { edition, asOf: row?.as_of ?? null, stamp: `city-${edition}-${digest}` };
}

/** Steps in order of time; of equal times the lower step number first. One account, one actor. */
const CITY_EVENTS = `
  select row_number() over (order by e.case_id, e.seq, e.batch, e.line) as ord, c.case_id,
    coalesce(s.label, e.step) as activity, e.step as code, e.end_at as done_at, e.start_at,
    e.operator_id as resource, dense_rank() over (order by coalesce(upper(o.id_no), e.operator_id))::VARCHAR as actor,
    coalesce(a.label, e.org) as unit, e.channel, e.action,
    coalesce(e.action in ('03', '06') or e.return_to = '1', false) as sent_back,
    e.event_id, null::VARCHAR as attributes
  from main.biz_event e
  left join main.operator o on o.operator_id = e.operator_id
  left join step_label s on s.value = e.step
  left join agency_label a on a.value = e.org
  left join main.biz_case c on c.case_id = e.case_id`;

const CITY_CASES = `
  select case_id, agency, biz_type as matter, channel, insurance, person_id, applied_at as opened_at,
    finished_at as closed_at, time_limit_days as promised_days, due_at, result, null::VARCHAR as attributes
  from main.biz_case`;

async function makeCityLog(world: ProcessWorld, state: CityState): Promise<void> {
  const engine = await world.logs.engine();
  const files = ['events', 'cases'].map((name) =>
    join(world.duck.stagingDir, `process-${state.stamp}-${name}.parquet`),
  );
  const [events = '', cases = ''] = files;
  try {
    await world.duck.scratch(async (session) => {
      await labels(session, 'step_label', world.content.codeLists.get('CL_STEP')?.values ?? []);
      await labels(
        session,
        'agency_label',
        [...world.content.agencies].map(([value, label]) => ({ value, label })),
      );
      await session.run(`copy (${CITY_EVENTS}) to '${events}' (format parquet)`);
      await session.run(`copy (${CITY_CASES}) to '${cases}' (format parquet)`);
    });
    await engine.transaction((session) => writeCity(world, session, state, { events, cases }));
  } finally {
    for (const file of files) await rm(file, { force: true });
  }
}

async function writeCity(
  world: ProcessWorld,
  session: DuckSession,
  state: CityState,
  { events, cases }: { readonly events: string; readonly cases: string },
): Promise<void> {
  const generation = await nextGeneration(session);
  const at = schemaOf(generation);
  await session.run(`
    ${logTables(at)}
    create table ${at}.staged_event as from read_parquet('${events}');
    create temp table raw_case as from read_parquet('${cases}')`);
  const settled = await settleEvents(session, at);
  await openWorkClock(session, world.content, world.definitions.offices);
  const { counts, outOfOrder } = await writeLog(session, at);
  const report: ImportReport = {
    ...{ ...settled, out_of_order: outOfOrder },
    ...{ merged_cases: 0, columns: {}, notes: [] },
  };
  await registerLog(session, {
    ...{ log: CITY_LOG, generation, stamp: state.stamp, title: '本市办件', kind: 'city' },
    ...{ format: '回流数据', objectType: null, sourceName: null },
    ...{ edition: state.edition, asOf: state.asOf },
    ...{ at: shanghaiTime(world.clock.now()), by: 'system', counts, report },
  });
  await dropOldGenerations(session, generation);
}

async function labels(
  session: DuckSession,
  table: string,
  values: readonly { readonly value: string; readonly label: string }[],
): Promise<void> {
  await session.run(
    `create temp table ${table} as select unnest($values::VARCHAR[]) as value, unnest($labels::VARCHAR[]) as label`,
    { values: values.map(({ value }) => value), labels: values.map(({ label }) => label) },
  );
}
