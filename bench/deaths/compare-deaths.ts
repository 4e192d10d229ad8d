import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Progress } from '../../server/src/kernel/index.ts';
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
import { payeesMissing } from './errors.ts';
import { type BurstFigures, measureBurst } from './measure-burst.ts';
import { type KillFigures, measureKill } from './measure-kill.ts';
import { measureSteady, type SteadyFigures } from './measure-steady.ts';
import { openSender } from './sender.ts';

export interface DeathsRequest {
  readonly dataDir: string;
  readonly rate: number;
  readonly seconds: number;
  readonly burst: number;
  /** Events of a burst during which the server is killed; 0 leaves it alive. */
  readonly kill: number;
  /** Program that plays the sides, and `./huiliu` itself. */
  readonly entry: string;
  readonly main: string;
}

export interface DeathsComparison extends SteadyFigures {
  readonly machine: MachineFacts;
  readonly persons: number;
  readonly rate: number;
  readonly seconds: number;
  /** One committed insert and one select on the same PostgreSQL, in the same run. */
  readonly bare: Latency;
  readonly ratio_p50: number;
  readonly ratio_p99: number;
  readonly burst: BurstFigures;
  readonly kill: KillFigures | null;
  /** Every event acknowledged, none lost, none doubled, every certain alert seen. */
  readonly good: boolean;
}

const BARE_PAIRS = 2_000;
const CONNECTIONS = 100;

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
  const steadyCount = 1 + rate * seconds;
  const input: PayeesInput = {
    ...{ dataDir, postgresUrl, anchorDir },
    count: steadyCount + request.burst + request.kill,
  };
  progress.note('选取领取待遇的人');
  const chosen = (await runSide<Payees>(entry, { side: 'deaths.payees', input }, progress)).value;
  if (chosen.payees.length === 0) throw payeesMissing({});
  const program: Program = {
    ...{ main, dataDir },
    env: { HULIU_PG_URL: postgresUrl, HULIU_AUDIT_ANCHOR: anchorDir },
  };
  const figures = await measureOn(program, request, chosen.payees, postgres.kysely(), progress);
  const { steady, bare, burst, kill } = figures;
  return {
    ...{ machine, persons: chosen.persons, rate, seconds, ...steady, bare, burst, kill },
    ratio_p50: steady.alert.p50_ms / bare.p50_ms,
    ratio_p99: steady.alert.p99_ms / bare.p99_ms,
    good: isGood(figures),
  };
}

interface Figures {
  readonly steady: SteadyFigures;
  readonly bare: Latency;
  readonly burst: BurstFigures;
  readonly kill: KillFigures | null;
}

async function measureOn(
  program: Program,
  { rate, seconds, burst: burstCount, kill: killCount }: DeathsRequest,
  payees: readonly Payee[],
  db: Kysely<never>,
  progress: Progress,
): Promise<Figures> {
  let serving = await startServing(program);
  try {
    const words = ['apps', 'add', '测速', '--source', '01', '--agency', '140500'];
    const issued = await askJson<{ app_id: string; secret: string }>(program, [
      ...words,
      ...['--per-second', '10000'],
    ]);
    const key = { algorithm: 'HMAC-SM3', secret: issued.secret } as const;
    const senderTo = (url: string) => openSender(url, issued.app_id, key, CONNECTIONS);
    const sender = senderTo(serving.url);
    // Every person dies once: each part has its own people, as far as a small city goes.
    const forSteady = payees.slice(0, 1 + rate * seconds);
    const forBurst = payees.slice(forSteady.length, forSteady.length + burstCount);
    const forKill = payees.slice(forSteady.length + forBurst.length);
    try {
      progress.note(`每秒 ${rate} 件，共 ${seconds} 秒`);
      const steady = await measureSteady({ rate, seconds }, forSteady, sender, db);
      const pairs = await measureBareInserts(db, BARE_PAIRS);
      const bare = latencyOf(pairs, pairs.reduce((sum, each) => sum + each, 0) / 1000);
      progress.note(`一次涌入 ${burstCount} 件`);
      const burst = await measureBurst(burstCount, forBurst, sender, db);
      if (killCount === 0) return { steady, bare, burst, kill: null };
      progress.note(`再涌入 ${killCount} 件，中途杀死服务`);
      const parts = { program, serving, sender, senderTo, db };
      const killed = await measureKill(killCount, forKill, parts);
      serving = killed.serving;
      return { steady, bare, burst, kill: killed.figures };
    } finally {
      sender.close();
    }
  } finally {
    await serving.stop();
  }
}

function isGood({ steady, burst, kill }: Figures): boolean {
  const every = (figures: { readonly expected: number; readonly alerted: number }) =>
    figures.alerted === figures.expected;
  const none = (figures: { readonly lost: number; readonly doubled: number }) =>
    figures.lost === 0 && figures.doubled === 0;
  return (
    every(steady) &&
    steady.receipt.lookups === steady.sent &&
    every(burst) &&
    none(burst) &&
    burst.acknowledged === burst.events &&
    (kill === null || (kill.missing === 0 && none(kill)))
  );
}
