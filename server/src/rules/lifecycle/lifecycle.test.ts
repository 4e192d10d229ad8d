import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { listFindings } from '../findings/list-findings.ts';
import { effectivePack } from '../register/effective-pack.ts';
import { startRun } from '../run/start-run.ts';
import { openSmallCity, packOf, ruleOf } from '../testing/small-city.ts';
import { backTest } from './back-test.ts';
import { askChange, decideChange } from './change-rule.ts';

const least = {
  value: 3,
  ...{ unit: '月', min: 1, max: 12, why: '测试', agencies: new Map() },
} as const;
const paid = ruleOf(
  'AAA-001',
  `select person_id, cast(count(*) as integer) as months, cast(sum(amount) as bigint) as amount_fen
   from benefit_payment group by person_id having count(*) >= :least order by person_id`,
  { reads: ['benefit_payment'], values: { least } },
);
const draft = ruleOf('BBB-001', '', { status: 'draft', missing: '学籍数据' });
const city = await openSmallCity({ pack: packOf(paid, draft) });
await city.publish('2026-10-31', {
  person: [
    { person_id: 'A', agency: '140502' },
    { person_id: 'B', agency: '140521' },
    { person_id: 'C', agency: '140521' },
  ],
  benefit_payment: [
    { person_id: 'A', payment_id: '1', due_ym: '2026-01..2026-05' },
    { person_id: 'B', payment_id: '2', due_ym: '2026-01..2026-03' },
    { person_id: 'C', payment_id: '3', due_ym: '2026-01..2026-02' },
  ],
});
const ask = { rule: 'AAA-001', reason: '试行两批，属实率高', by: '甲', origin: 'test' };
const decide = { opinion: '同意', by: '乙', origin: 'test', agree: true };

const refused = (pattern: RegExp) => (error: unknown) => {
  assert.ok(isHuiliuError(error));
  assert.match(error.message, pattern);
  return true;
};

test('a rule becomes active only when a second person agrees', async () => {
  const change = await askChange(city.world, { ...ask, to: 'active' });
  assert.equal((await effectivePack(city.world)).rules.get('AAA-001')?.status, 'trial');
  await assert.rejects(
    decideChange(city.world, { ...decide, change, by: '甲' }),
    refused(/不能批自己的申请/),
  );
  await decideChange(city.world, { ...decide, change });
  assert.equal((await effectivePack(city.world)).rules.get('AAA-001')?.status, 'active');
  await assert.rejects(decideChange(city.world, { ...decide, change }), refused(/已经办过/));
});

test('two requests for one thing do not stand beside each other', async () => {
  const change = await askChange(city.world, { ...ask, to: 'trial' });
  await assert.rejects(askChange(city.world, { ...ask, to: 'retired' }), refused(/待批的变更/));
  await decideChange(city.world, { ...decide, change, agree: false });
  assert.equal((await effectivePack(city.world)).rules.get('AAA-001')?.status, 'active');
});

test('a status is not skipped, and a rule without data is not started', async () => {
  await assert.rejects(askChange(city.world, { ...ask, to: 'draft' }), refused(/不能直接改为/));
  await assert.rejects(
    askChange(city.world, { ...ask, rule: 'BBB-001', to: 'trial' }),
    refused(/学籍数据/),
  );
  await assert.rejects(askChange(city.world, { ...ask, rule: 'XXX-001' }), refused(/没有编号/));
});

test('a parameter outside its bounds is not even asked for', async () => {
  await assert.rejects(
    askChange(city.world, { ...ask, params: { least: '13' } }),
    refused(/超出允许范围 1～12/),
  );
  await assert.rejects(
    askChange(city.world, { ...ask, params: { most: '3' } }),
    refused(/没有参数 most/),
  );
});

test('a back-test says who is new, lost and kept by county and amount', async () => {
  const result = await backTest(city.world, {
    ...{ rule: 'AAA-001', params: { least: '2' }, asOf: null },
  });
  assert.deepEqual(result.params, { least: { before: 3, after: 2 } });
  assert.deepEqual(result.before, { hits: 2, amount_fen: 800_000 });
  assert.deepEqual(result.after, { hits: 3, amount_fen: 1_000_000 });
  assert.deepEqual(result.counties, [
    {
      agency: '140502',
      new: { hits: 0, amount_fen: 0 },
      lost: { hits: 0, amount_fen: 0 },
      kept: { hits: 1, amount_fen: 500_000 },
    },
    {
      agency: '140521',
      new: { hits: 1, amount_fen: 200_000 },
      lost: { hits: 0, amount_fen: 0 },
      kept: { hits: 1, amount_fen: 300_000 },
    },
  ]);
  assert.deepEqual(result.new_keys, [{ person_id: 'C' }]);
});

test('a value agreed for one agency holds for its people only', async () => {
  const change = await askChange(city.world, {
    ...ask,
    params: { least: '2' },
    agency: '140521',
  });
  await decideChange(city.world, { ...decide, change });
  const report = await startRun(city.world, { actor: 'test' });
  assert.equal(report.totals.hits, 3);
  const stricter = await askChange(city.world, { ...ask, params: { least: '6' } });
  await decideChange(city.world, { ...decide, change: stricter });
  const again = await startRun(city.world, { actor: 'test' });
  assert.equal(again.totals.hits, 2, 'only the agency with its own value');
});

test('a change agreed for an old version does not reach the new one', async () => {
  const pack = packOf({ ...paid, version: 2 }, draft);
  const rule = (await effectivePack({ ...city.world, pack })).rules.get('AAA-001');
  assert.equal(rule?.status, 'trial');
  assert.equal(rule?.params.get('least')?.value, 3);
});

test('findings of a rule on trial are for the department that owns it', async () => {
  const pack = packOf({ ...paid, id: 'CCC-001', owner: '待遇科' });
  const world = { ...city.world, pack };
  const { run_id: run } = await startRun(world, { actor: 'test' });
  const seen = (department: string | null) =>
    listFindings(world, { run, rule: null, department, actor: 'test', origin: 'test' });
  assert.equal((await seen('待遇科')).length, 2);
  assert.equal((await seen('基金科')).length, 0);
  assert.equal(
    (await seen(null)).every(({ status }) => status === 'trial'),
    true,
  );
});
