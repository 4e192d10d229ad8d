import type { Progress } from '../../server/src/kernel/index.ts';
import type { PersonKeys } from './choose-persons.ts';
import { type LookUp, type MeasuredLookups, measureLookups } from './measure-lookups.ts';

/** Keys and amounts of one round, the same for both sides. */
export interface LookupPlan {
  readonly keys: readonly PersonKeys[];
  /** Look-ups of a series with several readers; one reader alone does a quarter. */
  readonly lookups: number;
  readonly readers: number;
}

/** Results by `<way>/<key>/<readers>`. */
export type SeriesResults = Readonly<Record<string, MeasuredLookups>>;

/** One way of looking up, by one kind of key. */
export interface Way {
  readonly way: string;
  readonly key: keyof PersonKeys;
  readonly lookUp: LookUp<string>;
}

const WARM_UP = 50;

export function seriesName(way: string, key: keyof PersonKeys, readers: number): string {
  return `${way}/${key}/${readers}`;
}

/** Runs every way alone and with all readers, each after a warm-up that is not counted. */
export async function runSeries(
  plan: LookupPlan,
  ways: readonly Way[],
  progress: Progress,
): Promise<SeriesResults> {
  const results: Record<string, MeasuredLookups> = {};
  for (const { way, key, lookUp } of ways) {
    const keys = plan.keys.map((person) => person[key]);
    for (const readers of new Set([1, plan.readers])) {
      const name = seriesName(way, key, readers);
      const lookups = readers === 1 ? Math.ceil(plan.lookups / 4) : plan.lookups;
      // The last keys first, so that the measured ones are not simply still in memory.
      const warm = keys.slice(-WARM_UP).reverse();
      await measureLookups(warm, { lookups: Math.min(WARM_UP, lookups), readers }, lookUp);
      results[name] = await measureLookups(keys, { lookups, readers }, lookUp, (done) =>
        progress.report(`测量 ${name}`, done, lookups, 'steps'),
      );
    }
  }
  return results;
}
