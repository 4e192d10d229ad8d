import type { AlertNumbers, Panorama } from '../../../api/panorama.ts';

/** What the row of large numbers says; null where the source cannot be read. */
export interface KeyNumbers {
  readonly persons: number | null;
  readonly receiving: number | null;
  readonly alerts: AlertNumbers | null;
}

export function keyNumbersOf({ people, alerts }: Panorama): KeyNumbers {
  const counties = people.value?.counties;
  const sum = (of: 'persons' | 'receiving') =>
    counties?.reduce((total, county) => total + county[of], 0) ?? null;
  return { persons: sum('persons'), receiving: sum('receiving'), alerts: alerts.value };
}

const PARTS = { feed: '数据', people: '人数', alerts: '疑点', process: '流程' } as const;

/** Parts that show older numbers because their source is away, with the moment of the oldest. */
export function staleParts(panorama: Panorama): { names: string[]; since: string | null } {
  const stale = (Object.keys(PARTS) as (keyof typeof PARTS)[]).filter(
    (part) => panorama[part].stale,
  );
  const since = stale.flatMap((part) => panorama[part].read_at ?? []).sort()[0] ?? null;
  return { names: stale.map((part) => PARTS[part]), since };
}

/** Borders of at most five classes with round numbers, so that a legend can name them. */
export function classesOf(values: readonly number[], count = 5): number[] {
  const most = Math.max(0, ...values);
  if (most === 0) return [0, 1];
  const rough = most / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    ([1, 2, 5, 10].find((one) => one * magnitude >= rough) ?? 10) * magnitude,
  );
  return Array.from({ length: Math.ceil((most + 1) / step) + 1 }, (_, index) => index * step);
}
