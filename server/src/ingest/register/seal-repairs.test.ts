import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { passingKeys } from '../../security/index.ts';
import { migrate, openPostgres, type PostgresEngine } from '../../store/index.ts';
import { newDatabase } from '../testing/open-world.ts';
import { ingestMigrations } from './migrations.ts';
import { findRepair, insertRepair, type RepairRegister } from './repairs.ts';
import { sealRepairs } from './seal-repairs.ts';

const ID_NO = '140502199001010019';
const EDIT = [{ column: 'AAC002', before: ID_NO, after: '140502199001010027' }];
const sealedStep = ingestMigrations.findIndex(({ name }) => name === 'ingest/0003-sealed-repairs');

async function withOldRepairs(repairs: number): Promise<[PostgresEngine, RepairRegister]> {
  const postgres = await openPostgres({ dataDir: '', url: await newDatabase() });
  await migrate(postgres.kysely(), ingestMigrations.slice(0, sealedStep));
  await postgres.pool.query(
    `insert into ingest_package (state, received_at) values ('refused', '')`,
  );
  await postgres.pool.query(
    `insert into ingest_repair (kind, src, batch, dataset, line, changes, reason, proposed_by,
       proposed_at, state)
     select 'edit', 'SX', 1, 'person', n, $1::jsonb, '按户籍更正', '王', '', 'proposed'
     from generate_series(1, $2::integer) n`,
    [JSON.stringify(EDIT), repairs],
  );
  await migrate(postgres.kysely(), ingestMigrations);
  return [postgres, { db: postgres.kysely(), keys: passingKeys() }];
}

const plainRows = async ({ pool }: PostgresEngine): Promise<number> =>
  (
    await pool.query<{ n: number }>(
      `select count(*)::integer as n from ingest_repair r where r::text like '%${ID_NO}%'`,
    )
  ).rows[0]?.n ?? -1;

describe('repairs written before their values were sealed', () => {
  let postgres: PostgresEngine;
  let register: RepairRegister;
  before(async () => {
    [postgres, register] = await withOldRepairs(603);
  });

  it('go on being sealed after an interrupted run, and read as before', async (t) => {
    t.after(() => postgres.close());
    assert.equal(await plainRows(postgres), 603);
    let portions = 0;
    const dying = {
      ...register,
      db: new Proxy(register.db, {
        get(db, name) {
          if (name === 'transaction' && ++portions > 1) throw new Error('power cut');
          const value = Reflect.get(db, name);
          return typeof value === 'function' ? value.bind(db) : value;
        },
      }),
    };
    await assert.rejects(sealRepairs(dying), /power cut/);
    assert.equal(await plainRows(postgres), 103);
    assert.equal(await sealRepairs(register), 103);
    assert.equal(await plainRows(postgres), 0);
    assert.equal(await sealRepairs(register), 0);
    const read = await findRepair(register, 603);
    assert.deepEqual(read?.kind === 'edit' ? read.changes : null, EDIT);
  });

  it('cannot be written in plain text any more, nor opened in another row', async (t) => {
    const [engine, sealed] = await withOldRepairs(2);
    t.after(() => engine.close());
    await assert.rejects(
      engine.pool.query(`update ingest_repair set reason = '仍是明文' where repair_id = 1`),
      /ingest_repair_sealed/,
    );
    await sealRepairs(sealed);
    await engine.pool.query(`update ingest_repair set sealed_changes =
      (select sealed_changes from ingest_repair where repair_id = 2) where repair_id = 1`);
    await assert.rejects(findRepair(sealed, 1), { code: 'SECURITY_SEAL_BROKEN' });
  });

  it('still allow one open proposal per foreign code, by its blind index', async (t) => {
    const [engine, sealed] = await withOldRepairs(0);
    t.after(() => engine.close());
    await sealRepairs(sealed);
    const propose = (from: string) =>
      insertRepair(sealed, {
        ...{ src: 'SX', reason: '来源代码对照', by: '王', at: '' },
        what: { kind: 'code_map', field: 'AAC004', from, to: '1' },
      });
    assert.notEqual(await propose('男'), null);
    assert.equal(await propose('男'), null);
    assert.notEqual(await propose('男性'), null);
  });
});
