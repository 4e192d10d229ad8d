import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { migrate, openPostgres } from '../../store/index.ts';
import { accessMigrations } from '../access/migrations.ts';
import { auditMigrations } from '../audit/index.ts';
import { passingKeys } from '../crypto/index.ts';
import { createUsableAccount, type UsableAccount } from '../identity/accounts/usable-account.ts';
import { identityMigrations } from '../identity/migrations.ts';
import { openIdentity } from '../identity/open-identity.ts';
import { hashPassword } from '../identity/passwords/hash.ts';
import { findByLogin, signIn } from '../identity/sign-in/sign-in.ts';
import type { IdentityWorld } from '../identity/world.ts';

const ROOTS = ['content/base', 'content/jincheng'].map((path) =>
  join(import.meta.dirname, '../../../..', path),
);

/** Password of every account of {@link SmallOffice.hire}. */
export const PASSWORD = 'Fengtai-7-Qiao!';

/** Administrator of tests: another person than any account. */
export const BY = { actor: 'user:boss', accountId: null, origin: '127.0.0.1 test' };

export interface SmallOffice {
  readonly world: IdentityWorld;
  /** Pauses asked for since the office opened, ms. */
  readonly pauses: number[];
  /** Lets time pass. */
  wait(minutes: number): void;
  /** Creates an account that works at once; the password is {@link PASSWORD}. */
  hire(
    login: string,
    roles: readonly string[],
    more?: Partial<UsableAccount>,
  ): Promise<{ accountId: string }>;
  signIn(login: string, password?: string, address?: string): Promise<string>;
  /** Actions of the audit log with their outcomes, oldest first. */
  audited(): Promise<string[]>;
}

/** An office of invented people on a real PostgreSQL, shared by the tests of one file. */
export async function openSmallOffice(change: Partial<IdentityWorld> = {}): Promise<SmallOffice> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-identity-'));
  const postgres = await openPostgres({ dataDir: dir });
  after(async () => {
    await postgres.close();
    await rm(dir, { recursive: true, force: true });
  });
  await migrate(postgres.kysely(), [
    ...accessMigrations,
    ...auditMigrations,
    ...identityMigrations,
  ]);
  let now = Date.parse('2026-11-05T01:00:00Z');
  const pauses: number[] = [];
  const opened = await openIdentity({
    db: postgres.kysely(),
    clock: { now: () => new Date(now) },
    keys: passingKeys(),
    roots: ROOTS,
    configDir: join(dir, 'config'),
    agencies: new Map([
      ['140502', '城区'],
      ['140581', '高平市'],
    ]),
    insurances: new Map([['110', '企业职工基本养老保险']]),
    pause: async (ms) => void pauses.push(ms),
  });
  const world = { ...opened, ...change };
  const passwordHash = await hashPassword('argon2id', PASSWORD);
  return {
    world,
    pauses,
    wait: (minutes) => {
      now += minutes * 60_000;
    },
    hire: (login, roles, more = {}) =>
      world.db.transaction().execute(async (transaction) => ({
        accountId: await createUsableAccount(world, transaction, {
          ...{ login, name: `${login}先生`, roles, passwordHash },
          ...more,
        }),
      })),
    signIn: (login, password = PASSWORD, address = '10.0.0.1') =>
      signIn(world, { login, password, address, device: 'test', origin: `${address} request` }),
    audited: async () => {
      const rows = await world.db
        .selectFrom('audit_entry')
        .select(['action', 'outcome'])
        .orderBy('id')
        .execute();
      return rows.map(({ action, outcome }) => `${action} ${outcome}`);
    },
  };
}

/** Rows of an account as they stand. */
export async function accountOf(world: IdentityWorld, login: string) {
  const found = await findByLogin(world, login);
  if (found === null) throw new Error(`no account ${login}`);
  return found;
}
