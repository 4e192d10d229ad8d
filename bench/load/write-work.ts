import { setTimeout as wait } from 'node:timers/promises';
import type { Caller } from './caller.ts';
import type { Duty, Person } from './model.ts';

/** A row of the inbox, as far as a writer looks. */
interface Row {
  readonly case_id: string;
  readonly version: number;
  readonly amount_fen: number | null;
  readonly title: string;
}

/** Nothing to do: look again soon, as somebody at work would. */
const IDLE_MS = 500;
/** Everybody picks among the first rows, so that people meet at the same case. */
const FIRST_ROWS = 20;

interface Desk {
  readonly caller: Caller;
  readonly person: Person;
  readonly place: number;
  /** A number below the bound, the same sequence each time. */
  readonly pick: (bound: number) => number;
}

/** One person who changes things: claims, notes and concludes, or reviews, or books receipts. */
export async function writeAllDay(
  caller: Caller,
  person: Person & { readonly duty: Duty },
  place: number,
  isOver: () => boolean,
): Promise<void> {
  let seed = place + 1;
  const pick = (bound: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % Math.max(1, bound);
  };
  const desk = { caller, person, place, pick };
  for (let turn = 0; !isOver(); turn += 1) {
    const done =
      person.duty === 'verify'
        ? await verifyOne(desk)
        : person.duty === 'review'
          ? await reviewOne(desk)
          : await bookOne(desk, turn);
    if (!done && !isOver()) await wait(IDLE_MS);
  }
}

/** What came back from review first, then a new case that nobody has. */
async function verifyOne({ caller, person, pick }: Desk): Promise<boolean> {
  const back = await rowOf(caller, { assignee: 'me', states: ['verifying'] }, pick);
  if (back !== null) return concludeOne(caller, back);
  const tier = person.forCity ? {} : { tier: 'county' };
  const filter = { assignee: 'none', states: ['new', 'assigned'], snoozed: false, ...tier };
  const found = await rowOf(caller, filter, pick);
  if (found === null) return false;
  const url = `/api/alerts/cases/${found.case_id}`;
  const claimed = await caller.post('claim', `${url}/claim`, { version: found.version });
  if (claimed.status !== 200) return true;
  await caller.post('note', `${url}/note`, { remark: '测速：已电话核实' });
  const seen = await caller.get('case', url);
  return seen.status === 200 && concludeOne(caller, seen.body);
}

async function concludeOne(caller: Caller, found: Row): Promise<boolean> {
  const amount = found.amount_fen ?? 0;
  await caller.post('conclude', `/api/alerts/cases/${found.case_id}/conclude`, {
    ...{ version: found.version, conclusion: 'confirmed', nature: 'late_report' },
    ...{ remark: '测速：两源一致', confirmed_fen: amount },
    ...(amount > 0
      ? { disposals: [{ kind: 'refund', reason: '测速：多领', amount_fen: amount }] }
      : {}),
  });
  return true;
}

/** Two of three go back, so that verifying never runs out of work however long the load lasts. */
async function reviewOne({ caller, pick }: Desk): Promise<boolean> {
  const found = await rowOf(caller, { states: ['concluded'] }, pick);
  if (found === null) return false;
  const agree = pick(3) === 0;
  const decision = { version: found.version, agree, remark: agree ? '测速：同意' : '测速：请补充' };
  await caller.post('review', `/api/alerts/cases/${found.case_id}/review`, decision);
  return true;
}

async function bookOne({ caller, place, pick }: Desk, turn: number): Promise<boolean> {
  const asked = { state: 'open', page_size: FIRST_ROWS };
  const { body } = await caller.post('inbox', '/api/recovery/search', asked);
  const rows: { recovery_id: string; balance_fen: number }[] = body?.rows ?? [];
  const found = rows[pick(rows.length)];
  if (found === undefined || found.balance_fen < 1) return false;
  const receipt = {
    amount_fen: Math.min(100, found.balance_fen),
    ...{ booked_on: todayInShanghai(), document: `测速回单 ${place}-${turn}` },
  };
  await caller.post('receipt', `/api/recovery/${found.recovery_id}/receipt`, receipt);
  return true;
}

async function rowOf(
  caller: Caller,
  filter: object,
  pick: (bound: number) => number,
): Promise<Row | null> {
  const asked = { filter, page_size: FIRST_ROWS };
  const { body } = await caller.post('inbox', '/api/alerts/search', asked);
  const rows: Row[] = body?.rows ?? [];
  return rows[pick(rows.length)] ?? null;
}

function todayInShanghai(): string {
  return new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
}
