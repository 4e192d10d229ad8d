import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Progress } from '../../server/src/kernel/index.ts';
import { forWholeCity } from '../../server/src/security/index.ts';
import { openPostgres, type PostgresEngine } from '../../server/src/store/index.ts';
import {
  inScratchFolder,
  type Latency,
  latencyOf,
  type MachineFacts,
  machineFacts,
} from '../figures/index.ts';
import { askJson, copyOperational, type Program, startServing } from '../serving/index.ts';
import { runSide } from '../side/index.ts';
import { measureBareInserts } from './bare-inserts.ts';
import type { Payee, Payees, PayeesInput } from './choose-payees.ts';
import { eventsLost, payeesMissing } from './errors.ts';
import { openSender, type SentEvent, sendAtRate } from './sender.ts';
import { watchAlerts } from './watch-alerts.ts';

export interface DeathsRequest {
  readonly dataDir: string;
  readonly rate: number;
  readonly seconds: number;
  readonly burst: number;
  /** Program that plays the sides, and `./huiliu` itself. */
  readonly entry: string;
  readonly main: string;
}

export interface DeathsComparison {
  readonly machine: MachineFacts;
  readonly persons: number;
  readonly rate: number;
  readonly seconds: number;
  readonly sent: number;
  /** Events about people whose payments went on: each should raise an alert. */
  readonly expected: number;
  readonly alerted: number;
  /** From sending to the 202. */
  readonly receipt: Latency;
  /** From sending to the alert that a handler's query returns. */
  readonly alert: Latency;
  /** One committed insert and one select on the same PostgreSQL, in the same run. */
  readonly bare: Latency;
  readonly ratio_p50: number;
  readonly ratio_p99: number;
  readonly burst: BurstFigures;
}

export interface BurstFigures {
  readonly events: number;
  readonly acknowledged: number;
  readonly asked_to_wait: number;
  readonly lost: number;
  readonly doubled: number;
  readonly receipt: Latency;
  readonly accepted_seconds: number;
  /** Until the registry has taken every one and compared it. */
  readonly drained_seconds: number;
}

const BARE_PAIRS = 2_000;
const CONNECTIONS = 100;
/** After the last event this long is waited for its alert. */
const PATIENCE_MS = 120_000;

/**
 * Measures a signed event's way to a visible alert over a real server on the data folder, with a
 * copy of its operational database: the city's own registry learns of no invented death.
 * @throws BENCH_*, STORE_FOLDER_HELD
 */
export function compareDeaths(
  request: DeathsRequest,
  progress: Progress,
): Promise<DeathsComparison> {
  return inScratchFolder(request.dataDir, async (scratch) => {
    await copyOperational(request.dataDir, scratch);
    const postgres = await openPostgres({ dataDir: scratch });
    try {
      return await measure(request, scratch, postgres, progress);
    } finally {
      await postgres.close();
    }
  });
}

async function measure(
  request: DeathsRequest,
  scratch: string,
  postgres: PostgresEngine,
  progress: Progress,
): Promise<DeathsComparison> {
  const { dataDir, rate, seconds, entry, main } = request;
  const machine = machineFacts();
  const postgresUrl = `postgres://huiliu@localhost/huiliu?host=${encodeURIComponent(postgres.pool.options.host ?? '')}`;
  const anchorDir = join(scratch, 'anchor');
  const input: PayeesInput = { dataDir, postgresUrl, anchorDir, count: rate * seconds };
  progress.note('选取领取待遇的人');
  const chosen = (await runSide<Payees>(entry, { side: 'deaths.payees', input }, progress)).value;
  if (chosen.payees.length === 0) throw payeesMissing({});
  const program: Program = {
    ...{ main, dataDir },
    env: { HULIU_PG_URL: postgresUrl, HULIU_AUDIT_ANCHOR: anchorDir },
  };
  const serving = await startServing(program);
  try {
    const words = [
      'apps',
      'add',
      '测速',
      '--source',
      '01',
      '--agency',
      '140500',
      '--per-second',
      '10000',
    ];
    const issued = await askJson<{ app_id: string; secret: string }>(program, words);
    const key = { algorithm: 'HMAC-SM3', secret: issued.secret } as const;
    const sender = openSender(serving.url, issued.app_id, key, CONNECTIONS);
    const db = postgres.kysely<never>();
    try {
      progress.note(`每秒 ${rate} 件，共 ${seconds} 秒`);
      const steady = await measureSteady(request, chosen.payees, sender, db);
      const bare = await measureBareInserts(db, BARE_PAIRS);
      progress.note(`一次涌入 ${request.burst} 件`);
      const burst = await measureBurst(request.burst, chosen.payees, sender, db);
      const bareFigures = latencyOf(bare, bare.reduce((sum, each) => sum + each, 0) / 1000);
      return {
        ...{ machine, persons: chosen.persons, rate, seconds, ...steady, bare: bareFigures, burst },
        ratio_p50: steady.alert.p50_ms / bareFigures.p50_ms,
        ratio_p99: steady.alert.p99_ms / bareFigures.p99_ms,
      };
    } finally {
      sender.close();
    }
  } finally {
    await serving.stop();
  }
}

type Sending = ReturnType<typeof openSender>;

