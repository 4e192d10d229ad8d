import { type RawBuilder, sql } from 'kysely';
import type { Principal, Severity } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { workingCalendar } from '../../municipal/index.ts';
import { withinScope } from '../../security/index.ts';
import { caseScope, whoIs } from '../access.ts';
import type { CaseRow } from '../handle/find-case.ts';
import type { Conclusion } from '../handling/handling.ts';
import { type CaseState, STATE_TITLES } from '../model.ts';
import type { AlertsWorld } from '../world.ts';
import { maskedNames } from './masked-person.ts';

/** What an inbox shows; every part narrows it further. */
export interface CaseFilter {
  readonly states?: readonly CaseState[];
  readonly levels?: readonly Severity[];
  readonly agencies?: readonly string[];
  readonly rule?: string;
  readonly rule_group?: string;
  readonly owner?: string;
  readonly insurance?: string;
  readonly conclusion?: Conclusion;
  readonly tier?: 'county' | 'city';
  readonly assignee?: 'me' | 'none' | 'others';
  readonly due?: 'overdue' | 'today' | 'week';
  readonly facts?: 'vanished' | 'changed' | 'recurred';
  readonly person_id?: string;
  readonly case_id?: string;
  readonly opened_from?: string;
  readonly opened_to?: string;
  readonly snoozed?: boolean;
}

export type CaseSort = 'due' | 'amount' | 'opened' | 'waiting';

export interface ListInput {
  readonly filter?: CaseFilter;
  readonly sort?: CaseSort;
  readonly page?: number;
  readonly page_size?: number;
}

/** A case as a row of the inbox; the name is masked and fetched for this page only. */
export interface CaseLine {
  readonly case_id: string;
  readonly version: number;
  readonly agency: string;
  readonly title: string;
  readonly topic: string;
  readonly rules: readonly string[];
  readonly level: Severity;
  readonly match_grade: 'A' | 'B';
  readonly state: CaseState;
  readonly state_title: string;
  readonly tier: 'county' | 'city';
  readonly owner: string;
  readonly person_id: string | null;
  readonly person_name: string | null;
  readonly unit_id: string | null;
  readonly amount_fen: number | null;
  readonly conclusion: Conclusion | null;
  readonly assignee_name: string | null;
  readonly mine: boolean;
  readonly opened_on: string;
  readonly due_on: string | null;
  /** Working days left; negative when overdue. */
  readonly days_left: number | null;
  readonly vanished: boolean;
  readonly changed: boolean;
  readonly occurrence: number;
  readonly trial: boolean;
  readonly snoozed_until: string | null;
}

export interface CasePage {
  readonly rows: readonly CaseLine[];
  readonly page: number;
  readonly page_size: number;
  readonly total: number;
}

const LARGEST_PAGE = 200;

const ORDERS: Readonly<Record<CaseSort, RawBuilder<unknown>>> = {
  due: sql`c.due_on, c.case_id`,
  amount: sql`c.amount_fen desc nulls last, c.case_id`,
  opened: sql`c.opened_at desc, c.case_id`,
  waiting: sql`c.state_since, c.case_id`,
};

/** Lists the cases somebody may see (疑点清单), a page at a time; 200,000 cases answer in under 500 ms. */
export async function listCases(
  world: AlertsWorld,
  principal: Principal,
  input: ListInput = {},
): Promise<CasePage> {
  const { page = 1, page_size: asked = 50 } = input;
  const size = Math.min(Math.max(asked, 1), LARGEST_PAGE);
  const today = shanghaiDay(world.clock.now());
  const where = sql.join(conditions(principal, input.filter ?? {}, today), sql` and `);
  const { rows, total } = await withinScope(world.db, principal.scope, async (db) => {
    const counted = await sql<{ total: number }>`select cast(count(*) as integer) as total
      from alert_case c where ${where}`.execute(db);
    const found = await sql<CaseRow>`select c.* from alert_case c where ${where}
      order by ${ORDERS[input.sort ?? 'due']} limit ${size} offset ${(page - 1) * size}`.execute(
      db,
    );
    return { rows: found.rows, total: counted.rows[0]?.total ?? 0 };
  });
  const names = await maskedNames(world, rows);
  const calendar = workingCalendar(world.content);
  return {
    rows: rows.map((row) =>
      lineOf(row, principal, names, (due) => calendar.workingDaysBetween(today, due)),
    ),
    ...{ page, page_size: size, total },
  };
}

