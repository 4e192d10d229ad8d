import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NameLikeness } from '../match/compare-names.ts';
import type { DecisionEvent, RegistryEvent, Statement } from '../registry/fold.ts';
import { PACK } from '../testing/pack.ts';
import { gapDays, readDeathDay } from './died-on.ts';
import { judge } from './judge.ts';
import type { JudgedStatement, JudgeInput, LifeSign } from './model.ts';

const SUBJECT = 'a'.repeat(64);
const NOTHING: Statement = {
  ...{ deathDate: null, precision: 'D', crematedOn: null, hukouCancelOn: null },
  ...{ hukouCancelReason: null, certKey: null, cremationKey: null },
};

function said(source: string, statement: Partial<Statement>, likeness: NameLikeness = 'same') {
  const whole = { ...NOTHING, ...statement };
  const event: RegistryEvent = {
    ...{ eventNo: 1n, source, eventId: source, kind: 'report', refersTo: null, sequence: null },
    ...{ occurredAt: '2026-04-01T00:00:00Z', subject: SUBJECT, statement: whole },
  };
  const day = readDeathDay(PACK.settings, source, whole);
  return { event, day, likeness, likenessReason: '', mismatch: [] } satisfies JudgedStatement;
}

const on = (source: string, deathDate: string, likeness?: NameLikeness) =>
  said(source, { deathDate }, likeness);
const signOf = (strength: LifeSign['strength'], seenOn = '2026-06-01'): LifeSign => ({
  ...{ kind: `${strength}_sign`, title: '', strength, seenOn, row: 1n, table: 'entitlement' },
});

function judged(statements: readonly JudgedStatement[], more: Partial<JudgeInput> = {}) {
  const state = {
    ...{ live: statements.map(({ event }) => event), withdrawn: [], superseded: [] },
    decision: null,
  };
  return judge(PACK, {
    ...{ state, statements, grade: '1', signs: [], shared: new Map() },
    ...more,
  });
}

describe('the day of death', () => {
  for (const [source, statement, expected] of [
    ['03', { deathDate: '2026-03-10', hukouCancelReason: '参军' }, 'cancelled_otherwise'],
    ['03', { deathDate: '2026-03-10', hukouCancelReason: '出国定居' }, 'cancelled_otherwise'],
    ['03', { hukouCancelOn: '2026-03-10', hukouCancelReason: '迁移' }, 'cancelled_otherwise'],
    ['03', { hukouCancelOn: '2026-03-10' }, 'cancelled_unknown'],
    ['03', { hukouCancelOn: '2026-03-10', hukouCancelReason: ' 死 亡 ' }, 'cancellation'],
    ['03', { deathDate: '2026-03-10', hukouCancelOn: '2026-03-14' }, 'death'],
    ['03', { deathDate: '2026-03-10', hukouCancelOn: '2026-03-10' }, 'cancellation'],
    ['01', { crematedOn: '2026-03-12' }, 'cremation'],
    ['02', { crematedOn: '2026-03-12' }, 'no_date'],
    ['02', { deathDate: '2026-03-10', hukouCancelReason: '参军' }, 'death'],
    ['02', {}, 'no_date'],
  ] as const) {
    it(`${source} ${JSON.stringify(statement)} is ${expected}`, () => {
      const day = readDeathDay(PACK.settings, source, { ...NOTHING, ...statement });
      assert.equal(typeof day === 'string' ? day : day.basis, expected);
    });
  }

  it('given as a month or year alone meets every day of it', () => {
    const month = readDeathDay(PACK.settings, '02', {
      ...NOTHING,
      deathDate: '2026-02-28',
      precision: 'M',
    });
    const day = readDeathDay(PACK.settings, '01', { ...NOTHING, deathDate: '2026-02-01' });
    assert.ok(typeof month !== 'string' && typeof day !== 'string');
    assert.equal(gapDays([month, day]), 0);
  });
});