async function measureSteady(
  { rate, seconds }: DeathsRequest,
  payees: readonly Payee[],
  sender: Sending,
  db: Kysely<never>,
) {
  // The first event pays for what is loaded on first use; it is not part of the figures.
  const [first, ...others] = payees;
  const watch = watchAlerts(db);
  if (first !== undefined) {
    await sender.send(eventOf('warm-1', first));
    await settled(() => watch.seen.has(first.personId), 30_000);
  }
  const chosen = others.slice(0, rate * seconds);
  const events: { readonly event_id: string }[] = chosen.map((payee, at) =>
    eventOf(`steady-${at}`, payee),
  );
  // A small city has too few people who are paid: the rest of the load names nobody it knows.
  for (let at = chosen.length; at < rate * seconds; at += 1)
    events.push(strangerOf(`steady-${at}`, at));
  const started = performance.now();
  const sent = await sendAtRate(sender, events, rate);
  await settled(
    () => chosen.every((payee) => watch.seen.has(payee.personId)),
    PATIENCE_MS,
    () => watch.seen.size,
  );
  await watch.stop();
  const passed = (performance.now() - started) / 1000;
  const times = chosen.flatMap((payee, at) => {
    const seen = watch.seen.get(payee.personId);
    const from = sent[at]?.sentAt;
    return seen === undefined || from === undefined ? [] : [seen - from];
  });
  if (times.length === 0) throw payeesMissing({});
  return {
    ...{ sent: sent.length, expected: chosen.length, alerted: times.length },
    receipt: receiptLatency(sent, passed),
    alert: latencyOf(times, passed),
  };
}

async function measureBurst(
  count: number,
  payees: readonly Payee[],
  sender: Sending,
  db: Kysely<never>,
): Promise<BurstFigures> {
  const started = performance.now();
  const sent = await Promise.all(
    Array.from({ length: count }, (_, at) => {
      const payee = payees[at % payees.length];
      const id = `burst-${at}`;
      return sender.send(payee === undefined ? strangerOf(id, at) : eventOf(id, payee));
    }),
  );
  const accepted = (performance.now() - started) / 1000;
  let waiting = count;
  const drained = await settledAsync(async () => {
    waiting = (await countBurst(db)).waiting;
    return waiting === 0;
  }, 600_000);
  const drainedSeconds = (performance.now() - started) / 1000;
  const kept = await countBurst(db);
  const acknowledged = sent.filter((each) => each.ackedAt !== null).length;
  const lost = drained ? acknowledged - Math.min(acknowledged, kept.evidence) : waiting;
  const doubled =
    Math.max(0, kept.rows - kept.different) + Math.max(0, kept.evidence - kept.different);
  if (lost > 0 || doubled > 0) throw eventsLost({ lost, doubled });
  return {
    ...{ events: count, acknowledged, lost, doubled },
    asked_to_wait: sent.filter((each) => each.retries > 0).length,
    receipt: receiptLatency(sent, accepted),
    accepted_seconds: accepted,
    drained_seconds: drainedSeconds,
  };
}

/** Counts the burst in the inbox and in the registry's evidence. */
async function countBurst(db: Kysely<never>) {
  const { rows } = await forWholeCity(db, (transaction) =>
    sql<{ rows: bigint; different: bigint; waiting: bigint; evidence: bigint }>`
      select count(*) as rows, count(distinct event_id) as different,
        count(*) filter (where state <> 'taken') as waiting,
        (select count(*) from death_report where event_id like 'burst-%') as evidence
      from inbound_event where event_id like 'burst-%'`.execute(transaction),
  );
  const [row] = rows;
  return {
    rows: Number(row?.rows),
    different: Number(row?.different),
    waiting: Number(row?.waiting),
    evidence: Number(row?.evidence),
  };
}

function receiptLatency(sent: readonly SentEvent[], seconds: number): Latency {
  const times = sent.flatMap(({ sentAt, ackedAt }) => (ackedAt === null ? [] : [ackedAt - sentAt]));
  return latencyOf(times, seconds);
}

function eventOf(id: string, { idNo, name, deathDate }: Payee) {
  return {
    ...{ event_id: id, occurred_at: `${deathDate}T12:00:00+08:00` },
    ...{ id_no: idNo, name, death_date: deathDate },
  };
}

/** Somebody the city does not know, by name and birth: evidence that matches nobody. */
function strangerOf(id: string, at: number) {
  return {
    ...{ event_id: id, occurred_at: '2026-01-05T12:00:00+08:00', death_date: '2026-01-05' },
    ...{ name: `测速${at}`, birth_date: '1930-01-01' },
  };
}

/** Waits until `done`; gives up after `mostMs`, or when `moved` stands still for ten seconds. */
async function settled(
  done: () => boolean,
  mostMs: number,
  moved: () => number = () => performance.now(),
): Promise<void> {
  const until = performance.now() + mostMs;
  let last = { value: moved(), at: performance.now() };
  while (!done() && performance.now() < until) {
    await wait(20);
    const value = moved();
    if (value !== last.value) last = { value, at: performance.now() };
    if (performance.now() - last.at > 10_000) return;
  }
}

async function settledAsync(done: () => Promise<boolean>, mostMs: number): Promise<boolean> {
  const until = performance.now() + mostMs;
  while (performance.now() < until) {
    if (await done()) return true;
    await wait(100);
  }
  return false;
}
