import { join } from 'node:path';
import type { PoolClient } from 'pg';
import type { MunicipalContent } from '../../server/src/contract/index.ts';
import type { Progress } from '../../server/src/kernel/index.ts';
import { loadContent } from '../../server/src/municipal/index.ts';
import { openPostgres } from '../../server/src/store/index.ts';
import { frameQueries, personTables } from './person-tables.ts';
import { type LookupPlan, runSeries, type SeriesResults } from './series.ts';

export interface PostgresSideInput extends LookupPlan {
  readonly baselineDir: string;
  readonly contentRoots: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/**
 * The baseline: one indexed query a table, prepared once a connection, rows as the driver gives
 * them. No versions, no provenance, no timelines, no audit.
 */
export async function measurePostgres(
  input: PostgresSideInput,
  progress: Progress,
): Promise<SeriesResults> {
  const content = loadContent([...input.contentRoots]);
  const postgres = await openPostgres({ dataDir: join(input.baselineDir) });
  const clients: PoolClient[] = [];
  try {
    for (let reader = 0; reader < input.readers; reader += 1) {
      clients.push(await postgres.pool.connect());
    }
    const byKey = (key: 'person_id' | 'id_no') => {
      const read = lookUpIn(content, key);
      return (value: string, reader: number) => {
        const client = clients[reader];
        if (client === undefined) throw new Error(`reader ${reader} has no connection`);
        return read(client, value);
      };
    };
    const keys = ['person_id', 'id_no'] as const;
    const ways = keys.map((key) => ({ way: 'rows', key, lookUp: byKey(key) }));
    return await runSeries(input, ways, progress);
  } finally {
    for (const client of clients) client.release();
    await postgres.close();
  }
}

function lookUpIn(
  content: MunicipalContent,
  key: 'person_id' | 'id_no',
): (client: PoolClient, value: string) => Promise<number> {
  const { byPersonId, byIdNo, units, unitColumns } = frameQueries(content);
  const personQuery = key === 'person_id' ? byPersonId : byIdNo;
  const sections = personTables(content).flatMap(({ name, query }) =>
    query === null ? [] : [{ name, ...query }],
  );
  const ask = async (client: PoolClient, name: string, text: string, values: unknown[]) =>
    (await client.query<Row>({ name, text, values })).rows;
  return async (client, value) => {
    const [person] = await ask(client, `person by ${key}`, personQuery, [value]);
    if (person === undefined) throw new Error('the baseline does not hold a person looked up');
    const unitIds = new Set<unknown>();
    let rows = 1;
    for (const { name, text, by } of sections) {
      const ids = by === 'person' ? [person.person_id] : [person.person_id, person.id_no];
      const found = await ask(client, name, text, ids);
      rows += found.length;
      const column = unitColumns.get(name);
      if (column === undefined) continue;
      for (const row of found) if (row[column] !== null) unitIds.add(row[column]);
    }
    if (unitIds.size > 0) await ask(client, 'units', units, [[...unitIds]]);
    return rows;
  };
}
