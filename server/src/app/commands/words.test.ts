import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseText } from './alerts-text.ts';
import { pipelineText } from './pipeline-text.ts';
import { findingText, qualityText, ruleText, runListText } from './rules-text.ts';

/** Texts get what the modules give; a test names only what it is about. */
const given = <T>(value: unknown): T => value as T;

const CONTENT = given<Parameters<typeof qualityText>[1]>({
  agencies: new Map([['140502', '城区']]),
  tables: new Map([
    ['person', { title: '人员', columns: [{ name: 'id_no', title: '公民身份号码' }] }],
  ]),
});

/** Names of programs: lower case words, alone or joined; rules and numbers are none. */
const PROGRAM_WORD = /\b[a-z]{3,}(_[a-z]+)*\b/;

test('the steps after a publication tell their figures in words, and no figure without them', () => {
  const text = pipelineText({
    ...{ pipeline_no: 1, edition: 3, state: 'done' },
    steps: [
      {
        ...{ step: 'deaths', title: '死亡、在押信息比对', state: 'done', reason: null },
        result: {
          ...{ run_id: 'R1', population: 20000, compared: 645, conflicts: 8, duration_ms: 1500 },
          unheard_of: 5,
        },
      },
      {
        ...{ step: 'rules', title: '运行规则', state: 'done', reason: null },
        result: { ran: 231, not_run: 22, hits: 561, amount_fen: 12_345_600 },
      },
    ],
  });
  assert.equal(
    text,
    [
      '发布后的比对与检查：第 1 次，版次 3，完成',
      '  死亡、在押信息比对：完成  本市 20,000 人 · 比对 645 人 · 矛盾 8 件 · 用时 1.5 秒',
      '  运行规则：完成  运行 231 条规则 · 未运行 22 条 · 疑点 561 条 · 涉险金额上限 123,456.00 元',
    ].join('\n'),
  );
});

test('a run of rules is told with its state in words', () => {
  const run = { run_id: 'R1', kind: 'full', as_of: '2026-10-31', started_at: '2026-11-01' };
  for (const [state, word] of [
    ['finished', '完成'],
    ['cancelled', '已取消'],
    ['interrupted', '中断'],
  ]) {
    const text = runListText(given([{ ...run, state, totals: { hits: 3 } }]));
    assert.match(text, new RegExp(`R1 {2}全量 {2}${word} {2}数据截至`));
  }
});

test('a finding names its facts as people do', () => {
  const finding = {
    ...{ rule: 'DTH-001', level: 'high', key: { person_id: 'P1' }, amount_fen: 100 },
    ...{ evidence: { died_on: '2026-09-03', months: 2 }, provenance: [{}, {}] },
  };
  const titles = new Map([
    ['died_on', '死亡日期'],
    ['months', '月数'],
  ]);
  const text = findingText(given([finding]), (field) => titles.get(field) ?? field);
  assert.match(text, /死亡日期：2026-09-03 月数：2/);
  assert.doesNotMatch(text, PROGRAM_WORD);
});

test('a change of a rule tells what it changes, from what to what', () => {
  const rule = {
    ...{ id: 'DTH-001', title: '死后领取', version: 1, severity: 'high', status: 'trial' },
    ...{ owner: '待遇科', basis: ['法'], why: '因', action: '查', falsePositives: ['无'] },
    ...{ missing: null, params: new Map(), reads: ['死亡'], sql: '' },
  };
  const change = { change_no: 3, asked_by: '甲', decided_by: '乙', state: 'approved' };
  const text = (changes: object[]) => ruleText(given({ rule, cases: [], changes }));
  assert.match(
    text([{ ...change, what: 'status', before: { status: 'trial' }, after: { status: 'active' } }]),
    /变更 3：状态 影子 → 启用，已批准，申请 甲，审批 乙/,
  );
  assert.match(
    text([
      {
        ...{ ...change, state: 'asked', decided_by: null, what: 'params' },
        ...{ before: { params: { grace_months: 0 } }, after: { params: { grace_months: 1 } } },
      },
    ]),
    /变更 3：参数 grace_months 0 → 1，待批准，申请 甲$/m,
  );
});

test('a score of quality names table, column and agency', () => {
  const score = { rows: 100, faulty: 1, score: 99, agency: '140502', period: '2026-10' };
  const text = qualityText(
    given([
      { ...score, table: 'person', column: 'id_no' },
      { ...score, table: 'person', column: null },
    ]),
    CONTENT,
  );
  assert.match(text, /99\.00 {2}人员 公民身份号码 {2}城区/);
  assert.doesNotMatch(text, PROGRAM_WORD);
});

test('a disposal of a case is told with its state in words', () => {
  const detail = {
    ...{ case_id: '1', level: 'high', state_title: '处置中', days_left: 1, agency: '140502' },
    ...{ person_id: 'P1', person_name: '王*', amount_fen: 1, alerts: [], timeline: [] },
  };
  for (const [state, word] of [
    ['proposed', '待复核'],
    ['approved', '已同意，待办成'],
    ['refused', '未同意'],
    ['proved', '已办成'],
  ]) {
    const disposals = [{ title: '停发', state, amount_fen: 200 }];
    assert.match(
      caseText(given({ ...detail, disposals })),
      new RegExp(`处置：停发 ${word} 2\\.00 元`),
    );
  }
});
