import type {
  BenefitPeriods,
  ContributionGap,
  Dossier,
  DossierRow,
  DossierSection,
  EnrolmentPeriod,
  InsuranceTimeline,
  MonthSpan,
  StateMark,
} from './model.ts';
import { type MonthIndex, monthIndex, runsAndGaps } from './periods.ts';
import { sectionName } from './sections.ts';

export interface TimelineRows {
  readonly enrolments: readonly DossierRow[];
  readonly contributions: readonly DossierRow[];
  readonly entitlements: readonly DossierRow[];
  readonly payments: readonly DossierRow[];
  /** All rows of the person are here; false when one of the lists was cut. */
  readonly complete: boolean;
}

/**
 * Residents pay once for a calendar year; the feed stores the year as its December.
 * @source data dictionary §5 contribution.due_period (居保源值是年，存 yyyy12)
 */
const PAID_BY_YEAR: ReadonlySet<string> = new Set(['170']);

/** @source CL_PAID: 1 已实缴, 2 欠缴, 7 已退收 */
const CONTRIBUTION = { paid: '1', owed: '2', refunded: '7' } as const;
/** @source CL_PAID_FLAG: 1 已支付 */
const BENEFIT_PAID = '1';

/** Arranges a person's rows as periods of each insurance (险种时间线). */
export function buildTimelines(rows: TimelineRows): Record<string, InsuranceTimeline> {
  const lists = [rows.enrolments, rows.contributions, rows.entitlements, rows.payments];
  const insurances = new Set(lists.flat().map((row) => text(row, 'insurance') ?? ''));
  const timelines: Record<string, InsuranceTimeline> = {};
  for (const insurance of [...insurances].filter((code) => code !== '').sort()) {
    const own = (list: readonly DossierRow[]) => list.filter((row) => row.insurance === insurance);
    const enrolments = own(rows.enrolments);
    timelines[insurance] = {
      insurance,
      enrolments: enrolmentPeriods(enrolments),
      contributions: contributionPeriods(own(rows.contributions), PAID_BY_YEAR.has(insurance)),
      benefits: benefitPeriods(own(rows.payments)),
      states: stateMarks(enrolments, own(rows.entitlements)),
      complete: rows.complete,
    };
  }
  return timelines;
}

/** Arranges the sections of a dossier as timelines. */
export function buildDossierTimelines(
  lists: Readonly<Record<string, readonly DossierRow[]>>,
  sections: Readonly<Record<string, DossierSection>>,
): Dossier['timelines'] {
  const names = ['enrolment', 'contribution', 'entitlement', 'benefit_payment'].map(sectionName);
  const [enrolments, contributions, entitlements, payments] = names.map(
    (name) => lists[name] ?? [],
  );
  return buildTimelines({
    enrolments: enrolments ?? [],
    contributions: contributions ?? [],
    entitlements: entitlements ?? [],
    payments: payments ?? [],
    complete: names.every((name) => sections[name]?.truncated !== true),
  });
}

function enrolmentPeriods(rows: readonly DossierRow[]): EnrolmentPeriod[] {
  return rows
    .map((row) => ({
      enrolment_id: text(row, 'enrolment_id'),
      unit_id: text(row, 'unit_id'),
      from: month(row, 'insured_on'),
      to: month(row, 'end_ym'),
      pay_status: text(row, 'pay_status'),
      enrol_status: text(row, 'enrol_status'),
      change_reason: text(row, 'change_reason'),
    }))
    .sort((a, b) => compare(a.from, b.from) || compare(a.enrolment_id, b.enrolment_id));
}

/** Counts a month as paid when what was paid for it outweighs what was paid back. */
function contributionPeriods(
  rows: readonly DossierRow[],
  byYear: boolean,
): InsuranceTimeline['contributions'] {
  const net = new Map<MonthIndex, number>();
  const owed = new Set<MonthIndex>();
  for (const row of rows) {
    const due = monthIndex(text(row, 'due_period') ?? '');
    if (due === null) continue;
    const flag = text(row, 'paid_flag');
    for (const index of byYear ? monthsOfYear(due) : [due]) {
      if (flag === CONTRIBUTION.owed) owed.add(index);
      else net.set(index, (net.get(index) ?? 0) + paidMonths(row, flag));
    }
  }
  const paid = [...net].filter(([, months]) => months > 0).map(([index]) => index);
  const { runs, gaps } = runsAndGaps(paid);
  const withOwed = gaps.map((gap) => ({ ...gap, owed_months: countWithin(owed, gap) }));
  return { runs, gaps: withOwed satisfies ContributionGap[], paid_months: paid.length };
}

