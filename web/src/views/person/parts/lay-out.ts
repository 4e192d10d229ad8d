import type { Dossier, MonthSpan } from '../../../api/dossier.ts';

export interface Bar extends MonthSpan {
  readonly kind: 'paid' | 'gap' | 'benefit';
  /** Shares of the whole scale in percent. */
  readonly left: number;
  readonly width: number;
  /** Benefit item (CL_BEN_ITEM). */
  readonly item: string | null;
  readonly note: string;
}

export interface TimelinePlan {
  readonly lanes: readonly { readonly insurance: string; readonly bars: readonly Bar[] }[];
  readonly ticks: readonly { readonly label: string; readonly at: number }[];
}

type Span = MonthSpan & Pick<Bar, 'kind' | 'item' | 'note'>;

/** Places every period of a person on one scale of months. */
export function layOut({ timelines }: Dossier): TimelinePlan {
  const spans = Object.values(timelines).map((timeline) => ({
    insurance: timeline.insurance,
    spans: [
      ...timeline.contributions.runs.map((run) => span('paid', run, '')),
      ...timeline.contributions.gaps.map((gap) =>
        span('gap', gap, gap.owed_months > 0 ? `其中欠缴 ${gap.owed_months} 个月` : ''),
      ),
      ...timeline.benefits.flatMap(({ item, runs }) =>
        runs.map((run) => ({ ...span('benefit', run, ''), item })),
      ),
    ].sort((a, b) => (a.from < b.from ? -1 : 1)),
  }));
  const all = spans.flatMap((one) => one.spans);
  if (all.length === 0) return { lanes: [], ticks: [] };
  const first = Math.floor(Math.min(...all.map(({ from }) => index(from))) / 12) * 12;
  const last = Math.max(...all.map(({ to }) => index(to))) + 1;
  const at = (month: number) => ((month - first) / (last - first)) * 100;
  return {
    lanes: spans
      .filter((one) => one.spans.length > 0)
      .map(({ insurance, spans: own }) => ({
        insurance,
        bars: own.map((one) => {
          const left = at(index(one.from));
          return { ...one, left, width: at(index(one.to) + 1) - left };
        }),
      })),
    ticks: ticksOf(first, last).map((year) => ({ label: String(year), at: at(year * 12) })),
  };
}

function span(kind: Bar['kind'], { from, to, months }: MonthSpan, note: string): Span {
  return { kind, from, to, months, note, item: null };
}

/** At most a dozen years with a label. */
function ticksOf(first: number, last: number): number[] {
  const from = Math.ceil(first / 12);
  const to = Math.floor((last - 1) / 12);
  const step = Math.max(1, Math.ceil((to - from + 1) / 12));
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

/** Months since year 0 of `YYYY-MM`. */
function index(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
}
