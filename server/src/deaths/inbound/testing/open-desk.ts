import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { signRequest } from '../../../../../tools/client-example/index.ts';
import { type Principal, WHOLE_CITY } from '../../../contract/index.ts';
import { loadContent } from '../../../municipal/index.ts';
import {
  accessMigrations,
  auditMigrations,
  forWholeCity,
  passingKeys,
} from '../../../security/index.ts';
import { migrate, openPostgres, type PostgresEngine } from '../../../store/index.ts';
import type { AppBook, InterfacesWorld } from '../../apps/index.ts';
import { openAppBook } from '../../apps/index.ts';
import { openHealthBook } from '../../freshness/index.ts';
import { deathsMigrations } from '../../migrations.ts';
import type { CustodyReport, DeathReport } from '../../model.ts';
import type { Registry } from '../model.ts';
import { type Inbox, openInbox } from '../open-inbox.ts';
import type { SignedRequest } from '../signature.ts';
import type { InterfaceTables } from '../tables.ts';

const ROOTS = ['content/base', 'content/jincheng'].map((path) =>
  join(import.meta.dirname, '../../../../..', path),
);
export const CONTENT = loadContent(ROOTS);

/** Invented for tests; signs nothing else. */
export const PRIVATE_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90';
export const PUBLIC_KEY =
  '0425fb28b271846700ff72f1d6f09c9df8ef85da67bbd2b1f6de4b68e1d31690ae58a2983fda1946b1b4a5b04fc5a4105cf3524a5f37be6f06d5f2c330063aaa84';

export const ADMIN: Principal = {
  ...{ accountId: 'a1', actor: 'user:admin', name: '系统管理员', department: null, roles: [] },
  ...{ permissions: new Set<string>(), scope: WHOLE_CITY, operatorId: null, sessionId: null },
};

/** A clock that stands until it is moved. */
export class StillClock {
  #ms = Date.parse('2026-11-05T02:00:00Z');
  now(): Date {
    return new Date(this.#ms);
  }
  pass(seconds: number): void {
    this.#ms += seconds * 1000;
  }
}

/** A registry of plain lists; `fail` makes the next calls throw. */
export class ListRegistry implements Registry {
  readonly deaths: DeathReport[] = [];
  readonly custody: CustodyReport[] = [];
  readonly compared: string[][] = [];
  fail: (eventIds: readonly string[]) => Error | null = () => null;

  async takeDeaths(reports: readonly DeathReport[]): Promise<readonly string[]> {
    this.#check(reports);
    this.deaths.push(...reports);
    return reports.map((each) => each.idNo ?? each.eventId);
  }
  async takeCustody(reports: readonly CustodyReport[]): Promise<readonly string[]> {
    this.#check(reports);
    this.custody.push(...reports);
    return reports.map((each) => each.idNo);
  }
  async compare(subjects: readonly string[]): Promise<null> {
    this.compared.push([...subjects]);
    return null;
  }
  async deliver(): Promise<void> {}

  #check(reports: readonly { readonly eventId: string }[]): void {
    const error = this.fail(reports.map((each) => each.eventId));
    if (error !== null) throw error;
  }
}

/** What every test of the interfaces works on: one real PostgreSQL and a clock that stands. */
export interface Desk {
  readonly dir: string;
  readonly postgres: PostgresEngine;
  readonly world: InterfacesWorld;
  readonly clock: StillClock;
  readonly registry: ListRegistry;
  readonly apps: AppBook;
  readonly inbox: Inbox;
}

export async function openDesk(): Promise<Desk> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-desk-'));
  const postgres = await openPostgres({ dataDir: dir });
  after(async () => {
    await postgres.close();
    await rm(dir, { recursive: true, force: true });
  });
  await migrate(postgres.kysely(), [...accessMigrations, ...auditMigrations, ...deathsMigrations]);
  const clock = new StillClock();
  let drawn = 0;
  const world: InterfacesWorld = {
    db: postgres.kysely<InterfaceTables>(),
    content: CONTENT,
    clock,
    keys: passingKeys(),
    random: {
      bytes: (count) => Buffer.alloc(count, `random-${++drawn}-`),
      fraction: () => 0.5,
    },
  };
  const registry = new ListRegistry();
  return { dir, postgres, world, clock, registry, ...openInboxOn(world, registry) };
}

/** A fresh inbox on the same database, as after a restart. */
export function openInboxOn(world: InterfacesWorld, registry: Registry) {
  const apps = openAppBook(world);
  const health = openHealthBook(world);
  return { apps, health, inbox: openInbox(world, { apps, health, registry }) };
}

export const ID_NO = '140502195611030019';

let counter = 0;

/** A sound report of a death; number and time are new each time. */
export function deathEvent(changes: Readonly<Record<string, unknown>> = {}) {
  counter += 1;
  return {
    event_id: `mz-${counter}`,
    occurred_at: '2026-11-05T09:30:00+08:00',
    agency: '140502',
    id_no: ID_NO,
    name: '王测试',
    death_date: '2026-11-03',
    cert_no: 'Z-1',
    ...changes,
  };
}

export type Key = Parameters<typeof signRequest>[0]['key'];

/** Signs a body as a department would and gives the request as the server sees it. */
export function signedRequest(
  sender: { readonly app: string; readonly key: Key; readonly now: Date },
  body: unknown,
  changes: Partial<{ path: string; nonce: string; eventId: string; address: string }> = {},
): SignedRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const named = body as { event_id?: string; batch_id?: string };
  const path = changes.path ?? '/open/v1/deaths';
  const headers = signRequest({
    ...{ app: sender.app, key: sender.key, now: sender.now, path, body: text },
    eventId: changes.eventId ?? named.event_id ?? named.batch_id ?? 'none',
    ...(changes.nonce === undefined ? {} : { nonce: changes.nonce }),
  });
  return {
    method: 'POST',
    url: path,
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(text, 'utf8'),
    address: changes.address ?? '127.0.0.1',
  };
}

/** Counts the events in the inbox; the table shows nothing without a scope. */
export async function countEvents(desk: Desk): Promise<number> {
  return (await eventsOf(desk)).length;
}

/** All events in the inbox, in their order. */
export async function eventsOf(desk: Desk) {
  return forWholeCity(desk.world.db, (transaction) =>
    transaction.selectFrom('inbound_event').selectAll().orderBy('inbox_no').execute(),
  );
}

export const refusedWith =
  (code: string) =>
  (error: unknown): boolean => {
    const found = (error as { code?: string }).code;
    if (found !== code) throw new Error(`expected ${code}, got ${found ?? String(error)}`);
    return true;
  };
