import type { DuckSession } from '../../server/src/store/index.ts';
import { dayOf, monthOf } from './months.ts';

/** One person's rows of the tables the twelve rules read; months and days are numbers, money is fen. */
export interface PersonRows {
  readonly person: readonly PersonRow[];
  readonly payments: readonly PaymentRow[];
  readonly contributions: readonly ContributionRow[];
  readonly entitlements: readonly EntitlementRow[];
  readonly deaths: readonly DeathRow[];
  readonly custody: readonly CustodyRow[];
  readonly injuries: readonly InjuryRow[];
  readonly cases: readonly CaseRow[];
  /** Types of the units that contributed. */
  readonly unitTypes: ReadonlyMap<string, string | null>;
}

export type PersonRow = Awaited<ReturnType<typeof readPersons>>[number];
export type PaymentRow = Awaited<ReturnType<typeof readPayments>>[number];
export type ContributionRow = Awaited<ReturnType<typeof readContributions>>[number];
export type EntitlementRow = Awaited<ReturnType<typeof readEntitlements>>[number];
export type DeathRow = Awaited<ReturnType<typeof readDeaths>>[number];
export type CustodyRow = Awaited<ReturnType<typeof readCustody>>[number];
export type InjuryRow = Awaited<ReturnType<typeof readInjuries>>[number];
export type CaseRow = Awaited<ReturnType<typeof readCases>>[number];

/** Reads a person's rows, one query a table, as a program that judges one person at a time would. */
export async function readPerson(session: DuckSession, personId: string): Promise<PersonRows> {
  const contributions = await readContributions(session, personId);
  return {
    contributions,
    person: await readPersons(session, personId),
    payments: await readPayments(session, personId),
    entitlements: await readEntitlements(session, personId),
    deaths: await readDeaths(session, personId),
    custody: await readCustody(session, personId),
    injuries: await readInjuries(session, personId),
    cases: await readCases(session, personId),
    unitTypes: await readUnitTypes(session, contributions),
  };
}

/** The values the store gives, by column. */
type Stored = Readonly<Record<string, unknown>>;

function rowsOf(
  session: DuckSession,
  table: string,
  columns: readonly string[],
  personId: string,
): Promise<Stored[]> {
  const sql = `select ${columns.join(', ')} from main.${table} where person_id = $person`;
  return session.rows(sql, { person: personId });
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const month = (value: unknown): number => monthOf(text(value));
const day = (value: unknown): number => dayOf(text(value));
/** Fen of one person stay far below what a number holds exactly; a sum passes over what is missing. */
const fen = (...parts: readonly unknown[]): number =>
  parts.includes(null) ? 0 : parts.reduce<number>((sum, part) => sum + Number(part), 0);

async function readPersons(session: DuckSession, personId: string) {
  const columns = ['birth_date', 'birth_date_id', 'sex', 'personal_identity'];
  return (await rowsOf(session, 'person', columns, personId)).map((row) => ({
    birthMonth: month(row.birth_date),
    birthMonthById: month(row.birth_date_id ?? row.birth_date),
    sex: text(row.sex),
    identity: text(row.personal_identity),
  }));
}

async function readPayments(session: DuckSession, personId: string) {
  const columns = ['insurance', 'item', 'due_ym', 'amount', 'pay_flag', 'adj_flag'];
  const more = ['entitlement_id', 'account_no'];
  const rows = await rowsOf(session, 'benefit_payment', [...columns, ...more], personId);
  return rows.map((row) => ({
    ...{ insurance: text(row.insurance), item: text(row.item), month: month(row.due_ym) },
    ...{ fen: fen(row.amount), flag: text(row.pay_flag), adjusted: text(row.adj_flag) },
    ...{ entitlement: text(row.entitlement_id), account: text(row.account_no) },
  }));
}

async function readContributions(session: DuckSession, personId: string) {
  const columns = ['insurance', 'due_period', 'pay_type', 'paid_flag', 'unit_id'];
  const sums = ['unit_due', 'person_due'];
  const rows = await rowsOf(session, 'contribution', [...columns, ...sums], personId);
  return rows.map((row) => ({
    ...{ insurance: text(row.insurance), month: month(row.due_period), unit: text(row.unit_id) },
    ...{ type: text(row.pay_type), flag: text(row.paid_flag) },
    fen: fen(row.unit_due, row.person_due),
  }));
}

async function readEntitlements(session: DuckSession, personId: string) {
  const columns = ['insurance', 'benefit_class', 'retire_type', 'retire_on', 'approve_ym'];
  const more = ['start_ym', 'end_ym', 'pay_state'];
  const rows = await rowsOf(session, 'entitlement', [...columns, ...more], personId);
  return rows.map((row) => ({
    ...{ insurance: text(row.insurance), class: text(row.benefit_class) },
    ...{ type: text(row.retire_type), state: text(row.pay_state) },
    ...{ retired: month(row.retire_on), approved: month(row.approve_ym) },
    ...{ start: month(row.start_ym), end: month(row.end_ym) },
  }));
}

async function readDeaths(session: DuckSession, personId: string) {
  const columns = ['source', 'death_date', 'hukou_cancel_on', 'received_at', 'match_level'];
  const more = ['verdict', 'batch', 'line'];
  const rows = await rowsOf(session, 'death_event', [...columns, ...more], personId);
  return rows.map((row) => ({
    ...{ source: text(row.source), day: day(row.death_date), month: month(row.death_date) },
    ...{ cancelled: day(row.hukou_cancel_on), received: text(row.received_at) ?? '' },
    ...{ match: text(row.match_level), verdict: text(row.verdict) },
    ...{ batch: Number(row.batch), line: Number(row.line) },
  }));
}

async function readCustody(session: DuckSession, personId: string) {
  const rows = await rowsOf(session, 'custody_event', ['kind', 'start_on', 'end_on'], personId);
  return rows.map((row) => ({
    ...{ kind: text(row.kind), startDay: day(row.start_on), start: month(row.start_on) },
    end: month(row.end_on),
  }));
}

async function readInjuries(session: DuckSession, personId: string) {
  const columns = ['decision', 'disability', 'assessed_on', 'occurred_on'];
  return (await rowsOf(session, 'injury_case', columns, personId)).map((row) => ({
    ...{ decision: text(row.decision), grade: text(row.disability) },
    ...{ occurred: day(row.occurred_on), known: month(row.assessed_on ?? row.occurred_on) },
  }));
}

async function readCases(session: DuckSession, personId: string) {
  const columns = ['biz_type', 'applied_at', 'finished_at'];
  return (await rowsOf(session, 'biz_case', columns, personId)).map((row) => ({
    ...{ type: text(row.biz_type), applied: text(row.applied_at) ?? '' },
    finished: row.finished_at !== null,
  }));
}

async function readUnitTypes(
  session: DuckSession,
  contributions: readonly ContributionRow[],
): Promise<PersonRows['unitTypes']> {
  const ids = [...new Set(contributions.flatMap(({ unit }) => unit ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await session.rows<{ unit_id: string; unit_type: string | null }>(
    'select unit_id, unit_type from main.unit where unit_id in (select unnest($ids::VARCHAR[]))',
    { ids },
  );
  return new Map(rows.map((row) => [row.unit_id, row.unit_type]));
}
