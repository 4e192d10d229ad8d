import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleDef } from '../model.ts';
import { openSmallCity, packOf, ruleOf } from '../testing/small-city.ts';
import { evaluateRules } from './run-rules.ts';
import { startRun } from './start-run.ts';

const good = ruleOf('AAA-001', 'select person_id from person order by person_id');
const last = ruleOf('ZZZ-001', 'select person_id from person order by person_id');

const bound = {
  value: 99,
  ...{ unit: '月', min: 0, max: 12, why: '测试', agencies: new Map() },
} as const;

const faulty: readonly (readonly [string, RuleDef, RegExp])[] = [
  ['a syntax error', ruleOf('BBB-001', 'select person_id form person'), /语句写法有误/],
  [
    'a column that does not exist',
    ruleOf('BBB-002', 'select person_id, nothing from person'),
    /列、参数或类型对不上/,
  ],
  [
    'an endless join',
    ruleOf(
      'BBB-003',
      `select max(a.person_id) as person_id, count(*) as n
       from person a, person b, person c, person d, person e, person f order by 1`,
    ),
    /超过 1 秒/,
  ],
  [
    'a table that never came',
    ruleOf('BBB-004', 'select person_id from medical_claim', { reads: ['medical_claim'] }),
    /缺少工伤医疗费申报\/结算的回流数据/,
  ],
  [
    'a parameter outside its bounds',
    ruleOf('BBB-005', 'select person_id from person where :months > 0', {
      values: { months: bound },
    }),
    /超出允许范围 0～12/,
  ],
  [
    'SQL that reads a file',
    ruleOf('BBB-006', `select content as person_id from read_text('/etc/passwd')`),
    /不允许访问|文件/,
  ],
  [
    'SQL that changes a setting',
    ruleOf('BBB-007', 'select person_id from person; set threads = 64'),
    /只能是一条查询语句/,
  ],
  [
    'SQL that breaks out of its query',
    ruleOf('BBB-010', 'select person_id from person) limit 1; drop table rows.person; select (1'),
    /语句写法有误|只能是一条查询语句/,
  ],
  [
    'two rows of one key',
    ruleOf('BBB-008', `select 'A' as person_id from person`),
    /同一对象（person_id）出现多行/,
  ],
  [
    'a key without value',
    ruleOf('BBB-009', 'select cast(null as varchar) as person_id from person where person_id = $p'),
    /./,
  ],
];

const city = await openSmallCity({
  pack: packOf(good, last, ...faulty.map(([, rule]) => rule)),
  tables: ['person', 'unit', 'benefit_payment', 'biz_case'],
});
await city.publish('2026-10-31', {
  person: Array.from({ length: 300 }, (_, i) => ({ person_id: `P${i}`, id_no: `${i}` })),
});

for (const [what, rule, reason] of faulty) {
  test(`${what} stops only that rule, and says so in Chinese`, async () => {
    const { outcomes } = await evaluateRules(city.world, [good, rule, last], { timeoutMs: 1_000 });
    const states = outcomes.map(({ rule: { id }, state }) => [id, state]);
    assert.deepEqual(states, [
      ['AAA-001', 'ran'],
      [rule.id, 'not_run'],
      ['ZZZ-001', 'ran'],
    ]);
    assert.match(outcomes[1]?.reason ?? '', reason);
    assert.equal(outcomes[0]?.findings.length, 300);
    assert.equal(outcomes[2]?.findings.length, 300);
  });
}

test('a run that is cancelled keeps what is done and says of the rest that it did not run', async () => {
  const cancel = new AbortController();
  const rules = [good, ruleOf('BBB-001', good.sql), last];
  const { outcomes } = await evaluateRules(city.world, rules, {
    signal: cancel.signal,
    progress: { note: () => {}, report: (_, done) => void (done === 1 && cancel.abort()) },
  });
  assert.equal(outcomes[0]?.state, 'ran');
  assert.equal(outcomes[2]?.state, 'not_run');
  assert.match(outcomes[2]?.reason ?? '', /取消/);
});

test('a run with broken rules is written down whole: ran and not run, with reasons', async () => {
  const report = await startRun(city.world, { actor: 'test', timeoutMs: 1_000 });
  assert.equal(report.state, 'finished');
  assert.equal(report.totals.ran, 2);
  assert.equal(report.totals.not_run, faulty.length);
  const rows = await city.world.db
    .selectFrom('rule_run_rule')
    .select(['rule_id', 'reason'])
    .where('run_id', '=', report.run_id)
    .where('state', '=', 'not_run')
    .execute();
  assert.equal(rows.length, faulty.length);
  for (const { reason } of rows) assert.match(reason ?? '', /[一-龥]/);
});