describe('the verdict', () => {
  it('needs two sources that agree, one that registers deaths, and number and name', () => {
    assert.equal(judged([on('01', '2026-03-10')]).verdict, '0');
    assert.equal(judged([on('01', '2026-03-10'), on('02', '2026-04-10')]).verdict, '1');
    assert.equal(judged([on('05', '2026-03-10'), on('09', '2026-03-10')]).verdict, '0');
    const both = [on('01', '2026-03-10'), on('02', '2026-03-10', 'one_character')];
    assert.equal(judged(both, { grade: '2' }).verdict, '0');
  });

  it('is a contradiction from 32 days on, not at 31', () => {
    assert.equal(judged([on('01', '2026-03-10'), on('03', '2026-04-10')]).verdict, '1');
    assert.equal(judged([on('01', '2026-03-10'), on('03', '2026-04-11')]).verdict, '3');
  });

  it('weighs signs of life: strong always, medium against one source, weak never', () => {
    const one = [on('01', '2026-03-10')];
    const two = [on('01', '2026-03-10'), on('02', '2026-03-10')];
    const verdicts = (statements: readonly JudgedStatement[]) =>
      (['strong', 'medium', 'weak'] as const).map(
        (strength) => judged(statements, { signs: [signOf(strength)] }).verdict,
      );
    assert.deepEqual(verdicts(one), ['3', '3', '0']);
    assert.deepEqual(verdicts(two), ['3', '1', '1']);
  });

  it('is never confirmed and never without contradiction when anything contradicts', () => {
    const days = ['2026-03-10', '2026-03-30', '2026-08-01'];
    const names: readonly NameLikeness[] = ['same', 'one_character', 'different'];
    let tried = 0;
    for (const first of days)
      for (const second of days)
        for (const name of names)
          for (const strength of ['strong', 'medium', 'weak', null] as const)
            for (const shared of [false, true])
              for (const grade of ['0', '1', '2', '3'] as const) {
                const statements = [on('01', first, name), on('03', second)];
                const result = judged(statements, {
                  ...{ grade, signs: strength === null ? [] : [signOf(strength, '2026-09-01')] },
                  shared: new Map(shared ? [['01/01', new Set(['02/x'])]] : []),
                });
                const contradicted =
                  (first === '2026-08-01') !== (second === '2026-08-01') ||
                  name === 'different' ||
                  strength === 'strong' ||
                  shared;
                const known = grade === '1' || grade === '2';
                tried += 1;
                if (known && contradicted) assert.equal(result.verdict, '3');
                else assert.notEqual(result.verdict, '3');
                if (!known) assert.equal(result.verdict, '0', 'nobody is confirmed by name alone');
              }
    assert.equal(tried, 3 * 3 * 3 * 4 * 2 * 4);
  });

  it('stands on its evidence once two people have decided', () => {
    const statements = [on('01', '2026-03-10'), on('03', '2026-08-01')];
    const live = statements.map(({ event }) => event);
    const covers = ['01/01', '03/03', 'sign:strong_sign/2026-06-01'];
    const decision = (more: Partial<DecisionEvent> = {}): DecisionEvent => ({
      ...{ decisionNo: 1n, subject: SUBJECT, decidedAt: '2026-09-01T00:00:00Z' },
      ...{ verdict: '1', diedOn: '2026-03-10', covers, ...more },
    });
    const state = (one: DecisionEvent, superseded: readonly string[] = []) => ({
      ...{ live, withdrawn: [], superseded, decision: one },
    });
    const signs = [signOf('strong')];
    assert.equal(judged(statements, { state: state(decision()), signs }).verdict, '1');
    assert.equal(judged(statements, { state: state(decision()), signs }).diedOn, '2026-03-10');
    const newSign = { state: state(decision()), signs: [signOf('strong', '2026-08-02')] };
    assert.deepEqual(judged(statements, newSign).conflicts, ['after_decision']);
    const less = decision({ covers: ['01/01'] });
    assert.deepEqual(judged(statements, { state: state(less) }).conflicts, ['after_decision']);
    const lost = { state: state(decision(), ['01/01']) };
    assert.deepEqual(judged(statements, lost).conflicts, ['basis_withdrawn']);
    const alive = decision({ verdict: '2', diedOn: null });
    assert.equal(judged(statements, { state: state(alive) }).verdict, '2');
    assert.equal(judged(statements, { state: state(alive) }).diedOn, null);
    const spoke = decision({ verdict: '2', diedOn: null, covers: ['01/01'] });
    assert.deepEqual(judged(statements, { state: state(spoke) }).conflicts, ['after_decision']);
  });

  it('gives the last lawful month: that of death, one more where a cancellation stands in', () => {
    assert.equal(judged([on('01', '2025-03-31')]).lastMonth, '2025-03-01');
    assert.equal(judged([on('01', '2024-12-31')]).lastMonth, '2024-12-01');
    const stoodIn = said('03', { deathDate: '2026-03-10', hukouCancelOn: '2026-03-10' });
    assert.equal(judged([stoodIn]).lastMonth, '2026-04-01');
    assert.equal(judged([stoodIn, on('01', '2026-03-09')]).lastMonth, '2026-03-01');
  });
});
