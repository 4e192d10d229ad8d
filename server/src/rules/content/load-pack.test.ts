import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { planRun } from '../run/plan-run.ts';
import { CONTENT } from '../testing/small-city.ts';
import { loadRulePack } from './load-pack.ts';

const RULE = `id: DTH-001
title: 测试规则
kind: risk
status: trial
version: 1
severity: high
scope: person
insurance: ['110']
owner: 待遇科
basis: [测试法第一条]
why: 测试
action: 核实
false_positives: [同名]
reads: [person]
key: [person_id]
params:
  months: { value: 3, unit: 月, min: 1, max: 12, why: 测试 }
sql: select person_id from person where :months > 0 order by person_id
cases:
  - { name: 一, given: {} }
  - { name: 二, given: {} }
  - { name: 三, given: {} }
`;
const OVERLAY = 'rule-params/DTH-001.params.yaml';

/** A content folder with these files besides the rule. */
function load(t: TestContext, files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'huiliu-pack-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const all = { 'rules/DTH/DTH-001.rule.yaml': RULE, ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return loadRulePack([root], CONTENT);
}

function problems(t: TestContext, files: Record<string, string>): string {
  try {
    load(t, files);
  } catch (error) {
    assert.ok(isHuiliuError(error, 'RULES_PACK_INVALID'));
    return error.message;
  }
  assert.fail('the pack was accepted');
}

test('a rule is read with its parameters, its cases and the values of the city', (t) => {
  const pack = load(t, {
    [OVERLAY]: `id: DTH-001\nreason: 市里规定\nparams: { months: 6 }\nagencies: { '140521': { months: 9 } }\n`,
  });
  const rule = pack.rules.get('DTH-001');
  assert.equal(rule?.params.get('months')?.value, 6);
  assert.equal(rule?.params.get('months')?.agencies.get('140521'), 9);
  assert.equal(rule?.cases.length, 3);
});

for (const [what, from, to, pattern] of [
  ['a value outside its bounds', 'value: 3', 'value: 13', /参数 months 为 13，超出允许范围 1～12/],
  ['too few cases', /\n {2}- \{ name: 三.*\}/, '', /至少要有 3 个用例/],
  ['a table that does not exist', 'reads: [person]', 'reads: [people]', /没有名为 people 的表/],
  ['no legal basis', 'basis: [测试法第一条]', 'basis: []', /basis/],
  ['an id that is not the file name', 'id: DTH-001', 'id: DTH-002', /文件名与 id 不一致/],
  ['a key nobody knows', 'owner: 待遇科', 'owner: 待遇科\nowners: 甲', /owners/],
  ['a draft that waits for nothing', 'status: trial', 'status: draft', /missing/],
] as const) {
  test(`a rule with ${what} is refused with its place`, (t) => {
    const text = RULE.replace(from, to);
    assert.notEqual(text, RULE);
    const message = problems(t, { 'rules/DTH/DTH-001.rule.yaml': text });
    assert.match(message, pattern);
    assert.match(message, /DTH-001\.rule\.yaml:\d+:\d+/);
  });
}

test('a value of law states its document and fits its column', (t) => {
  const file = (row: string) =>
    `id: limit\ntitle: 限\nnote: 测试\ncolumns: { low_fen: fen }\nrows:\n  - ${row}\n`;
  const name = 'params/limit.param.yaml';
  assert.match(
    problems(t, { [name]: file('{ low_fen: 1.5, source: 文, evidence: S }') }),
    /low_fen 应为 fen/,
  );
  assert.match(problems(t, { [name]: file('{ low_fen: 1, evidence: S }') }), /须写明 source/);
  assert.match(
    problems(t, { [name]: file('{ high: 1, source: 文, evidence: S }') }),
    /没有 high 这一列/,
  );
  const pack = load(t, { [name]: file('{ low_fen: 1, source: 文, evidence: S }') });
  assert.deepEqual(pack.params.get('param_limit')?.rows, [{ low_fen: 1 }]);
});

test('a view that reads itself in a circle is refused', (t) => {
  const view = (id: string, reads: string) =>
    `id: ${id}\ntitle: 视图\nwhy: 测试\nreads: [${reads}]\nsql: select 1 as n\n`;
  const message = problems(t, {
    'views/one.view.yaml': view('one', 'two'),
    'views/two.view.yaml': view('two', 'one'),
  });
  assert.match(message, /循环引用/);
});

test('the city cannot set a parameter, an agency or a rule that does not exist', (t) => {
  const file = (text: string) => ({ [OVERLAY]: `id: DTH-001\nreason: 市里规定\n${text}\n` });
  assert.match(problems(t, file('params: { days: 6 }')), /没有参数 days/);
  assert.match(problems(t, file("agencies: { '999999': { months: 2 } }")), /没有经办机构 999999/);
  assert.match(problems(t, file('params: { months: 0 }')), /超出允许范围/);
});

test('a broken rule file stops that rule alone: it is shown with its fault and reported as not run', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'huiliu-pack-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const files = {
    'rules/DTH/DTH-001.rule.yaml': RULE,
    'rules/DTH/DTH-002.rule.yaml': 'id: DTH-002\ntitle: "没有结束的引号\n',
    'rules/DTH/DTH-003.rule.yaml': RULE.replace('id: DTH-001', 'id: DTH-003').replace(
      'value: 3',
      'value: 13',
    ),
    'rules/DTH/DTH-004.rule.yaml': RULE.replace('id: DTH-001', 'id: DTH-005'),
    'rule-params/DTH-006.params.yaml': 'id: DTH-006\nreason: 没有这条规则\nparams: { a: 1 }\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  assert.throws(() => loadRulePack([root], CONTENT), /DTH-002\.rule\.yaml:\d+:\d+/);
  const pack = loadRulePack([root], CONTENT, { cases: false, tolerant: true });
  assert.deepEqual([...pack.rules.keys()], ['DTH-001', 'DTH-002', 'DTH-003', 'DTH-004', 'DTH-006']);
  const faults = [...pack.rules.values()].map(({ broken }) => broken ?? null);
  assert.equal(faults[0], null);
  assert.match(faults[1] ?? '', /DTH-002\.rule\.yaml:\d+:\d+/);
  assert.match(faults[2] ?? '', /参数 months 为 13/);
  assert.match(faults[3] ?? '', /文件名与 id 不一致/);
  const state = { edition: 1, asOf: '2026-10-31', covered: new Map([['person', '2026-10-01']]) };
  const plan = planRun([...pack.rules.values()], { pack, content: CONTENT, state });
  assert.deepEqual(
    plan.notRun.map(({ rule }) => rule.id),
    ['DTH-002', 'DTH-003', 'DTH-004', 'DTH-006'],
  );
  assert.deepEqual(
    plan.parts.flatMap(({ rules }) => rules.map(({ rule }) => rule.id)),
    ['DTH-001'],
  );
});

test('a fault in what rules share stops the whole pack even then', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'huiliu-pack-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'views'), { recursive: true });
  writeFileSync(join(root, 'views/one.view.yaml'), 'id: one\n');
  assert.throws(
    () => loadRulePack([root], CONTENT, { cases: false, tolerant: true }),
    (error) => isHuiliuError(error, 'RULES_PACK_INVALID'),
  );
});
