import { shanghaiTime } from '../../kernel/index.ts';
import { requirePurpose, withinScope } from '../../security/index.ts';
import {
  type Answer,
  type ConnectorConfig,
  type Connectors,
  connectorUnknown,
  isQueried,
} from '../connectors/index.ts';
import { type Asker, auditAct } from '../registry/audit.ts';
import { namesOfPeople } from '../registry/reported-people.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { eventKey } from '../registry/take-in.ts';
import type { DeathsWorld } from '../world.ts';
import { type Asked, findAsked } from './find-asked.ts';
import { inquiryOf, NAMING_REPORTS, type ShownInquiry } from './list-inquiries.ts';

/** What asking a department needs: the registry, and who speaks with departments. */
export interface InquiryWorld {
  readonly deaths: DeathsWorld;
  readonly connectors: Pick<Connectors, 'configs' | 'query'>;
}

/**
 * Asks a department about one person (点名查询). Who asked about whom, and why, is written down
 * before the call goes out; what the department reports goes through the inbox into the registry
 * like any report, as evidence. That it knows nothing, or does not answer, is kept as well. Takes at
 * most the connector's time limit.
 * @throws DEATHS_CONNECTOR_UNKNOWN, DEATHS_PERSON_UNKNOWN, SECURITY_PURPOSE_INVALID
 */
export async function inquire(
  world: InquiryWorld,
  asker: Asker,
  request: { readonly department: string; readonly key: string; readonly purpose: string },
): Promise<ShownInquiry> {
  const purpose = requirePurpose(request.purpose);
  const { deaths, connectors } = world;
  const config = connectors.configs.find(({ id }) => id === request.department);
  if (config === undefined || !isQueried(config)) throw connectorUnknown({});
  const asked = await findAsked(deaths, asker, request.key);
  const inquiryNo = await writeDown(deaths, asker, { asked, purpose, config });
  const answer = await connectors.query(config.id, { idNo: asked.idNo, name: asked.name });
  const db: RegistryDb = deaths.db;
  return withinScope(db, asker.principal.scope, async (transaction) => {
    const row = await transaction
      .updateTable('department_inquiry')
      .set({ ...outcomeOf(answer, config), answered_at: shanghaiTime(deaths.clock.now()) })
      .where('inquiry_no', '=', inquiryNo)
      .returningAll()
      .executeTakeFirstOrThrow();
    const nameOf = await namesOfPeople(deaths, transaction, NAMING_REPORTS, [row]);
    return inquiryOf(row, nameOf(row), connectors.configs);
  });
}

async function writeDown(
  { db, clock }: DeathsWorld,
  asker: Asker,
  one: { readonly asked: Asked; readonly purpose: string; readonly config: ConnectorConfig },
): Promise<bigint> {
  const { asked, purpose, config } = one;
  return withinScope(db as RegistryDb, asker.principal.scope, async (transaction) => {
    const row = await transaction
      .insertInto('department_inquiry')
      .values({
        ...{ connector_id: config.id, about: config.subject, subject: asked.subject },
        ...{ person_id: asked.personId, agency: asked.agency },
        ...{ asked_by: asker.principal.actor, purpose },
        ...{ asked_at: shanghaiTime(clock.now()), reason: null, answered_at: null },
      })
      .returning('inquiry_no')
      .executeTakeFirstOrThrow();
    const act = {
      ...{ action: 'deaths.inquire', object: asked.personId ?? asked.subject, purpose },
      matterNo: `Q${row.inquiry_no} ${config.id}`,
    };
    await auditAct(transaction, asker, act, clock);
    return row.inquiry_no;
  });
}

function outcomeOf(answer: Answer, { source }: ConnectorConfig) {
  const { failure, rows, events, fresh, eventIds, problems } = answer;
  const evidence = eventIds.map((id) => eventKey(source, id));
  const counts = { reports: events, fresh, evidence };
  if (failure !== null) return { outcome: 'failed' as const, reason: failure.message, ...counts };
  const reason = problems.length === 0 ? null : problems.join('；').slice(0, 1000);
  const known = events > 0 ? ('found' as const) : ('none' as const);
  return { outcome: events === 0 && rows > 0 ? ('unusable' as const) : known, reason, ...counts };
}
