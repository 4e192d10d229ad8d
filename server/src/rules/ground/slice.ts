import type { DuckSession } from '../../store/index.ts';
import { literal } from '../sql/bind.ts';

/** Which people a part of a run looks at. */
export type Slice =
  | { readonly kind: 'all' }
  /** Person numbers from `from` up to, not including, `to`; null is open. */
  | { readonly kind: 'range'; readonly from: string | null; readonly to: string | null }
  | { readonly kind: 'persons'; readonly persons: readonly string[] };

/** People of one slice: their months of contribution and payment fit in memory together. */
const SLICE_PERSONS = 120_000;

/** Named one by one in SQL up to this many, so that the engine finds their blocks. */
export const NAMED_PERSONS = 50;

/** Cuts the population by person number into slices of about equal size. */
export async function populationSlices(
  session: DuckSession,
  persons: string,
  slicePersons: number = SLICE_PERSONS,
): Promise<Slice[]> {
  const row = await session.first<{ n: bigint }>(`select count(*) as n from ${persons}`);
  const count = Math.ceil(Number(row?.n ?? 0n) / slicePersons);
  if (count <= 1) return [{ kind: 'range', from: null, to: null }];
  const shares = Array.from({ length: count - 1 }, (_, i) => `${i + 1}.0 / ${count}`);
  const cuts = await session.rows<{ cut: string }>(
    `select distinct unnest(quantile_disc(person_id, [${shares.join(', ')}])) as cut
     from ${persons} order by cut`,
  );
  const bounds = [null, ...cuts.map(({ cut }) => cut), null];
  return bounds.slice(1).map((to, i) => ({ kind: 'range', from: bounds[i] ?? null, to }));
}

/** SQL condition that keeps the rows of a slice; `column` names the person. */
export function sliceCondition(slice: Slice, column: string): string {
  switch (slice.kind) {
    case 'all':
      return 'true';
    case 'range': {
      const parts = [
        slice.from === null ? null : `${column} >= ${literal(slice.from)}`,
        slice.to === null ? null : `${column} < ${literal(slice.to)}`,
      ].filter((part) => part !== null);
      return parts.length === 0 ? 'true' : parts.join(' and ');
    }
    case 'persons':
      return slice.persons.length <= NAMED_PERSONS
        ? `${column} in ${literal(slice.persons.length === 0 ? [''] : slice.persons)}`
        : `${column} in (select person_id from run_person)`;
  }
}
