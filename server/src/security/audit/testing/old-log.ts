import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { migrate, openPostgres, type PostgresEngine } from '../../../store/index.ts';
import { accessMigrations } from '../../access/index.ts';
import { passingKeys } from '../../crypto/index.ts';
import {
  type AuditEntry,
  type AuditTables,
  type AuditWorld,
  auditMigrations,
  openAnchor,
  recordAudit,
  requestArchive,
  writeCheckpoint,
} from '../index.ts';

export const LOOK: AuditEntry = {
  ...{ actor: 'user:wang', origin: 'cli', action: 'dossier.open', object: 'P1', keyTag: null },
  ...{ purpose: '核实退休待遇资格', outcome: 'ok', matterNo: 'SL-2026-1' },
};
export const ASKER = { actor: 'user:shen', origin: '127.0.0.1 test' };
export const CONFIRMER = { actor: 'user:an', origin: '127.0.0.1 test' };
/** More than six months before any clock the database can have. */
export const OLD = '2024-03-01T01:00:00.000Z';

export interface OldLog {
  readonly dir: string;
  readonly engine: PostgresEngine;
  readonly db: Kysely<AuditTables>;
  /** A fresh log, empty, with folders of its own. */
  fresh(): Promise<AuditWorld>;
  at(instant: string): void;
  record(entries: number, changes?: Partial<AuditEntry>): Promise<void>;
  /** What the owner of the tables can do who switches the triggers off. */
  asOwner(...statements: string[]): Promise<void>;
  close(): Promise<void>;
}

const TABLES = ['audit_entry', 'audit_archive', 'audit_archive_request'];

/** An audit log on a real PostgreSQL, with a clock that is set. */
export async function openOldLog(): Promise<OldLog> {
  const dir = await mkdtemp(join(tmpdir(), 'archive-'));
  const engine = await openPostgres({ dataDir: dir });
  const db = engine.kysely<AuditTables>();
  await migrate(engine.kysely<unknown>(), [...accessMigrations, ...auditMigrations]);
  let now = OLD;
  let count = 0;
  const clock = { now: () => new Date(now) };
  const asOwner = async (...statements: string[]) => {
    const switched = (how: string) => TABLES.map((table) => `alter table ${table} ${how}`);
    const all = [
      ...switched('disable trigger user'),
      ...statements,
      ...switched('enable trigger user'),
    ];
    for (const statement of all) await sql.raw(statement).execute(db);
  };
  return {
    ...{ dir, engine, db, asOwner },
    fresh: async () => {
      await asOwner(`truncate ${TABLES.join(', ')} restart identity`);
      count += 1;
      now = OLD;
      const anchor = await openAnchor(join(dir, `anchor-${count}`), passingKeys());
      return { db, clock, anchor, archiveDir: join(dir, `archive-${count}`) };
    },
    at: (instant) => {
      now = instant;
    },
    record: async (entries, changes = {}) => {
      for (let i = 0; i < entries; i += 1) await recordAudit(db, { ...LOOK, ...changes }, clock);
    },
    close: async () => {
      await engine.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Two months of ten entries each, checkpoints between them, and three entries of now. */
export async function twoOldMonths(log: OldLog): Promise<AuditWorld> {
  const world = await log.fresh();
  await log.record(10);
  await writeCheckpoint(world);
  log.at('2024-04-01T01:00:00.000Z');
  await log.record(9);
  await log.record(1, { actor: 'user:li', action: 'dossier.unmask', matterNo: 'SL-2' });
  log.at('2026-11-05T01:00:00.000Z');
  await log.record(3);
  await writeCheckpoint(world);
  return world;
}

/** Asks for everything before a day. */
export async function ask(world: AuditWorld, before?: string): Promise<string> {
  const reason = '在线期已满，归档';
  const asked = await requestArchive(world, { by: ASKER, reason, onlineMonths: 6, before });
  return String(asked.request_id);
}
