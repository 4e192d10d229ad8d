import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PACK } from './testing/small-city.ts';

/** Rules per group of the catalogue (规则目录). */
const GROUPS: Readonly<Record<string, number>> = {
  ...{ DTH: 18, DUP: 14, PEN: 28, GOV: 15, RES: 15, UNE: 15, INJ: 34, SUB: 18, HEA: 3 },
  ...{ ENR: 15, ACC: 15, SUR: 9, JUS: 10, CRD: 11, CTL: 29, FIN: 16, TAX: 16, DAT: 10 },
};

const rules = [...PACK.rules.values()];

test('every rule of the catalogue has its file: 291 in 18 groups', () => {
  for (const [group, count] of Object.entries(GROUPS)) {
    const ids = rules.map(({ id }) => id).filter((id) => id.startsWith(`${group}-`));
    const wanted = Array.from(
      { length: count },
      (_, i) => `${group}-${String(i + 1).padStart(3, '0')}`,
    );
    assert.deepEqual(ids, wanted);
  }
});

test('at least 220 rules can run, and a draft says which data it waits for', () => {
  const running = rules.filter(({ status }) => status === 'trial' || status === 'active');
  assert.ok(running.length >= 220, `${running.length} rules run`);
  for (const rule of rules.filter(({ status }) => status === 'draft')) {
    assert.ok((rule.missing ?? '').length > 3, rule.id);
  }
});

test('every rule tells an official its law, its reason, what to do and how it may be wrong', () => {
  for (const { id, basis, why, action, falsePositives, owner } of rules) {
    for (const text of [...basis, why, action, owner, ...falsePositives]) {
      assert.match(text, /[一-龥]/, id);
    }
    assert.equal(falsePositives.includes('未知'), false, id);
  }
});

test('no rule speaks of stopping a benefit by itself', () => {
  for (const { id, action } of rules) assert.doesNotMatch(action, /自动停发|系统停发/, id);
});
