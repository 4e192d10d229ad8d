import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Progress } from '../../server/src/kernel/index.ts';
import { forWholeCity } from '../../server/src/security/index.ts';
import { openPostgres, type PostgresEngine } from '../../server/src/store/index.ts';
import {
  inScratchFolder,
  type Latency,
  type MachineFacts,
  machineFacts,
} from '../figures/index.ts';
import {
  askJson,
  copyOperational,
  freePort,
  type Program,
  runToEnd,
  serverNotStarted,
  startServing,
} from '../serving/index.ts';
import { type MemoryPeak, runSide, watchMemory } from '../side/index.ts';
import { BARE_PATH, BARE_TABLE, END_PATH } from './bare-route.ts';
import { cityNotMade } from './errors.ts';
import type { LoadOutcome } from './generate-load.ts';
import type { Office } from './model.ts';
import { type LoadFigures, sumUp } from './sum-up.ts';

export interface LoadRequest {
  readonly dataDir: string;
  readonly readers: number;
  readonly writers: number;
  readonly seconds: number;
  /** Program that plays the sides, and `./huiliu` itself. */
  readonly entry: string;
  readonly main: string;
}

export interface LoadComparison {
  readonly machine: MachineFacts;
  readonly persons: number;
  readonly cases: number;
  readonly readers: number;
  readonly writers: number;
  readonly mix: LoadFigures;
  /** The readers asking for the inbox only, of us and of the bare route. */
  readonly inbox: LoadFigures;
  readonly bare: LoadFigures;
  readonly ratio_p95: number | null;
  readonly ratio_mix_p95: number | null;
  /** The server under load. */
  readonly memory: MemoryPeak;
  readonly receipts: { readonly acknowledged: number; readonly kept: number };
  readonly audit: { readonly entries: number; readonly sound: boolean };
  readonly good: boolean;
}

/** Share of the time of the mix that each side of the comparison is asked for the inbox alone. */
const INBOX_SHARE = 1 / 4;

/**
 * Measures a full office at work on a real server: on a copy of the operational database of the data
 * folder, or, where there is no city, on an invented one made for it.
 * @throws BENCH_*, STORE_FOLDER_HELD
 */
export function compareLoad(request: LoadRequest, progress: Progress): Promise<LoadComparison> {
  return inScratchFolder(request.dataDir, async (scratch) => {
    const places = existsSync(join(request.dataDir, 'city.duckdb'))
      ? await copiedCity(request, scratch)
      : await inventedCity(request, scratch, progress);
    const postgres = await openPostgres({ dataDir: places.postgresDir });
    try {
      return await measure(request, { ...places, scratch }, postgres, progress);
    } finally {
      await postgres.close();
    }
  });
}

interface Places {
  readonly dataDir: string;
  readonly postgresDir: string;
}

async function copiedCity({ dataDir }: LoadRequest, scratch: string): Promise<Places> {
  await copyOperational(dataDir, scratch);
  return { dataDir, postgresDir: scratch };
}

/** What `demo` shows: 20,000 people, every defect planted, the first rules switched on. */
async function inventedCity(
  { main }: LoadRequest,
  scratch: string,
  progress: Progress,
): Promise<Places> {
  progress.note('数据文件夹里没有城市：先装好一座 2 万人的虚构城市');
  const dataDir = join(scratch, 'demo');
  await runToEnd({ main, dataDir: scratch, env: {} }, ['demo', '--no-serve']);
  if (!existsSync(join(dataDir, 'city.duckdb'))) throw cityNotMade({});
  return { dataDir, postgresDir: dataDir };
}

