import type { Selectable } from 'kysely';
import { withinScope } from '../../security/index.ts';
import { type ConnectorConfig, isQueried } from '../connectors/index.ts';
import type { Asker } from '../registry/audit.ts';
import type { InquiryRow, RegistryDb } from '../registry/tables.ts';
import type { DeathsWorld } from '../world.ts';

/** A department that can be asked about one person. */
export interface QueriedDepartment {
  readonly department: string;
  readonly title: string;
  readonly subject: 'death' | 'custody';
  readonly source: string;
}

/** A question to a department and what became of it (点名查询记录). */
export interface ShownInquiry {
  readonly inquiry_no: string;
  readonly department: string;
  readonly title: string;
  readonly record: string;
  readonly person_id: string | null;
  readonly agency: string;
  readonly asked_by: string;
  readonly asked_at: string;
  readonly purpose: string;
  /**
   * `found` it reported something, `none` it knows nothing, `unusable` nothing it said could be
   * taken, `failed` it did not answer, `asked` we died while waiting.
   */
  readonly outcome: 'asked' | 'found' | 'none' | 'unusable' | 'failed';
  readonly reason: string | null;
  /** Reports kept as evidence, and how many were not known before. */
  readonly reports: number;
  readonly fresh: number;
  readonly answered_at: string | null;
}

/** Lists the departments that can be asked about one person. */
export function listQueried(configs: readonly ConnectorConfig[]): readonly QueriedDepartment[] {
  return configs.filter(isQueried).map(({ id, title, subject, source }) => ({
    ...{ department: id, title, subject, source },
  }));
}

/** Lists questions to departments within the asker's data scope, the newest first. */
export async function listInquiries(
  { db }: Pick<DeathsWorld, 'db'>,
  configs: readonly ConnectorConfig[],
  asker: Asker,
  query: { readonly record?: string; readonly offset: number; readonly limit: number },
): Promise<{ readonly rows: readonly ShownInquiry[]; readonly total: number }> {
  const { record, offset, limit } = query;
  return withinScope(db as RegistryDb, asker.principal.scope, async (transaction) => {
    const base = transaction
      .selectFrom('department_inquiry')
      .$if(record !== undefined, (q) => q.where('subject', '=', record ?? ''));
    const counted = await base
      .select((is) => is.fn.countAll<bigint>().as('n'))
      .executeTakeFirstOrThrow();
    const rows = await base
      .selectAll()
      .orderBy('inquiry_no', 'desc')
      .offset(offset)
      .limit(limit)
      .execute();
    return { rows: rows.map((row) => inquiryOf(row, configs)), total: Number(counted.n) };
  });
}

/** Shows one row; a department that is no longer configured keeps its number. */
export function inquiryOf(
  row: Selectable<InquiryRow>,
  configs: readonly ConnectorConfig[],
): ShownInquiry {
  const { inquiry_no, connector_id, subject, ...rest } = row;
  return {
    ...rest,
    ...{ inquiry_no: String(inquiry_no), department: connector_id, record: subject },
    title: configs.find(({ id }) => id === connector_id)?.title ?? connector_id,
  };
}
