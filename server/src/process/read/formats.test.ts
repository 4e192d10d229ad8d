import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { encodeGb18030, isHuiliuError, silentProgress } from '../../kernel/index.ts';
import { processMap } from '../discover/process-map.ts';
import { about, openProcessTest, somebody } from '../testing/process-world.ts';
import { exportLog } from '../write/export-log.ts';
import { parseAttributes } from './attributes.ts';
import type { FormatName } from './stage-source.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const { world, load } = await openProcessTest();
const dir = mkdtempSync(join(tmpdir(), 'huiliu-formats-'));
after(() => rmSync(dir, { recursive: true, force: true }));

let count = 0;
/** Writes a file of this test run and returns its path. */
function file(name: string, content: string | Buffer): string {
  count += 1;
  const path = join(dir, `${count}-${name}`);
  writeFileSync(path, content);
  return path;
}

async function shapeOf(log: string) {
  const { cases, events, edges, start, end, duration } = await processMap(world, about(log));
  return { cases, events, edges, start, end, duration };
}

for (const format of ['xes', 'csv', 'ocel-json', 'ocel-sqlite'] as const satisfies FormatName[]) {
  for (const gzip of format === 'ocel-sqlite' ? [false] : [false, true]) {
    test(`what is written as ${format}${gzip ? ', packed,' : ''} reads back as the same process`, async () => {
      await load(join(FIXTURES, 'everything.xes.gz'), { log: 'source' });
      const path = join(dir, `out-${format}-${gzip}`);
      const report = await exportLog(world, somebody(), {
        ...{ log: 'source', filters: [], path, format, gzip, progress: silentProgress },
        origin: 'test',
      });
      const back = await load(path, { log: 'back' });
      assert.equal(report.events, back.events);
      assert.deepEqual(await shapeOf('back'), await shapeOf('source'));
    });
  }
}

test('an OCEL database that is packed is read too', async () => {
  const path = join(dir, 'plain.sqlite');
  await load(join(FIXTURES, 'nested.xes'), { log: 'nested' });
  await exportLog(world, somebody(), {
    ...{ log: 'nested', filters: [], path, format: 'ocel-sqlite', gzip: false },
    ...{ progress: silentProgress, origin: 'test' },
  });
  const packed = await load(file('log.sqlite.gz', gzipSync(readFileSync(path))), { log: 'packed' });
  assert.equal(packed.format, 'OCEL SQLite');
  assert.deepEqual(await shapeOf('packed'), await shapeOf('nested'));
});

const OCEL = {
  objectTypes: [
    { name: 'order', attributes: [] },
    { name: 'item', attributes: [{ name: 'size', type: 'integer' }] },
  ],
  eventTypes: [{ name: 'pack', attributes: [] }],
  events: [
    {
      ...{ id: 'e1', type: 'place {order}', time: '2024-01-01T08:00:00Z', attributes: [] },
      relationships: [
        { objectId: 'o1', qualifier: 'order' },
        { objectId: 'i1', qualifier: 'item' },
        { objectId: 'i2', qualifier: 'item' },
      ],
    },
    {
      ...{ id: 'e2', type: 'pack "it"', time: '2024-01-01T09:00:00Z' },
      attributes: [{ name: 'resource', value: '装[箱]工\\' }],
      relationships: [
        { objectId: 'i1', qualifier: 'item' },
        { objectId: 'i1', qualifier: 'again' },
      ],
    },
  ],
  objects: [
    { id: 'o1', type: 'order', attributes: [], relationships: [] },
    {
      id: 'i1',
      type: 'item',
      attributes: [{ name: 'size', time: '1970-01-01T00:00:00Z', value: 3 }],
    },
    { id: 'i2', type: 'item', attributes: [] },
  ],
};

test('an object-centric log is flattened to the type most events name, or to the one asked for', async () => {
  const path = file('orders.json', JSON.stringify(OCEL, null, 1));
  const items = await load(path, { log: 'items' });
  assert.deepEqual([items.object_type, items.cases, items.events], ['item', 2, 3]);
  assert.match(items.report.notes[0] ?? '', /item、order/);
  const orders = await load(path, { log: 'orders', objectType: 'order' });
  assert.deepEqual([orders.cases, orders.events], [1, 1]);
  await assert.rejects(load(path, { objectType: 'cart' }), (error) =>
    isHuiliuError(error, 'PROCESS_OBJECT_TYPE_UNKNOWN'),
  );
});

