import type { ExpressionBuilder, Selectable } from 'kysely';
import { withinScope } from '../../security/index.ts';
import type { ShownPerson } from '../conflicts/shown-person.ts';
import { type ConnectorConfig, isQueried } from '../connectors/index.ts';
import { type Asker, auditAct } from '../registry/audit.ts';
import { namesOfPeople } from '../registry/reported-people.ts';
import type { InquiryRow, RegistryDb, RegistryTables } from '../registry/tables.ts';
import type { DeathsWorld } from '../world.ts';

/** A department that can be asked about one person. */
export interface QueriedDepartment {
  readonly department: string;
  readonly title: string;
  readonly subject: 'death' | 'custody';
  readonly source: string;
}

/** A question to a department and what became of it (点名查询记录); the person is masked. */
export interface ShownInquiry extends ShownPerson {
  readonly inquiry_no: string;
  readonly department: string;
  readonly title: string;
  /** What was asked for; null where neither the question nor the configuration says. */
  readonly about: 'death' | 'custody' | null;
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
  /** Their keys (source/event): the answer as it stands among the reports about the person. */
  readonly evidence: readonly string[];
  readonly answered_at: string | null;
}

/** Where those the city does not know are named. */
export const NAMING_REPORTS = ['death_report', 'custody_report'] as const;

/** Lists the departments that can be asked about one person. */
export function listQueried(configs: readonly ConnectorConfig[]): readonly QueriedDepartment[] {
  return configs.filter(isQueried).map(({ id, title, subject, source }) => ({
    ...{ department: id, title, subject, source },
  }));
}

export interface InquiryQuery {
  /** About one person of the registry. */
  readonly record?: string;
  /** About one person of the city, whatever record the question was kept under. */
  readonly person?: string;
  readonly department?: string;
  readonly outcome?: ShownInquiry['outcome'];
  readonly offset: number;
  readonly limit: number;
}

/** Lists questions to departments within the asker's data scope, the newest first; audited. */
export async function listInquiries(
  world: DeathsWorld,
  configs: readonly ConnectorConfig[],
  asker: Asker,
  query: InquiryQuery,
): Promise<{ readonly rows: readonly ShownInquiry[]; readonly total: number }> {
  const { record, person, department, outcome, offset, limit } = query;
  return withinScope(world.db as RegistryDb, asker.principal.scope, async (transaction) => {
    const base = transaction
      .selectFrom('department_inquiry')
      .$if(record !== undefined, (q) => q.where('subject', '=', record ?? ''))
      .$if(person !== undefined, (q) => q.where(isAbout(person ?? '')))
      .$if(department !== undefined, (q) => q.where('connector_id', '=', department ?? ''))
      .$if(outcome !== undefined, (q) => q.where('outcome', '=', outcome ?? 'asked'));
    const counted = await base
      .select((is) => is.fn.countAll<bigint>().as('n'))
      .executeTakeFirstOrThrow();
    const rows = await base
      .selectAll()
      .orderBy('inquiry_no', 'desc')
      .offset(offset)
      .limit(limit)
      .execute();
    const object = person ?? record ?? null;
    const act = { action: 'deaths.inquiry_list', object, purpose: null };
    await auditAct(transaction, asker, act, world.clock);
    const nameOf = await namesOfPeople(world, transaction, NAMING_REPORTS, rows);
    return {
      rows: rows.map((row) => inquiryOf(row, nameOf(row), configs)),
      total: Number(counted.n),
    };
  });
}

/** Asked under this number, or under a record that has come to be this person's. */
function isAbout(person: string) {
  return (is: ExpressionBuilder<RegistryTables, 'department_inquiry'>) =>
    is.or([
      is('person_id', '=', person),
      ...(['death_person', 'custody_person'] as const).map((table) =>
        is('subject', 'in', is.selectFrom(table).select('subject').where('person_id', '=', person)),
      ),
    ]);
}

/** Shows one row; a department that is no longer configured keeps its number. */
export function inquiryOf(
  row: Selectable<InquiryRow>,
  name: ShownPerson,
  configs: readonly ConnectorConfig[],
): ShownInquiry {
  const { inquiry_no, connector_id, subject, about, ...rest } = row;
  const config = configs.find(({ id }) => id === connector_id);
  return {
    ...{ ...rest, ...name, inquiry_no: String(inquiry_no), record: subject },
    ...{ department: connector_id, title: config?.title ?? connector_id },
    about: about ?? config?.subject ?? null,
  };
}
