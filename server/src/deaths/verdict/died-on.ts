import type { Settings } from '../content/model.ts';
import type { Statement } from '../registry/fold.ts';

/** The days between which somebody died according to one statement; the same day twice as a rule. */
export interface DeathDay {
  readonly from: string;
  readonly to: string;
  /** `cancellation`: the day of the cancelled registration stands in for it. */
  readonly basis: 'death' | 'cremation' | 'cancellation';
}

/** Why a statement is no statement about a death. */
export type NotDeath = 'cancelled_otherwise' | 'cancelled_unknown' | 'no_date';

/**
 * Reads the day of death out of a statement. A registration cancelled for another reason than death
 * (参军、出国定居、重户、迁移) never counts, whatever dates stand beside it; cancelled without a
 * reason it counts only with a day of death.
 */
export function readDeathDay(
  settings: Settings,
  source: string,
  statement: Statement,
): DeathDay | NotDeath {
  const { deathDate, precision, crematedOn, hukouCancelOn, hukouCancelReason } = statement;
  const reason = hukouCancelReason?.normalize('NFKC').replace(/\s/gu, '') ?? '';
  const byDeath = settings.hukou_death_reasons.includes(reason);
  if (source === settings.hukou_source && reason !== '' && !byDeath) return 'cancelled_otherwise';
  if (deathDate !== null) {
    const basis =
      source === settings.hukou_source && deathDate === hukouCancelOn ? 'cancellation' : 'death';
    return { ...periodOf(deathDate, precision), basis };
  }
  if (source === settings.cremation_source && crematedOn !== null) {
    return { from: crematedOn, to: crematedOn, basis: 'cremation' };
  }
  if (source === settings.hukou_source && hukouCancelOn !== null) {
    if (!byDeath) return 'cancelled_unknown';
    return { from: hukouCancelOn, to: hukouCancelOn, basis: 'cancellation' };
  }
  return 'no_date';
}

/** A month or year alone is kept as its last day. */
function periodOf(day: string, precision: Statement['precision']): { from: string; to: string } {
  const [year = '', month = ''] = day.split('-');
  if (precision === 'M') return { from: `${year}-${month}-01`, to: lastOfMonth(year, month) };
  if (precision === 'Y') return { from: `${year}-01-01`, to: `${year}-12-31` };
  return { from: day, to: day };
}

function lastOfMonth(year: string, month: string): string {
  return new Date(Date.UTC(Number(year), Number(month), 0)).toISOString().slice(0, 10);
}

/** Days that lie between statements that are farthest apart; 0 where their periods meet. */
export function gapDays(days: readonly DeathDay[]): number {
  if (days.length < 2) return 0;
  const from =
    days
      .map((day) => day.from)
      .sort()
      .at(-1) ?? '';
  const to = days.map((day) => day.to).sort()[0] ?? '';
  return Math.max(0, daysBetween(to, from));
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** The first day of a month some months later, `YYYY-MM-DD`. */
export function monthAfter(day: string, months: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}
