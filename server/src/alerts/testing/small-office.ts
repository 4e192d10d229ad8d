import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { AlertCandidate, FindingDelivery, Principal } from '../../contract/index.ts';
import { loadContent, municipalSchema } from '../../municipal/index.ts';
import { accessMigrations, auditMigrations } from '../../security/index.ts';
import {
  type DuckEngine,
  migrate,
  openDuck,
  openPostgres,
  type PostgresEngine,
} from '../../store/index.ts';
import { loadHandling } from '../handling/handling.ts';
import { alertsMigrations } from '../migrations.ts';
import type { AlertsTables } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';

const BASE = join(import.meta.dirname, '../../../../content/base');

/** Content as shipped; loaded once a process. */
export const CONTENT = loadContent([BASE]);
export const HANDLING = loadHandling([BASE]);

export interface SmallOffice {
  readonly world: AlertsWorld;
  readonly postgres: PostgresEngine;
  /** Sets the clock to 09:00 of a day in Shanghai. */
  onDay(day: string): void;
  /** Adds rows to a municipal table; columns not named are null. */
  rows(
    table: string,
    ...rows: readonly Readonly<Record<string, string | number | null>>[]
  ): Promise<void>;
}

/** A whole office on real engines with invented people, shared by the tests of one file. */
export async function openSmallOffice(): Promise<SmallOffice> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-alerts-'));
  const { postgres, duck } = await openEngines(dir);
  const evidenceDir = join(dir, 'evidence');
  await mkdir(evidenceDir);
  let now = new Date('2026-11-02T01:00:00Z');
  const world: AlertsWorld = {
    duck,
    db: postgres.kysely<AlertsTables>(),
    content: CONTENT,
    handling: HANDLING,
    evidenceDir,
    listColleagues: async () =>
      Object.entries({ anna: '*', bert: '*', chief: '*', dora: '140502', finn: '140521' }).map(
        ([account, agency]) => ({
          ...{
            account,
            login: account,
            name: `${account}甲`,
            department: null,
            agencies: [agency],
          },
        }),
      ),
    relativesOf: async (account) => (account === 'cousin' ? ['K1'] : []),
    clock: { now: () => now },
  };
  let line = 0;
  return {
    world,
    postgres,
    onDay: (day) => {
      now = new Date(`${day}T09:00:00+08:00`);
    },
    rows: (table, ...given) =>
      duck.transaction(async (session) => {
        for (const row of given) {
          line += 1;
          const whole = { ...row, batch: 1, line, edition_from: 1 };
          const names = Object.keys(whole);
          await session.run(
            `insert into rows.${table} (${names.join(', ')}) values (${names.map((name) => `$${name}`).join(', ')})`,
            whole,
          );
        }
      }),
  };
}

/** Both engines with their tables, closed and removed after the tests of the file. */
async function openEngines(dir: string): Promise<{ postgres: PostgresEngine; duck: DuckEngine }> {
  const postgres = await openPostgres({ dataDir: dir });
  const duck = await openDuck({
    file: join(dir, 'city.duckdb'),
    stagingDir: join(dir, 'staging'),
    tempDir: join(dir, 'tmp'),
    memoryLimit: '256MiB',
    threads: 2,
  });
  after(async () => {
    await duck.close();
    await postgres.close();
    await rm(dir, { recursive: true, force: true });
  });
  await migrate(postgres.kysely(), [...accessMigrations, ...auditMigrations, ...alertsMigrations]);
  await duck.write(async (session) => {
    for (const statement of municipalSchema(CONTENT.tables.values())) await session.run(statement);
    await session.run(`insert into feed.batch values (1, 'SX-1', 'SX', 'F', '2026-10-31', 1, 1)`);
  });
  return { postgres, duck };
}

const BY_ROLE = {
  inspector: [
    'alerts.read',
    'alerts.verify',
    'alerts.dispose',
    'alerts.close',
    'recovery.read',
    'recovery.write',
  ],
  controller: [
    'alerts.read',
    'alerts.assign',
    'alerts.verify',
    'alerts.review',
    'alerts.dispose',
    'alerts.close',
    'recovery.read',
    'recovery.approve',
  ],
  county_officer: [
    'alerts.read',
    'alerts.verify',
    'alerts.dispose',
    'recovery.read',
    'recovery.write',
  ],
  county_reviewer: [
    'alerts.read',
    'alerts.assign',
    'alerts.review',
    'alerts.close',
    'recovery.read',
    'recovery.approve',
  ],
  fund_officer: ['alerts.read', 'recovery.read', 'recovery.write', 'recovery.approve'],
  leader: ['alerts.read', 'recovery.read', 'screen.read'],
} as const;

/** An invented person at work; a county's people name it, the city's do not. */
export function person(
  login: string,
  role: keyof typeof BY_ROLE,
  more: { agency?: string; operatorId?: string; department?: string } = {},
): Principal {
  const { agency, operatorId = null, department = '稽核内控科' } = more;
  return {
    accountId: login,
    actor: `user:${login}`,
    name: `${login}甲`,
    department,
    roles: [role],
    permissions: new Set<string>(BY_ROLE[role]),
    scope: { agencies: agency === undefined ? 'all' : [agency], insurances: 'all', unmask: false },
    operatorId,
    sessionId: null,
  };
}

/** A finding that states only what matters to a test. */
export function finding(
  changes: Partial<AlertCandidate> & { personId?: string | null } = {},
): AlertCandidate {
  const {
    personId = 'P1',
    rule = 'DTH-001',
    evidence = { died_on: '2026-09-03', months: 1 },
  } = changes;
  const key = changes.key ?? { person_id: personId ?? '' };
  return {
    ...{ rule, version: 1, level: 'high', key, personId, unitId: null, agency: '140502' },
    ...{
      amountFen: 287_640n,
      matchGrade: 'A',
      evidence,
      sources: { benefit_payment: [10_000_000_001n] },
    },
    fingerprint: JSON.stringify([rule, key, evidence]),
    ...{ title: '死亡后仍发养老待遇', topic: '死亡后发放', owner: '待遇科', insurance: ['110'] },
    ...{ basis: ['《社会保险经办条例》第二十六条'], action: '核实死亡时间' },
    ...changes,
  };
}

let runs = 0;

/** One run of `DTH-001` unless told otherwise. */
export function delivery(
  findings: readonly AlertCandidate[],
  changes: Partial<FindingDelivery> = {},
): FindingDelivery {
  runs += 1;
  return {
    ...{ source: 'rules', runId: `R${runs}`, asOf: '2026-10-31', persons: null, findings },
    ranRules: ['DTH-001'],
    ...changes,
  };
}
