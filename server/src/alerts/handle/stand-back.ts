import type { Principal } from '../../contract/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { whoIs } from '../access.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';

/** Whom or what a case is about. */
interface Subject {
  readonly person_id: string | null;
  readonly unit_id: string | null;
}

/** What standing back is judged by besides the case. */
export interface Standing {
  readonly duck: AlertsWorld['duck'];
  /** Person ids of the relatives the account has declared with the security administrator. */
  readonly relatives: readonly string[];
}

/**
 * Reads it **before** a transaction opens: whoever holds a connection and asks for a second one
 * waits for ever as soon as as many do so as the pool has connections.
 */
export async function standingOf(
  { duck, relativesOf }: AlertsWorld,
  { accountId }: Principal,
): Promise<Standing> {
  return { duck, relatives: accountId === null ? [] : await relativesOf(accountId) };
}

/**
 * Says why somebody must stand back from a case (回避), or null: they handled the person's or unit's
 * business in the province's systems, are the person, live in one household, or declared kinship.
 * @source 社会保险经办条例 第三十六条; rules §19 回避
 */
export async function standBackReason(
  { duck, relatives }: Standing,
  db: AlertsTransaction,
  principal: Principal,
  { person_id: person, unit_id: unit }: Subject,
): Promise<string | null> {
  if (person !== null) {
    const declared = await db
      .selectFrom('alert_relative')
      .select('relation')
      .where('account', '=', whoIs(principal))
      .where('person_id', '=', person)
      .executeTakeFirst();
    if (declared !== undefined || relatives.includes(person)) return '您申报过与当事人是亲属';
  }
  const { operatorId } = principal;
  if (operatorId === null) return null;
  return duck.read(async (session) => {
    if (await handledBusiness(session, operatorId, person, unit)) {
      return person === null ? '您经办过该单位的业务' : '您经办过当事人的业务';
    }
    return person === null ? null : kinshipOf(session, operatorId, person);
  });
}

/** Two steps instead of a join: the events are by far the largest table and lie in order of case. */
async function handledBusiness(
  session: DuckSession,
  operator: string,
  person: string | null,
  unit: string | null,
): Promise<boolean> {
  const subject = person ?? unit;
  if (subject === null) return false;
  const column = person === null ? 'unit_id' : 'person_id';
  const cases = await session.rows<{ case_id: string }>(
    `select case_id from biz_case where ${column} = $subject`,
    { subject },
  );
  if (cases.length === 0) return false;
  const found = await session.first(
    `select 1 as yes from biz_event
     where case_id in (select unnest($cases)) and operator_id = $operator limit 1`,
    { cases: cases.map(({ case_id }) => case_id), operator },
  );
  return found !== undefined;
}

/** The operator's own person is known by the id number both records hold. */
async function kinshipOf(
  session: DuckSession,
  operator: string,
  person: string,
): Promise<string | null> {
  const self = await session.first<{ person_id: string }>(
    `select person_id from person where id_no =
       (select any_value(id_no) from operator where operator_id = $operator)`,
    { operator },
  );
  if (self === undefined) return null;
  if (self.person_id === person) return '当事人是您本人';
  const kin = await session.first(
    `select 1 as yes from household_member where valid_flag = '1' and
       ((person_id = $person and related_id = $self) or (person_id = $self and related_id = $person))
     limit 1`,
    { person, self: self.person_id },
  );
  return kin === undefined ? null : '登记信息显示当事人是您的家庭成员或亲属';
}
