import type { Principal } from '../../contract/index.ts';
import { maskValue, recordAct } from '../../security/index.ts';
import { chosenFrom } from '../filter/ask.ts';
import { findLog } from '../log/find-log.ts';
import type { LogQuestion } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { rounded } from './times-sql.ts';

/** One case in a list: no number of the person, the name only masked. */
export interface CaseRow {
  readonly case_id: string;
  readonly matter: string | null;
  readonly matter_title: string | null;
  readonly agency: string | null;
  readonly channel: string | null;
  readonly person_name: string | null;
  readonly opened_at: string | null;
  readonly first_at: string;
  readonly last_at: string;
  readonly closed_at: string | null;
  readonly result: string | null;
  readonly duration_s: number | null;
  readonly events: number;
  readonly variant: string;
  readonly current_activity: string;
}

export interface CasePage {
  readonly rows: readonly CaseRow[];
  readonly page: number;
  readonly page_size: number;
  readonly total: number;
}

export interface CaseListRequest {
  readonly page: number;
  readonly pageSize: number;
  readonly order: 'longest' | 'newest';
  readonly origin: string;
}

type StoredRow = Omit<CaseRow, 'duration_s' | 'person_name' | 'matter_title'> & {
  readonly duration_s: number | null;
  readonly person_id: string | null;
  readonly total: bigint;
};

/**
 * Lists the chosen cases (案件清单), masked; the look is audited. Cases of an edge, an activity or a
 * variant are those that the filter of the same name keeps.
 */
export async function listCases(
  world: ProcessWorld,
  principal: Principal,
  question: Omit<LogQuestion, 'scope'>,
  request: CaseListRequest,
): Promise<CasePage> {
  const log = await findLog(world, principal.scope, question.log);
  const chosen = chosenFrom(log, { ...question, scope: principal.scope });
  const { page, pageSize } = request;
  const order = request.order === 'longest' ? 'c.duration_us desc' : 'c.first_at desc';
  const engine = await world.logs.engine();
  const stored = await engine.read((session) =>
    session.rows<StoredRow>(
      `select c.case_id, c.matter, c.agency, c.channel, c.person_id, c.opened_at, c.first_at, c.last_at,
         c.closed_at, c.result, c.duration_us / 1e6 as duration_s, c.events, v.key as variant,
         a.name as current_activity, c.total
       from (select c.*, count(*) over () as total from ${chosen.cases}
         order by ${order}, c.case_no limit $page_size offset $page_offset) c
       join ${log.at}.variants v on v.variant = c.variant
       join ${log.at}.activities a on a.id = c.end_activity
       order by ${order}, c.case_no`,
      { ...chosen.params, page_size: pageSize, page_offset: (page - 1) * pageSize },
    ),
  );
  const names = await maskedNames(world, stored);
  await recordAct(world.db, {
    ...{ actor: principal.actor, origin: request.origin, action: 'process.cases' },
    object: log.info.log,
  });
  return {
    rows: stored.map(({ person_id, total: _, duration_s, ...row }) => ({
      ...row,
      duration_s: rounded(duration_s),
      matter_title: titleOf(world, row.matter),
      person_name: person_id === null ? null : (names.get(person_id) ?? null),
    })),
    ...{ page, page_size: pageSize, total: Number(stored[0]?.total ?? 0) },
  };
}

/** Name of a matter: its process description, the code list, else its code. */
export function titleOf({ definitions, content }: ProcessWorld, matter: string | null) {
  if (matter === null) return null;
  const listed = content.codeLists.get('CL_BIZ')?.values.find(({ value }) => value === matter);
  return definitions.processes.get(matter)?.title ?? listed?.label ?? matter;
}

export async function maskedNames(
  world: ProcessWorld,
  rows: readonly { readonly person_id: string | null }[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.flatMap(({ person_id }) => person_id ?? []))];
  if (ids.length === 0) return new Map();
  const found = await world.duck.read((session) =>
    session.rows<{ person_id: string; name: string | null }>(
      'select person_id, name from main.person where person_id = any($ids::VARCHAR[])',
      { ids },
    ),
  );
  return new Map(found.map(({ person_id, name }) => [person_id, maskValue('name', name ?? '')]));
}
