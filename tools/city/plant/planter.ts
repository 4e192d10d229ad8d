import type { City } from '../engine.ts';

/** Whose facts a truth entry names. */
export type Subject = 'person' | 'unit' | 'account' | 'case' | 'operator' | 'txn';

export interface TruthEntry {
  readonly person?: string;
  readonly unit?: string;
  readonly account?: string;
  readonly case?: string;
  readonly operator?: string;
  readonly txn?: string;
  /** The values of the finding's key, joined by a slash, where it names none of the above. */
  readonly key?: string;
  readonly persons?: readonly string[];
  readonly amount_fen?: number;
  readonly why: string;
}

/** What a planted city must yield: hits, near misses, and rules a planted fact cannot help but trigger. */
export interface Truth {
  readonly rules: Record<string, TruthEntry[]>;
  readonly never: Record<string, TruthEntry[]>;
  readonly alsoExpected: Record<string, TruthEntry[]>;
}

interface Pending {
  readonly list: 'rules' | 'never' | 'alsoExpected';
  readonly rule: string;
  readonly entry: TruthEntry;
  /** SQL that gives the amount in fen, evaluated when all payments are written. */
  readonly owed: string | null;
}

/** How much a fact is worth in fen, and what else it cannot help but trigger. */
export interface HitDetail {
  /** Condition over `paid_mark`: the amount is the sum of these payments. */
  readonly paid?: string;
  /** Amount as a SQL query about one person, where the lawful amount is not a sum of payments. */
  readonly owed?: (pid: number) => string;
  readonly amount?: number;
  readonly also?: readonly string[];
}

/** Chooses people nobody else uses, changes their facts and remembers what must come out. */
export interface Planter {
  readonly city: City;
  readonly wf: number;
  run(sql: string): Promise<void>;
  /** The next unused people of a pool, in order of number: deterministic. */
  take(pool: string, count: number): Promise<number[]>;
  hit(rule: string, pids: readonly number[], why: string, more?: HitDetail): void;
  never(rule: string, pids: readonly number[], why: string): void;
  /** Keeps people a fact is about from every other fact, and their payments for its amount. */
  reserve(pids: readonly number[]): Promise<void>;
  /** What people cannot help but trigger besides. */
  also(rules: readonly string[], pids: readonly number[], why: string): void;
  /** A hit about something other than a person. */
  about(rule: string, entry: TruthEntry, also?: readonly string[]): void;
  /** Something other than a person that a planted fact cannot help but trigger. */
  expect(rule: string, entry: TruthEntry): void;
  truth(): Promise<Truth>;
}

export const personKey = (pid: number): string => `P${String(pid).padStart(9, '0')}`;

export function openPlanter(city: City, pools: Readonly<Record<string, string>>): Planter {
  const used = new Set<number>();
  const pending: Pending[] = [];
  const reserve = async (pids: readonly number[]) => {
    for (const pid of pids) used.add(pid);
    await city.run(`insert into mark values ${pids.map((pid) => `(${pid})`).join(',')}`);
  };
  const note = (
    list: Pending['list'],
    rule: string,
    entry: TruthEntry,
    owed: string | null = null,
  ) => void pending.push({ list, rule, entry, owed });
  const also = (rules: readonly string[], pids: readonly number[], why: string) => {
    for (const rule of rules)
      for (const pid of pids) note('alsoExpected', rule, { person: personKey(pid), why });
  };
  return {
    reserve,
    also,
    city,
    wf: city.cal.last,
    run: city.run,
    take: async (pool, count) => {
      const rows = await city.rows(
        `select pid from (${pools[pool]}) order by pid limit ${count + used.size}`,
      );
      const free = rows
        .map((row) => Number(row.pid))
        .filter((pid) => !used.has(pid))
        .slice(0, count);
      if (free.length < count)
        throw new Error(`pool ${pool} holds ${free.length} of ${count} people`);
      await reserve(free);
      return free;
    },
    hit: (rule, pids, why, more = {}) => {
      for (const pid of pids) {
        const amount = more.amount === undefined ? {} : { amount_fen: more.amount };
        const owed = more.owed?.(pid) ?? (more.paid === undefined ? null : paidSum(pid, more.paid));
        note('rules', rule, { person: personKey(pid), ...amount, why }, owed);
      }
      also(more.also ?? [], pids, `planted for ${rule}`);
    },
    never: (rule, pids, why) => {
      for (const pid of pids) note('never', rule, { person: personKey(pid), why });
    },
    about: (rule, entry, others = []) => {
      note('rules', rule, entry);
      const why = `planted for ${rule}`;
      for (const other of others) note('alsoExpected', other, { ...entry, why });
    },
    expect: (rule, entry) => note('alsoExpected', rule, entry),
    truth: () => settle(city, pending),
  };
}

async function settle(city: City, pending: readonly Pending[]): Promise<Truth> {
  const truth: Truth = { rules: {}, never: {}, alsoExpected: {} };
  for (const { list, rule, entry, owed } of pending) {
    const into = truth[list];
    into[rule] ??= [];
    into[rule].push(owed === null ? entry : { ...entry, amount_fen: await amountOf(city, owed) });
  }
  return truth;
}

const paidSum = (pid: number, condition: string) =>
  `select sum(amount) from paid_mark where flag = '1' and pid = ${pid} and ${condition}`;

async function amountOf(city: City, query: string): Promise<number> {
  const [row] = await city.rows(`select coalesce((${query}), 0)::BIGINT::VARCHAR total`);
  return Number(row?.total);
}

/** The lower of two benefits in every month both were paid: what a double benefit costs. */
export const lowerSide = (pid: number, one: string, other: string) =>
  `select sum(least(a, b)) from (select due, sum(amount) filter (where ${one}) a, sum(amount) filter (where ${other}) b
    from paid_mark where flag = '1' and pid = ${pid} group by due) where a > 0 and b > 0`;
