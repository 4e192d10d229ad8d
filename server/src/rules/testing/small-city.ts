import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { loadContent, municipalSchema } from '../../municipal/index.ts';
import { auditMigrations } from '../../security/index.ts';
import { migrate, openDuck, openPostgres } from '../../store/index.ts';
import { caseRows, versionsSelect } from '../cases/case-rows.ts';
import { loadRulePack } from '../content/load-pack.ts';
import type { CaseRow, RuleDef, RulePack, RuleParam } from '../model.ts';
import { rulesMigrations } from '../register/migrations.ts';
import type { RulesWorld } from '../world.ts';

const ROOTS = ['content/base', 'content/jincheng'].map((path) =>
  join(import.meta.dirname, '../../../..', path),
);

/** Content and rule files as shipped; loaded once a process. */
export const CONTENT = loadContent(ROOTS);
export const PACK: RulePack = loadRulePack(ROOTS, CONTENT);

/** Rows by table, as cases give them. */
export type GivenRows = Readonly<Record<string, readonly CaseRow[]>>;

export interface SmallCity {
  readonly world: RulesWorld;
  /** Publishes rows as one package dated `asOf`; every table counts as returned. */
  publish(asOf: string, rows: GivenRows, close?: GivenKeys): Promise<void>;
}

/** Keys of rows that the package ends: table → value of the first key column. */
export type GivenKeys = Readonly<Record<string, readonly string[]>>;

/**
 * A municipal database of a few invented people on real engines, shared by the tests of one file.
 * `tables` are those that are ever returned; all unless named.
 */
export async function openSmallCity(
  options: { pack?: RulePack; tables?: readonly string[] } = {},
): Promise<SmallCity> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-rules-'));
  const postgres = await openPostgres({ dataDir: dir });
  const duck = await openDuck({
    file: join(dir, 'city.duckdb'),
    stagingDir: join(dir, 'staging'),
    tempDir: join(dir, 'tmp'),
    memoryLimit: '512MiB',
  });
  after(async () => {
    await duck.close();
    await postgres.close();
    await rm(dir, { recursive: true, force: true });
  });
  await migrate(postgres.kysely(), [...auditMigrations, ...rulesMigrations]);
  await duck.write(async (session) => {
    for (const statement of municipalSchema(CONTENT.tables.values())) await session.run(statement);
    await session.run(`create table feed.edition (edition INTEGER, kind VARCHAR, batch INTEGER, repair INTEGER);
      create table feed.dataset (batch INTEGER, dataset VARCHAR, state VARCHAR);
      create table feed.issue (batch INTEGER, dataset VARCHAR, line BIGINT, label VARCHAR, code VARCHAR, raw_value VARCHAR);
      create table feed.quarantine_row (batch INTEGER, dataset VARCHAR, agency VARCHAR, state VARCHAR)`);
  });
  const pack = options.pack ?? PACK;
  const clock = { now: () => new Date('2026-11-03T01:00:00Z') };
  const world: RulesWorld = { duck, content: CONTENT, pack, clock, db: postgres.kysely() };
  let edition = 0;
  return {
    world,
    publish: async (asOf, rows, close = {}) => {
      edition += 1;
      const batch = edition;
      await duck.transaction(async (session) => {
        await session.run(
          `insert into feed.batch values (${batch}, 'SX-${batch}', 'SX', 'I', '${asOf}', ${batch}, ${edition});
           insert into feed.edition values (${edition}, 'package', ${batch}, null)`,
        );
        for (const def of CONTENT.tables.values()) {
          if (options.tables !== undefined && !options.tables.includes(def.name)) continue;
          await session.run(
            `insert into feed.dataset values (${batch}, '${def.name}', 'accepted')`,
          );
          for (const key of close[def.name] ?? []) {
            await session.run(
              `update rows.${def.name} set edition_to = ${edition} where ${def.key[0]} = '${key}' and edition_to is null`,
            );
          }
          const given = rows[def.name] ?? [];
          if (given.length === 0) continue;
          const whole = caseRows(def, given, PACK.baseRows[def.name] ?? {});
          const columns = versionsSelect(def, { standing: whole, replaced: [] });
          await session.run(
            `insert into rows.${def.name} select * replace (${batch} as batch, ${edition} as edition_from) from (${columns})`,
          );
        }
      });
    },
  };
}

/** A rule of this text for tests of the engine. */
export function ruleOf(
  id: string,
  sql: string,
  more: Partial<RuleDef> & { readonly values?: Record<string, RuleParam> } = {},
): RuleDef {
  const { values, ...rest } = more;
  return {
    ...{ id, sql, title: id, kind: 'risk', status: 'trial', version: 1, severity: 'high' },
    ...{ scope: 'person', insurance: [], owner: '测试', basis: ['测试'], why: '测试', action: '' },
    ...{
      falsePositives: [],
      missing: null,
      topic: id,
      reads: ['person'],
      optional: [],
      key: ['person_id'],
    },
    ...{ measures: null, ignore: [], cases: [], file: '' },
    params: new Map(Object.entries(values ?? {})),
    ...rest,
  };
}

/** The shipped pack with these rules instead of its own. */
export function packOf(...rules: readonly RuleDef[]): RulePack {
  return { ...PACK, rules: new Map(rules.map((rule) => [rule.id, rule])) };
}
