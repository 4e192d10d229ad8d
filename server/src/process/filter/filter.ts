import { canonicalJson } from '../../kernel/index.ts';

/**
 * One condition on cases (筛选). Every filter keeps or drops whole cases and looks at nothing but the
 * case itself, so any order and any grouping of the same filters keeps the same cases. That is why
 * there is none like “the ten most frequent variants”: what it keeps would depend on the others.
 */
export type Filter = { readonly exclude?: boolean } & FilterBody;

type FilterBody =
  | {
      readonly kind: 'matter' | 'county' | 'channel' | 'insurance' | 'result';
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'period';
      /** First and last day, inclusive; null is open. */
      readonly from: string | null;
      readonly to: string | null;
      /** Which moment of the case counts: begun, ended, wholly within, or touching the period. */
      readonly by: 'started' | 'finished' | 'within' | 'active';
    }
  | {
      readonly kind: 'attribute';
      readonly of: 'case' | 'event';
      readonly key: string;
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'contains';
      readonly activities: readonly string[];
      readonly mode: 'any' | 'all';
    }
  | { readonly kind: 'starts_with' | 'ends_with'; readonly activities: readonly string[] }
  | {
      readonly kind: 'leads_to';
      readonly from: string;
      readonly to: string;
      readonly how: 'eventually' | 'directly';
    }
  | {
      readonly kind: 'duration';
      /** Seconds, inclusive; null is open. */
      readonly min_s: number | null;
      readonly max_s: number | null;
    }
  | { readonly kind: 'variant'; readonly keys: readonly string[] }
  | { readonly kind: 'case'; readonly ids: readonly string[] }
  | { readonly kind: 'state'; readonly value: 'running' | 'finished' };

/** The same filters as one text, whatever their order and repetitions: the key of cached answers. */
export function filterKey(filters: readonly Filter[]): string {
  return [...new Set(filters.map((filter) => canonicalJson(normal(filter))))].sort().join('\n');
}

function normal(filter: Filter): Record<string, unknown> {
  const entries = Object.entries(filter).map(([name, value]) => [
    name,
    Array.isArray(value) ? [...new Set(value as string[])].sort() : value,
  ]);
  return { exclude: false, ...Object.fromEntries(entries) };
}