test('attributes keep their type and what is nested in them, and shadow nothing', async () => {
  await load(join(FIXTURES, 'nested.xes'), { log: 'nested' });
  const engine = await world.logs.engine();
  const row = await engine.read(async (session) => {
    const log = await session.first<{ generation: number }>(
      "select generation from log_register where log = 'nested'",
    );
    return session.first<{ attributes: string; of_case: string }>(
      `select e.attributes, c.attributes as of_case from g${log?.generation}.events e
       join g${log?.generation}.cases c using (case_no) limit 1`,
    );
  });
  const own = parseAttributes(row?.attributes ?? null);
  assert.deepEqual(own.急, { t: 'boolean', v: 'true' });
  assert.equal(own.次序?.t, 'int');
  assert.ok(!('concept:name' in own), 'the name nested in the resource is not the event’s');
  assert.equal(parseAttributes(row?.of_case ?? null).票据?.n?.['concept:name']?.v, '不是案件号');
});

test('a table in GB18030 with semicolons and Chinese headers is recognised, and the roles are told', async () => {
  const text =
    '办件编号;环节;完成时间;经办人\n一;受理;2026/03/01 09:00:00;张㐀\n一;办结;2026/03/02 09:00:00;李\n';
  const info = await load(file('表.csv', encodeGb18030(text)), { log: '表' });
  assert.deepEqual(info.report.columns, {
    ...{ 办件编号: 'case', 环节: 'activity', 完成时间: 'time', 经办人: 'resource' },
  });
  assert.equal((await shapeOf('表')).duration.max_s, 86_400);
});

test('a column can be given its role by hand, and what is not recognised is asked for', async () => {
  const path = file('odd.csv', 'a,b,c\n1,x,2026-01-01\n1,y,2026-01-02\n');
  await assert.rejects(load(path), (error) => {
    assert.ok(isHuiliuError(error, 'PROCESS_COLUMNS_UNCLEAR'));
    return /案件号.*a、b、c/.test(error.message);
  });
  const info = await load(path, { map: { a: 'case', b: 'activity', c: 'time' } });
  assert.deepEqual([info.cases, info.events], [1, 2]);
  await assert.rejects(load(path, { map: { a: 'case', b: 'activity', d: 'time' } }), (error) =>
    isHuiliuError(error, 'PROCESS_COLUMNS_UNCLEAR'),
  );
});

const whole = gunzipSync(readFileSync(join(FIXTURES, 'everything.xes.gz'))).toString();
const broken: Readonly<Record<string, string | Buffer>> = {
  'cut.xes': whole.slice(0, 5000),
  'cut.xes.gz': gzipSync(whole).subarray(0, 4000),
  'unclosed.xes': '<log><trace></log>',
  'entity.xes': '<!DOCTYPE log [<!ENTITY a "aaaa">]><log></log>',
  'not-utf8.xes': Buffer.concat([
    Buffer.from('<?xml version="1.0" encoding="UTF-8"?><log>'),
    Buffer.from([0xff, 0xfe, 0x80]),
  ]),
  'cut.json': '{"events":[{"id":"e1"}',
  'two-columns.csv': 'a,b\n1,2\n',
  'empty.csv': '\n',
};

for (const [name, content] of Object.entries(broken)) {
  test(`${name} is refused with a reason and leaves the log of its name as it was`, async () => {
    await load(join(FIXTURES, 'table.csv'), { log: 'kept', map: { 案件号: 'case' } });
    const before = await shapeOf('kept');
    await assert.rejects(load(file(name, content), { log: 'kept' }), (error) =>
      isHuiliuError(error, 'PROCESS_FILE_UNREADABLE'),
    );
    assert.deepEqual(await shapeOf('kept'), before);
  });
}

test('a log in which no event can take part is refused', async () => {
  const path = file('none.csv', 'case,activity,time\n1,a,never\n,b,2026-01-01\n');
  await assert.rejects(load(path), (error) => isHuiliuError(error, 'PROCESS_LOG_EMPTY'));
});

test('names that are no log names are refused, and so is the city’s own', async () => {
  for (const log of ['city', '../x', '', 'a'.repeat(61)]) {
    await assert.rejects(load(join(FIXTURES, 'table.csv'), { log }), (error) =>
      isHuiliuError(error, 'PROCESS_LOG_NAME_INVALID'),
    );
  }
});

test('an export overwrites nothing', async () => {
  const path = file('there.xes', 'mine');
  await load(join(FIXTURES, 'nested.xes'), { log: 'nested' });
  const request = { log: 'nested', filters: [], path, format: 'xes' as const, gzip: false };
  await assert.rejects(
    exportLog(world, somebody(), { ...request, progress: silentProgress, origin: 'test' }),
    (error) => isHuiliuError(error, 'PROCESS_EXPORT_EXISTS'),
  );
  assert.equal(readFileSync(path, 'utf8'), 'mine');
});