/** The row of the inbox of one case. */
export function lineOf(
  row: CaseRow,
  principal: Principal,
  names: ReadonlyMap<string, string>,
  daysLeft: (due: string) => number,
): CaseLine {
  return {
    ...{ case_id: String(row.case_id), version: row.version, agency: row.agency },
    ...{ title: row.title, topic: row.topic, rules: row.rules, level: row.level },
    ...{ match_grade: row.match_grade, state: row.state, state_title: STATE_TITLES[row.state] },
    ...{ tier: row.tier, owner: row.owner, person_id: row.person_id, unit_id: row.unit_id },
    person_name: names.get(row.person_id ?? '') ?? null,
    amount_fen: row.amount_fen === null ? null : Number(row.amount_fen),
    ...{ conclusion: row.conclusion, assignee_name: row.assignee_name },
    mine: row.assignee === whoIs(principal),
    ...{ opened_on: row.opened_on, due_on: row.due_on },
    days_left: row.due_on === null ? null : daysLeft(row.due_on),
    ...{ vanished: row.vanished, changed: row.changed, occurrence: row.occurrence },
    ...{ trial: row.trial, snoozed_until: row.snoozed_until },
  };
}

/** Scope first, then what is asked for; everything is a bound parameter. */
export function conditions(
  principal: Principal,
  filter: CaseFilter,
  today: string,
): RawBuilder<unknown>[] {
  const open = sql`c.state not in ('closed', 'settled')`;
  const parts: RawBuilder<unknown>[] = [caseScope(principal)];
  const texts = ['rule_group', 'owner', 'conclusion', 'tier', 'person_id'] as const;
  for (const name of texts) {
    const value = filter[name];
    if (value !== undefined) parts.push(sql`${sql.ref(`c.${name}`)} = ${value}`);
  }
  if (filter.states !== undefined) parts.push(sql`c.state = any(${[...filter.states]}::text[])`);
  if (filter.levels !== undefined) parts.push(sql`c.level = any(${[...filter.levels]}::text[])`);
  if (filter.agencies !== undefined)
    parts.push(sql`c.agency = any(${[...filter.agencies]}::text[])`);
  if (filter.rule !== undefined) parts.push(sql`${filter.rule} = any(c.rules)`);
  if (filter.insurance !== undefined) parts.push(sql`${filter.insurance} = any(c.insurance)`);
  if (filter.case_id !== undefined) parts.push(sql`c.case_id::text = ${filter.case_id}`);
  if (filter.opened_from !== undefined) parts.push(sql`c.opened_on >= ${filter.opened_from}::date`);
  if (filter.opened_to !== undefined) parts.push(sql`c.opened_on <= ${filter.opened_to}::date`);
  const who = whoIs(principal);
  if (filter.assignee === 'me') parts.push(sql`c.assignee = ${who}`);
  if (filter.assignee === 'none') parts.push(sql`c.assignee is null`);
  if (filter.assignee === 'others') parts.push(sql`c.assignee <> ${who}`);
  if (filter.due === 'overdue') parts.push(sql`c.due_on < ${today} and ${open}`);
  if (filter.due === 'today') parts.push(sql`c.due_on = ${today} and ${open}`);
  if (filter.due === 'week') {
    parts.push(sql`c.due_on between ${today}::date and ${today}::date + 7 and ${open}`);
  }
  if (filter.facts === 'vanished') parts.push(sql`c.vanished`);
  if (filter.facts === 'changed') parts.push(sql`c.changed`);
  if (filter.facts === 'recurred') parts.push(sql`c.occurrence > 1`);
  if (filter.snoozed === true) parts.push(sql`c.snoozed_until >= ${today}`);
  if (filter.snoozed === false)
    parts.push(sql`(c.snoozed_until is null or c.snoozed_until < ${today})`);
  return parts;
}
