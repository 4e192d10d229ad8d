import type { DossierRow } from './model.ts';
import {
  type Owner,
  sectionCountQuery,
  sectionOrder,
  sectionPageQuery,
  sectionProbeQuery,
} from './queries.ts';
import type { SectionPlan } from './sections.ts';
import { shapeRow, sortRows } from './shape-row.ts';
import { runQuery, type Snapshot } from './snapshot.ts';

export interface SectionRows {
  readonly rows: DossierRow[];
  /** All rows of the person, also those not given. */
  readonly total: number;
}

/** Reads the rows of a section, at most `limit` of them. */
export async function readSection(
  snapshot: Snapshot,
  plan: SectionPlan,
  owner: Owner,
  limit: number,
): Promise<SectionRows> {
  const { session, edition, packageOf } = snapshot;
  const probe = await runQuery(session, sectionProbeQuery(plan, edition, owner, limit));
  if (probe.length > limit) return readPage(snapshot, plan, owner, { limit, offset: 0 });
  const found = probe.map((row) => shapeRow(plan.def, row, packageOf));
  return { rows: sortRows(found, sectionOrder(plan.def)), total: found.length };
}

/** Reads one page of a long section. */
export async function readPage(
  { session, edition, packageOf }: Snapshot,
  plan: SectionPlan,
  owner: Owner,
  page: { limit: number; offset: number; insurances?: readonly string[] },
): Promise<SectionRows> {
  const stored = await runQuery(session, sectionPageQuery(plan, edition, owner, page));
  const [count] = await runQuery(session, sectionCountQuery(plan, edition, owner, page.insurances));
  return {
    rows: stored.map((row) => shapeRow(plan.def, row, packageOf)),
    total: Number(count?.total ?? 0),
  };
}
