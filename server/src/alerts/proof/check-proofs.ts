import { sql } from 'kysely';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { proposeClosing } from './closing.ts';

/** What the newest data proved. */
export interface ProofResult {
  /** Disposals the data now shows as done. */
  readonly proved: number;
  /** Receipts found in the books of the fund. */
  readonly receipts: number;
  /** Cases proposed for closing. */
  readonly proposed: number;
  /** Closed cases whose look-back ended without the facts coming back. */
  readonly settled: number;
}

interface Waiting {
  readonly disposal_id: bigint;
  readonly case_id: bigint;
  readonly person_id: string | null;
  readonly insurance: string[];
  readonly proof_kind: string;
  readonly vanished: boolean;
  readonly changed: boolean;
}

/**
 * Compares what was ordered with what the newest data shows, after each publication: a stop or
 * suspension by the entitlement's state, a correction by the facts being gone, money by the fund's
 * books. Cases with all they need are proposed for closing; nothing is closed by it.
 */
export async function checkProofs(world: AlertsWorld): Promise<ProofResult> {
  const now = world.clock.now();
  const today = shanghaiDay(now);
  const waiting = await forWholeCity(world.db, async (db) => {
    const { rows } = await sql<Waiting>`select d.disposal_id, d.case_id, c.person_id, c.insurance,
        d.proof_kind, c.vanished,
        exists (select from alert a where a.case_id = c.case_id and a.changed_at > d.reviewed_at) as changed
      from alert_disposal d join alert_case c on c.case_id = d.case_id
      where d.state = 'approved' and d.proof_kind in ('entitlement_held', 'entitlement_ended', 'facts_gone')
        and c.state in ('disposing', 'recovering')`.execute(db);
    return rows;
  });
  const states = await entitlementStates(world, waiting);
  const proved = waiting.filter((each) => isProved(each, states));
  const receipts = await matchReceipts(world);
  const settled = await forWholeCity(world.db, async (db) => {
    if (proved.length > 0) {
      await sql`update alert_disposal set state = 'proved', proved_on = ${today},
          proof = jsonb_build_object('data_as_of', ${today}::text)
        where disposal_id = any(${proved.map(({ disposal_id }) => disposal_id)}::bigint[])
          and state = 'approved'`.execute(db);
    }
    return endLookBacks(db, today, shanghaiTime(now));
  });
  const open = await forWholeCity(world.db, async (db) => {
    const { rows } = await sql<{ case_id: bigint }>`select case_id from alert_case
      where state in ('disposing', 'recovering')`.execute(db);
    return rows.map(({ case_id }) => case_id);
  });
  return { proved: proved.length, receipts, proposed: await proposeClosing(world, open), settled };
}

const HELD = ['2', '3'];
const ENDED = ['3'];

/** Every entitlement of the person in the insurances of the case must show it, and there must be one. */
function isProved(each: Waiting, states: ReadonlyMap<string, readonly State[]>): boolean {
  if (each.proof_kind === 'facts_gone') return each.vanished || each.changed;
  const mine = (states.get(each.person_id ?? '') ?? []).filter(
    ({ insurance }) => each.insurance.length === 0 || each.insurance.includes(insurance),
  );
  const wanted = each.proof_kind === 'entitlement_ended' ? ENDED : HELD;
  return mine.length > 0 && mine.every(({ pay_state }) => wanted.includes(pay_state));
}

interface State {
  readonly person_id: string;
  readonly insurance: string;
  readonly pay_state: string;
}

async function entitlementStates(
  { duck }: AlertsWorld,
  waiting: readonly Waiting[],
): Promise<ReadonlyMap<string, readonly State[]>> {
  const persons = [...new Set(waiting.flatMap(({ person_id }) => person_id ?? []))];
  if (persons.length === 0) return new Map();
  const rows = await duck.read((session) =>
    session.rows<State>(
      `select person_id, insurance, pay_state from entitlement
       where person_id in (select unnest($persons))`,
      { persons },
    ),
  );
  return Map.groupBy(rows, ({ person_id }) => person_id);
}

/** A registered receipt is found in the fund's books by voucher number and amount (基金收款凭证). */
async function matchReceipts({ db, duck }: AlertsWorld): Promise<number> {
  const entries = await forWholeCity(db, (all) =>
    all
      .selectFrom('recovery_entry')
      .select(['entry_id', 'voucher', 'amount_fen'])
      .where('kind', '=', 'receipt')
      .where('state', '=', 'booked')
      .where('voucher', 'is not', null)
      .where('fund_txn', 'is', null)
      .orderBy('entry_id')
      .execute(),
  );
  if (entries.length === 0) return 0;
  const vouchers = [...new Set(entries.flatMap(({ voucher }) => voucher ?? []))];
  const found = await duck.read((session) =>
    session.rows<{ txn_id: string; voucher: string; amount: bigint }>(
      `select txn_id, voucher, abs(amount) as amount from fund_txn
       where voucher in (select unnest($vouchers)) order by txn_id`,
      { vouchers },
    ),
  );
  return forWholeCity(db, async (all) => {
    const used = new Set<string>();
    let matched = 0;
    for (const entry of entries) {
      const txn = found.find(
        ({ txn_id, voucher, amount }) =>
          voucher === entry.voucher && BigInt(amount) === entry.amount_fen && !used.has(txn_id),
      );
      if (txn === undefined) continue;
      used.add(txn.txn_id);
      const done = await sql`update recovery_entry set fund_txn = ${txn.txn_id}
        where entry_id = ${entry.entry_id} and fund_txn is null
          and not exists (select from recovery_entry where fund_txn = ${txn.txn_id} and state = 'booked')`.execute(
        all,
      );
      matched += Number(done.numAffectedRows ?? 0n);
    }
    return matched;
  });
}

/** 90 days without the facts coming back: the matter is settled (回头看已过). */
async function endLookBacks(db: AlertsTransaction, today: string, now: string): Promise<number> {
  const { rows } = await sql`with over as (
      update alert_case set state = 'settled', version = version + 1, state_since = ${now}
      where state = 'closed' and look_back_until < ${today}
      returning case_id, agency
    )
    insert into alert_step (case_id, agency, action, from_state, to_state, actor, actor_name, at)
    select case_id, agency, 'settle', 'closed', 'settled', 'system', '系统', ${now} from over
    returning case_id`.execute(db);
  return rows.length;
}
