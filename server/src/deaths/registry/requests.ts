import type { Selectable } from 'kysely';
import type { FindingDelivery } from '../../contract/index.ts';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import {
  forWholeCity,
  type KeyProvider,
  openField,
  sealField,
  withinScope,
} from '../../security/index.ts';
import { afterReports } from '../compare/after-reports.ts';
import {
  personUnknownHere,
  requestInvalid,
  requestUnknown,
  sameDecider,
  sourceUnknown,
} from '../errors.ts';
import { findByNumber } from '../match/find-persons.ts';
import type { DeathReport } from '../model.ts';
import type { DeathsWorld } from '../world.ts';
import { type Asker, auditAct } from './audit.ts';
import { evidenceKey } from './fold.ts';
import { CITY_AGENCY, readIdNumber, subjectOfId } from './identity.ts';
import type { RegistryDb, RequestRow } from './tables.ts';
import { takeIn } from './take-in.ts';

/** A death somebody registers by hand (人工登记). */
export interface Registration {
  readonly source: string;
  readonly idNo: string;
  readonly name: string;
  readonly deathDate: string;
  readonly certNo: string | null;
  /** What proves it: which paper, seen where, by whom. */
  readonly evidence: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Asks for a death to be registered by hand; it counts once a second person has confirmed it.
 * @throws DEATHS_SOURCE_UNKNOWN, DEATHS_REQUEST_INVALID, DEATHS_PERSON_UNKNOWN out of scope
 */
export async function askRegistration(
  world: DeathsWorld,
  asker: Asker,
  input: Registration,
): Promise<string> {
  const { keys, clock } = world;
  checkRegistration(world, input);
  const number = readIdNumber(input.idNo).value;
  const found = await world.duck.read((session) => findByNumber(session, [number]));
  const agency = found.get(number)?.[0]?.agency ?? homeOf(asker);
  requireScope(asker, agency);
  const subject = subjectOfId(keys, number);
  const { evidence, ...fields } = input;
  const db: RegistryDb = world.db;
  return withinScope(db, asker.principal.scope, async (transaction) => {
    const place = { table: 'death_request', column: 'sealed', key: subject };
    const row = await transaction
      .insertInto('death_request')
      .values({
        ...{ kind: 'register', agency, subject, evidence: evidence.trim(), event_key: null },
        sealed: sealField(keys, place, JSON.stringify({ ...fields, idNo: number })),
        ...{ asked_by: asker.principal.actor, asked_at: shanghaiTime(clock.now()) },
        ...{ decided_by: null, decided_at: null, opinion: null },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const act = { action: 'deaths.register_ask', object: subject, purpose: evidence.trim() };
    const changed = { before: null, after: row };
    await auditAct(transaction, asker, { ...act, changed }, clock);
    return String(row.request_no);
  });
}

/**
 * Asks for one report to be made void (作废), which takes it back as if its source had.
 * @throws DEATHS_PERSON_UNKNOWN, DEATHS_REQUEST_INVALID
 */
export async function askVoid(
  world: DeathsWorld,
  asker: Asker,
  input: {
    readonly record: string;
    readonly source: string;
    readonly eventId: string;
    readonly evidence: string;
  },
): Promise<string> {
  const { clock } = world;
  const evidence = checkEvidence(input.evidence);
  const db: RegistryDb = world.db;
  return withinScope(db, asker.principal.scope, async (transaction) => {
    const report = await transaction
      .selectFrom('death_report')
      .innerJoin('death_person', 'death_person.subject', 'death_report.subject')
      .select(['death_person.agency', 'death_report.subject'])
      .where('death_report.subject', '=', input.record)
      .where('death_report.source', '=', input.source)
      .where('death_report.event_id', '=', input.eventId)
      .executeTakeFirst();
    if (report === undefined) throw personUnknownHere({});
    const row = await transaction
      .insertInto('death_request')
      .values({
        ...{ kind: 'void', agency: report.agency, subject: report.subject, sealed: null, evidence },
        event_key: evidenceKey(input),
        ...{ asked_by: asker.principal.actor, asked_at: shanghaiTime(clock.now()) },
        ...{ decided_by: null, decided_at: null, opinion: null },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw requestInvalid({ what: '这条报告已有一项待确认的作废。' });
    const act = { action: 'deaths.void_ask', object: report.subject, purpose: evidence };
    const changed = { before: null, after: row };
    await auditAct(transaction, asker, { ...act, changed }, clock);
    return String(row.request_no);
  });
}

/**
 * Confirms or refuses a request; never the person who asked. A confirmed one becomes an event of the
 * registry, and the person is compared at once.
 * @throws DEATHS_REQUEST_UNKNOWN, DEATHS_SAME_DECIDER
 */
export async function decideRequest(
  world: DeathsWorld,
  asker: Asker,
  answer: { readonly requestNo: string; readonly agree: boolean; readonly opinion: string },
): Promise<FindingDelivery | null> {
  const opinion = answer.opinion.trim();
  if (opinion === '') throw requestInvalid({ what: '请写明确认或退回的理由。' });
  if (!/^\d{1,18}$/.test(answer.requestNo)) throw requestUnknown({});
  const { clock } = world;
  const db: RegistryDb = world.db;
  const row = await withinScope(db, asker.principal.scope, async (transaction) => {
    const row = await transaction
      .selectFrom('death_request')
      .selectAll()
      .where('request_no', '=', BigInt(answer.requestNo))
      .where('state', '=', 'asked')
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw requestUnknown({});
    if (row.asked_by === asker.principal.actor) throw sameDecider({ what: '登记、作废的确认' });
    const after = await transaction
      .updateTable('death_request')
      .set({
        ...{ state: answer.agree ? 'confirmed' : 'refused', decided_by: asker.principal.actor },
        ...{ decided_at: shanghaiTime(clock.now()), opinion },
      })
      .where('request_no', '=', row.request_no)
      .returningAll()
      .executeTakeFirstOrThrow();
    const verb = answer.agree ? 'confirm' : 'refuse';
    const act = {
      action: `deaths.${row.kind}_${verb}`,
      object: row.subject,
      purpose: `审核：${opinion}`,
      changed: { before: row, after },
    };
    await auditAct(transaction, asker, act, clock);
    return row;
  });
  if (!answer.agree) return null;
  const [taken] = await takeIn(world, [reportOf(world, row)]);
  if (taken === undefined) return null;
  return afterReports(world, [row.subject, taken.subject], asker.principal.actor);
}

/**
 * Takes every confirmed request in once more: one whose process died right after the confirmation
 * would else be lost; the others are known already and have no effect.
 */
export async function retakeRequests(world: DeathsWorld): Promise<void> {
  const db: RegistryDb = world.db;
  const rows = await forWholeCity(db, (transaction) =>
    transaction.selectFrom('death_request').selectAll().where('state', '=', 'confirmed').execute(),
  );
  await takeIn(
    world,
    rows.map((row) => reportOf(world, row)),
  );
}

/** The same request gives the same event, however often it is taken in. */
function reportOf(world: DeathsWorld, row: Selectable<RequestRow>): DeathReport {
  const at = row.asked_at;
  const nothing = {
    ...{ sequence: null, occurredAt: at, receivedAt: at, sex: null, birthDate: null },
    ...{ cremationNo: null, crematedOn: null, hukouCancelOn: null },
    ...{ hukouCancelReason: null, appId: null, agency: row.agency },
    precision: 'D',
    channel: 'manual',
  } as const;
  if (row.kind === 'void') {
    const [source = '', ...rest] = (row.event_key ?? '').split('/');
    return {
      ...nothing,
      ...{ source, eventId: `void:${row.request_no}`, kind: 'revocation' },
      ...{ refersTo: rest.join('/'), idNo: null, name: null, deathDate: null, certNo: null },
    };
  }
  const { source, idNo, name, deathDate, certNo } = openRegistration(world.keys, row);
  return {
    ...nothing,
    ...{ source, eventId: `manual:${row.request_no}`, kind: 'report', refersTo: null },
    ...{ idNo, name, deathDate, certNo },
  };
}

/** What somebody asked to be registered, as it was sealed. */
export function openRegistration(
  keys: KeyProvider,
  { subject, sealed }: Pick<Selectable<RequestRow>, 'subject' | 'sealed'>,
): Omit<Registration, 'evidence'> {
  const place = { table: 'death_request', column: 'sealed', key: subject };
  return JSON.parse(openField(keys, place, sealed ?? ''));
}

function checkRegistration(world: DeathsWorld, input: Registration): void {
  checkEvidence(input.evidence);
  if (!world.pack.sources.has(input.source)) throw sourceUnknown({ source: input.source });
  const { problem } = readIdNumber(input.idNo);
  if (problem !== null)
    throw requestInvalid({ what: '公民身份号码不对（位数、校验位或出生日期）。' });
  if (input.name.trim() === '') throw requestInvalid({ what: '请填写姓名。' });
  const { deathDate } = input;
  const today = shanghaiDay(world.clock.now());
  if (!DAY.test(deathDate) || Number.isNaN(Date.parse(deathDate)) || deathDate > today) {
    throw requestInvalid({ what: '死亡日期应为今天或以前的一天，写作 2026-03-10。' });
  }
}

function checkEvidence(text: string): string {
  const evidence = text.trim();
  if ([...evidence].length < 4) {
    throw requestInvalid({ what: '请写明依据（什么证明、在哪里看到、谁提供）。' });
  }
  return evidence;
}

function homeOf({ principal }: Asker): string {
  const { agencies } = principal.scope;
  return agencies === 'all' ? CITY_AGENCY : (agencies[0] ?? CITY_AGENCY);
}

function requireScope({ principal }: Asker, agency: string): void {
  const { agencies } = principal.scope;
  if (agencies !== 'all' && !agencies.includes(agency)) throw personUnknownHere({});
}