/** A refunded row takes back what its negative months say; its positive original no longer counts. */
function paidMonths(row: DossierRow, flag: string | null): number {
  const value = row.months;
  const months = typeof value === 'number' ? value : 1;
  if (flag === CONTRIBUTION.refunded) return Math.min(0, months);
  const paid = flag === CONTRIBUTION.paid || (flag === null && row.arrive_flag === '1');
  return paid ? months : 0;
}

function benefitPeriods(rows: readonly DossierRow[]): BenefitPeriods[] {
  const items = Map.groupBy(rows, (row) => text(row, 'item') ?? '');
  return [...items]
    .sort(([a], [b]) => compare(a, b))
    .map(([item, own]) => {
      const oneOff = own.every((row) => row.entitlement_id === null);
      const { runs, gaps } = runsAndGaps(benefitMonths(own));
      return { item, one_off: oneOff, runs, gaps: oneOff ? [] : gaps };
    });
}

function benefitMonths(rows: readonly DossierRow[]): MonthIndex[] {
  const sums = new Map<MonthIndex, number>();
  for (const row of rows) {
    const due = monthIndex(text(row, 'due_ym') ?? '');
    const amount = row.amount;
    if (due === null || row.pay_flag !== BENEFIT_PAID || typeof amount !== 'number') continue;
    sums.set(due, (sums.get(due) ?? 0) + amount);
  }
  return [...sums].filter(([, sum]) => sum > 0).map(([due]) => due);
}

function stateMarks(
  enrolments: readonly DossierRow[],
  entitlements: readonly DossierRow[],
): StateMark[] {
  const paying = enrolments.flatMap((row) =>
    mark('contribution', text(row, 'pay_status'), {
      since: month(row, 'change_on') ?? month(row, 'insured_on'),
      reason: text(row, 'change_reason'),
      source_id: text(row, 'enrolment_id'),
    }),
  );
  const receiving = entitlements.flatMap((row) =>
    mark('benefit', text(row, 'pay_state'), {
      since: benefitStateMonth(row),
      reason: text(row, 'state_reason'),
      source_id: text(row, 'entitlement_id'),
    }),
  );
  return [...paying, ...receiving].sort(
    (a, b) =>
      compare(a.since, b.since) || compare(a.kind, b.kind) || compare(a.source_id, b.source_id),
  );
}

function mark(
  kind: StateMark['kind'],
  state: string | null,
  rest: Omit<StateMark, 'kind' | 'state'>,
): StateMark[] {
  return state === null ? [] : [{ kind, state, ...rest }];
}

/** A benefit that is being paid (1) holds its state since its start, a stopped one since the stop. */
function benefitStateMonth(row: DossierRow): string | null {
  const start = month(row, 'start_ym');
  if (row.pay_state === '1') return start;
  return month(row, 'state_ym') ?? month(row, 'end_ym') ?? start;
}

function* monthsOfYear(index: MonthIndex): Generator<MonthIndex> {
  const january = index - (index % 12);
  for (let i = 0; i < 12; i += 1) yield january + i;
}

function countWithin(months: Iterable<MonthIndex>, { from, to }: MonthSpan): number {
  const first = monthIndex(from) ?? 0;
  const last = monthIndex(to) ?? 0;
  return [...months].filter((index) => index >= first && index <= last).length;
}

function text(row: DossierRow, column: string): string | null {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}

function month(row: DossierRow, column: string): string | null {
  return text(row, column)?.slice(0, 7) ?? null;
}

/** Orders texts by code unit, missing ones first, so that results do not depend on a locale. */
function compare(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : (a ?? '') > (b ?? '') ? 1 : 0;
}
