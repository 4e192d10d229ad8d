import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTrue, judgeTruth, type Truth } from './judge.ts';

const RAN = [
  { id: 'DTH-001', state: 'ran', reason: null },
  { id: 'FIN-002', state: 'ran', reason: null },
  { id: 'SUR-001', state: 'not_run', reason: '没有取值' },
] as const;

const finding = (rule: string, key: Record<string, string>, amount_fen: number | null = null) => ({
  ...{ rule, key, amount_fen, evidence: {} },
});

const TRUTH: Truth = {
  rules: {
    'DTH-001': [{ person: 'P1', amount_fen: 100 }],
    'FIN-002': [{ key: '110/100011/2026-04-01' }],
    'SUR-001': [{ person: 'P9' }],
  },
  never: { 'DTH-001': [{ person: 'P2' }] },
  alsoExpected: { 'FIN-002': [{ person: 'P1' }] },
};
const LEDGER = { insurance: '110', item: '100011', month: '2026-04-01' };
const GOOD = [finding('DTH-001', { person_id: 'P1' }, 100), finding('FIN-002', LEDGER)];

test('everything found with its amount and nothing else is true; a rule that did not run is named', () => {
  const verdict = judgeTruth(TRUTH, RAN, GOOD);
  assert.ok(isTrue(verdict), JSON.stringify(verdict));
  assert.deepEqual(verdict.notRun, ['SUR-001：没有取值']);
  assert.equal(verdict.facts, 2);
});

test('a miss, a wrong amount, a forbidden and an unexplained finding are each named', () => {
  const missed = judgeTruth(TRUTH, RAN, GOOD.slice(1));
  assert.equal(missed.missed.length, 1);
  const amount = judgeTruth(TRUTH, RAN, [finding('DTH-001', { person_id: 'P1' }, 99)]);
  assert.equal(amount.wrongAmounts.length, 1);
  const wrong = judgeTruth(TRUTH, RAN, [...GOOD, finding('DTH-001', { person_id: 'P2' }, 1)]);
  assert.equal(wrong.forbidden.length, 1);
  assert.equal(wrong.unexplained.length, 1);
  for (const verdict of [missed, amount, wrong]) assert.ok(!isTrue(verdict));
});

test('what another planted fact explains is no surprise, and in a clean city everything is', () => {
  const more = [...GOOD, finding('FIN-002', { person_id: 'P1' })];
  assert.ok(isTrue(judgeTruth(TRUTH, RAN, more)));
  assert.equal(judgeTruth(null, RAN, more).unexplained.length, 3);
});