async function measure(
  request: LoadRequest,
  { dataDir, scratch }: Places & { readonly scratch: string },
  postgres: PostgresEngine,
  progress: Progress,
): Promise<LoadComparison> {
  const { readers, writers, seconds, entry, main } = request;
  const machine = machineFacts();
  const postgresUrl = `postgres://huiliu@localhost/huiliu?host=${encodeURIComponent(postgres.pool.options.host ?? '')}`;
  const anchorDir = join(scratch, 'anchor');
  const side: Side = async (name, input) =>
    (await runSide<never>(entry, { side: name, input }, progress)).value;
  progress.note(`开设 ${readers + writers} 个账号并登录`);
  const office = await side<Office>('load.office', {
    ...{ dataDir, postgresUrl, anchorDir, readers, writers },
  });
  const env = { HULIU_PG_URL: postgresUrl, HULIU_AUDIT_ANCHOR: anchorDir };
  const program: Program = { main, dataDir, env };
  const [cases, booked] = await countRows(postgres);
  const alone = Math.max(2, Math.round(seconds * INBOX_SHARE));
  const ours = await loadServer(program, { office, seconds, alone }, side, progress);
  progress.note(`裸 Fastify 路由，${alone} 秒`);
  const bare = sumUp(await loadBare(postgres, postgresUrl, { office, alone }, side));
  const audit = await askJson<{ entries?: number; sound: boolean }>(program, ['audit', 'verify']);
  const receipts = {
    acknowledged: ours.mix.receipts,
    kept: (await countRows(postgres))[1] - booked,
  };
  const mix = sumUp(ours.mix);
  const inbox = sumUp(ours.inbox);
  const mixInbox = mix.kinds.find(({ kind }) => kind === 'inbox')?.latency;
  return {
    ...{ machine, persons: office.persons, cases, readers, writers, mix, inbox, bare, receipts },
    ratio_p95: ratioOf(inbox.latency, bare.latency),
    ratio_mix_p95: ratioOf(mixInbox ?? null, bare.latency),
    memory: ours.memory,
    audit: { entries: audit.entries ?? 0, sound: audit.sound },
    good:
      mix.failures.length + inbox.failures.length === 0 &&
      receipts.kept >= receipts.acknowledged &&
      audit.sound,
  };
}

type Side = <T>(name: string, input: unknown) => Promise<T>;

/** The mix, then the inbox alone, on one real server. */
async function loadServer(
  program: Program,
  { office, seconds, alone }: { office: Office; seconds: number; alone: number },
  side: Side,
  progress: Progress,
): Promise<{ mix: LoadOutcome; inbox: LoadOutcome; memory: MemoryPeak }> {
  const { url, child, stop } = await startServing(program);
  const watch = watchMemory(child.pid ?? 0);
  try {
    progress.note(
      `${office.readers.length} 人查阅、${office.writers.length} 人办理，${seconds} 秒`,
    );
    const mix = await side<LoadOutcome>('load.mix', { url, seconds, office });
    progress.note(`只问清单，${alone} 秒`);
    const input = { url, path: '/api/alerts/search', seconds: alone, people: office.readers };
    const inbox = await side<LoadOutcome>('load.inbox', input);
    return { mix, inbox, memory: watch.end() };
  } finally {
    watch.end();
    await stop();
  }
}

/** The same people ask a bare route; it gets a copy of the cases without row level security. */
async function loadBare(
  postgres: PostgresEngine,
  postgresUrl: string,
  { office, alone }: { office: Office; alone: number },
  side: Side,
): Promise<LoadOutcome> {
  await copyCases(postgres);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const serving = side<unknown>('load.bare', { postgresUrl, port });
  const asking = async (): Promise<LoadOutcome> => {
    await listening(url);
    const input = { url, path: BARE_PATH, seconds: alone, people: office.readers };
    try {
      return await side<LoadOutcome>('load.inbox', input);
    } finally {
      await fetch(`${url}${END_PATH}`, { method: 'POST' });
    }
  };
  // Whichever fails first ends the measurement: a route that never started is not waited for.
  const [outcome] = await Promise.all([asking(), serving]);
  return outcome;
}

const START_TRIES = 300;

async function listening(url: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const found = await fetch(url).catch(() => null);
    if (found !== null) return;
    if (tries === START_TRIES) throw serverNotStarted({ said: '裸 Fastify 路由没有应答' });
    await wait(100);
  }
}

/** Same columns, indexes and rows as the cases; dropped with the scratch folder. */
async function copyCases({ kysely }: PostgresEngine): Promise<void> {
  await kysely<never>()
    .transaction()
    .execute(async (transaction) => {
      await sql`select set_config('app.agencies', '*', true)`.execute(transaction);
      await sql
        .raw(`create table ${BARE_TABLE} (like alert_case including all excluding identity)`)
        .execute(transaction);
      await sql.raw(`insert into ${BARE_TABLE} select * from alert_case`).execute(transaction);
    });
  await sql.raw(`analyze ${BARE_TABLE}`).execute(kysely<never>());
}

/** Cases and entries of the ledger. */
function countRows({ kysely }: PostgresEngine): Promise<readonly [number, number]> {
  return forWholeCity(kysely<never>(), async (transaction) => {
    const { rows } = await sql<{ cases: number; booked: number }>`select
        (select count(*)::int from alert_case) as cases,
        (select count(*)::int from recovery_entry where kind = 'receipt') as booked`.execute(
      transaction,
    );
    return [rows[0]?.cases ?? 0, rows[0]?.booked ?? 0] as const;
  });
}

function ratioOf(ours: Latency | null, bare: Latency | null): number | null {
  return ours === null || bare === null ? null : ours.p95_ms / bare.p95_ms;
}
