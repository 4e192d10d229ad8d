import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packOf, ruleOf } from '../testing/small-city.ts';
import type { Finding } from './finding.ts';
import { groupFindings, type PaymentCell } from './group-findings.ts';

const pack = packOf(
  ruleOf('DTH-001', '', { topic: '死亡后发放' }),
  ruleOf('DTH-006', '', { topic: '死亡后发放' }),
  ruleOf('DUP-001', '', { topic: '重复领取' }),
  ruleOf('CRD-001', '', { topic: '账户' }),
);

function finding(
  rule: string,
  person: string | null,
  amountFen: bigint | null,
  more = {},
): Finding {
  return {
    ...{
      rule,
      version: 1,
      level: 'medium',
      personId: person,
      unitId: null,
      agency: null,
      amountFen,
    },
    ...{ key: {}, matchGrade: 'A', evidence: {}, sources: {}, fingerprint: '' },
    ...more,
  };
}

const cell = (month: number, amountFen = 100n): PaymentCell => ({
  cell: `110 100011 2026-${String(month).padStart(2, '0')}-01`,
  amountFen,
});

function group(...items: readonly (readonly [Finding, readonly PaymentCell[]])[]) {
  const cells = new Map(items);
  return groupFindings(
    items.map(([each]) => each),
    pack,
    (each) => cells.get(each) ?? [],
  );
}

test('one fact hit by two rules is one group with the highest level, its money counted once', () => {
  const groups = group(
    [finding('DTH-001', 'A', 300n), [cell(4), cell(5), cell(6)]],
    [finding('DTH-006', 'A', 200n, { level: 'high' }), [cell(5), cell(6)]],
  );
  assert.equal(groups.length, 1);
  assert.equal(groups[0]?.level, 'high');
  assert.equal(groups[0]?.amountFen, 300n);
  assert.deepEqual(groups[0]?.rules, ['DTH-001', 'DTH-006']);
});

test('months that only one of the rules names are added', () => {
  const [only] = group(
    [finding('DTH-001', 'A', 200n), [cell(4), cell(5)]],
    [finding('DTH-006', 'A', 200n), [cell(5), cell(6)]],
  );
  assert.equal(only?.amountFen, 300n);
});

test('rules of other topics that name the same payment are the same fact', () => {
  const [only, ...rest] = group(
    [finding('DTH-001', 'A', 100n), [cell(4)]],
    [finding('DUP-001', 'A', 100n), [cell(4)]],
  );
  assert.equal(rest.length, 0);
  assert.equal(only?.amountFen, 100n);
});

test('other topics and other payments of one person are other facts', () => {
  const groups = group(
    [finding('DTH-001', 'A', 100n), [cell(4)]],
    [finding('DUP-001', 'A', 100n), [cell(1)]],
  );
  assert.equal(groups.length, 2);
});

test('the same payment month of two persons is two facts', () => {
  const groups = group(
    [finding('DTH-001', 'A', 100n), [cell(4)]],
    [finding('DTH-001', 'B', 100n), [cell(4)]],
  );
  assert.equal(groups.length, 2);
});

test('a difference inside payments already counted is not added, beyond them it is', () => {
  const [within] = group(
    [finding('DTH-001', 'A', 300n), [cell(4), cell(5), cell(6)]],
    [finding('DTH-006', 'A', 30n), [cell(4)]],
  );
  assert.equal(within?.amountFen, 300n);
  const [beyond] = group(
    [finding('DTH-001', 'A', 100n), [cell(4)]],
    [finding('DTH-006', 'A', 250n), [cell(4)]],
  );
  assert.equal(beyond?.amountFen, 250n);
});

test('findings about no person stay by themselves, without amount where none is stated', () => {
  const groups = group([finding('CRD-001', null, null), []], [finding('CRD-001', null, null), []]);
  assert.equal(groups.length, 2);
  assert.equal(groups[0]?.amountFen, null);
});
