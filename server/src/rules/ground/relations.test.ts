import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type DuckSession, openDuck } from '../../store/index.ts';
import { makeRelation, type Relation } from './relations.ts';

const dir = await mkdtemp(join(tmpdir(), 'huiliu-relations-'));
const duck = await openDuck({
  ...{ file: join(dir, 'city.duckdb'), stagingDir: dir, tempDir: dir, memoryLimit: '256MiB' },
});
after(async () => {
  await duck.close();
  await rm(dir, { recursive: true, force: true });
});

const seen = async (session: DuckSession) =>
  (await session.rows<{ n: number }>('select n from one')).map(({ n }) => n);

test('whatever stood under a name gives way to what is wanted now', async () => {
  const wanted: readonly (readonly [Relation['kind'], number])[] = [
    ...([['view', 1] as const, ['table', 2], ['view', 3], ['literals', 4]] as const),
    ...([['literals', 5] as const, ['view', 6]] as const),
  ];
  await duck.scratch(async (session) => {
    for (const [kind, n] of wanted) {
      await makeRelation(session, { name: 'one', kind, body: `select ${n} as n` });
      assert.deepEqual(await seen(session), [n], kind);
    }
  });
});

test('a table is filled anew though its text is the same; views and literals stay', async () => {
  for (const kind of ['table', 'view', 'literals'] as const) {
    await duck.scratch(async (session) => {
      await session.run('create temp table source as select 1 as n');
      const ran: string[] = [];
      const noted = {
        ...session,
        run: (sql: string) => {
          ran.push(sql.split(' ', 1)[0] ?? '');
          return session.run(sql);
        },
      };
      const relation = { name: 'one', kind, body: 'select n from source' } as const;
      await makeRelation(noted, relation);
      await session.run('update source set n = 2');
      await makeRelation(noted, relation);
      assert.deepEqual(await seen(session), [kind === 'literals' ? 1 : 2]);
      assert.deepEqual(ran, kind === 'table' ? ['create', 'drop', 'create'] : ['create']);
    });
  }
});

test('what another session made is none of this one', async () => {
  for (const n of [1, 2]) {
    await duck.scratch(async (session) => {
      await makeRelation(session, { name: 'one', kind: 'literals', body: 'select 1 as n' });
      assert.deepEqual(await seen(session), [1], `session ${n}`);
    });
  }
});
