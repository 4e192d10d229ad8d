import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyText } from '../findings/finding.ts';
import { listFindings } from '../findings/list-findings.ts';
import { addToWhitelist } from '../lifecycle/whitelist.ts';
import { openSmallCity, PACK, ruleOf } from '../testing/small-city.ts';
import type { RulesWorld } from '../world.ts';
import { runIncrementally } from './incremental-run.ts';
import { repeatRun } from './repeat-run.ts';
import { evaluateRules } from './run-rules.ts';
import { startRun } from './start-run.ts';

const city = await openSmallCity();
const people = Array.from({ length: 40 }, (_, i) => `P${String(i).padStart(3, '0')}`);
const dead = people.slice(0, 12);

await city.publish('2026-09-30', {
  person: people.map((person_id) => ({ person_id })),
  death_event: dead.flatMap((person_id, i) => [
    { event_id: `D${i}a`, person_id, source: '01', death_date: '2026-05-10' },
    { event_id: `D${i}b`, person_id, source: '03', death_date: '2026-05-12' },
  ]),
  benefit_payment: people.map((person_id, i) => ({
    payment_id: `B${i}`,
    person_id,
    due_ym: '2026-01..2026-08',
    pay_ym: '2026-01..2026-08',
  })),
});

async function findings(world: RulesWorld, run: string) {
  const found = await listFindings(world, {
    run,
    rule: null,
    department: null,
    actor: 'test',
    origin: 'test',
  });
  return found.map(({ rule, key, amount_fen, fingerprint, provenance, level }) => {
    const where = provenance.map((row) => JSON.stringify(row)).sort();
    return { rule, key: keyText(key), amount_fen, fingerprint, level, where };
  });
}

test('a run repeated later gives identical findings though files and data have changed', async () => {
  const first = await startRun(city.world, { actor: 'test' });
  const before = await findings(city.world, first.run_id);
  assert.equal(before.filter(({ rule }) => rule === 'DTH-001').length, dead.length);
  await city.publish('2026-10-31', {
    benefit_payment: dead.map((person_id, i) => ({
      ...{ payment_id: `C${i}`, person_id, due_ym: '2026-09', pay_ym: '2026-09' },
    })),
  });
  const other = ruleOf('DTH-001', 'select person_id from person order by person_id');
  const pack = { ...PACK, rules: new Map([['DTH-001', other]]), views: new Map() };
  const again = await repeatRun({ ...city.world, pack }, first.run_id, { actor: 'test' });
  assert.equal(again.kind, 'repeat');
  assert.equal(again.as_of, '2026-09-30');
  assert.deepEqual(await findings(city.world, again.run_id), before);
});

test('as of an earlier date only what was known then counts', async () => {
  const then = await startRun(city.world, { actor: 'test', asOf: '2026-10-15' });
  const now = await startRun(city.world, { actor: 'test' });
  const sum = (rows: Awaited<ReturnType<typeof findings>>) =>
    rows.filter(({ rule }) => rule === 'DTH-001').reduce((n, row) => n + (row.amount_fen ?? 0), 0);
  assert.equal(then.as_of, '2026-09-30');
  assert.equal(sum(await findings(city.world, then.run_id)), dead.length * 3 * 100_000);
  assert.equal(sum(await findings(city.world, now.run_id)), dead.length * 4 * 100_000);
});

test('an incremental run finds what a full run finds: new facts, changed ones, ended ones', async () => {
  await startRun(city.world, { actor: 'test' });
  await city.publish(
    '2026-10-31',
    {
      death_event: [
        { event_id: 'N1', person_id: 'P030', source: '01', death_date: '2026-03-01' },
        { event_id: 'N2', person_id: 'P030', source: '02', death_date: '2026-03-02' },
        // What the police said of P000 is withdrawn: one source is left.
        { event_id: 'D0b', person_id: 'P000', source: '03', verdict: '2' },
      ],
      benefit_payment: [{ payment_id: 'N3', person_id: 'P001', due_ym: '2026-10', amount: 77 }],
    },
    { death_event: ['D0b'] },
  );
  const part = await runIncrementally(city.world, { actor: 'test' });
  assert.equal(part.kind, 'incremental');
  const full = await startRun(city.world, { actor: 'test' });
  const of = await findings(city.world, part.run_id);
  assert.deepEqual(of, await findings(city.world, full.run_id));
  const mine = of.filter(({ rule }) => rule === 'DTH-001').map(({ key }) => key);
  assert.equal(mine.includes('person_id=P000'), false);
  assert.equal(mine.includes('person_id=P030'), true);
  const { duration_ms: _a, ...partly } = part.totals;
  const { duration_ms: _b, ...fully } = full.totals;
  assert.deepEqual(partly, fully);
});

test('an incremental run after a month has passed still equals a full one', async () => {
  await city.publish('2026-11-30', {
    benefit_payment: [{ payment_id: 'M1', person_id: 'P035', due_ym: '2026-11' }],
  });
  const part = await runIncrementally(city.world, { actor: 'test' });
  const full = await startRun(city.world, { actor: 'test' });
  assert.deepEqual(
    await findings(city.world, part.run_id),
    await findings(city.world, full.run_id),
  );
});

test('slices and one person at a time find what the whole finds', async () => {
  const rules = [...city.world.pack.rules.values()].filter(
    ({ scope, sql }) => scope === 'person' && sql !== '',
  );
  const whole = await evaluateRules(city.world, rules);
  const sliced = await evaluateRules(city.world, rules, { slicePersons: 7 });
  const text = (evaluation: typeof whole) =>
    evaluation.outcomes.map(({ rule, findings: found }) => [
      rule.id,
      found.map(({ key, amountFen }) => `${keyText(key)} ${amountFen}`),
    ]);
  assert.deepEqual(text(sliced), text(whole));
  const one = await evaluateRules(city.world, rules, { persons: ['P001'] });
  const expected = whole.outcomes.flatMap(({ findings: found }) =>
    found
      .filter(({ personId }) => personId === 'P001')
      .map(({ rule, amountFen }) => `${rule} ${amountFen}`),
  );
  assert.deepEqual(
    one.outcomes.flatMap(({ findings: found }) =>
      found.map(({ rule, amountFen }) => `${rule} ${amountFen}`),
    ),
    expected,
  );
  assert.ok(expected.length > 0);
});

test('a whitelisted person is not reported while the approval lasts, and is counted', async () => {
  await addToWhitelist(city.world, {
    ...{ person: 'P002', rule: 'DTH-001', docNo: '晋人社函〔2026〕1号', reason: '更正在途' },
    ...{ from: '2026-11-01', to: '2026-12-31', by: '甲', origin: 'test' },
  });
  const report = await startRun(city.world, { actor: 'test', rules: ['DTH-001'] });
  const [rule] = report.rules;
  assert.deepEqual(rule?.excluded, { whitelist: 1 });
  const found = await findings(city.world, report.run_id);
  assert.equal(
    found.some(({ key }) => key === 'person_id=P002'),
    false,
  );
});

test('what people have found in order is not raised again while the facts are the same', async () => {
  const first = await startRun(city.world, { actor: 'test', rules: ['DTH-001'] });
  const [one] = await findings(city.world, first.run_id);
  assert.ok(one);
  await city.world.db
    .insertInto('rule_dismissal')
    .values({
      ...{ rule_id: 'DTH-001', fingerprint: one.fingerprint, conclusion: '不属实' },
      ...{ decided_by: '乙', decided_at: '2026-11-30T09:00:00+08:00' },
    })
    .execute();
  const second = await startRun(city.world, { actor: 'test', rules: ['DTH-001'] });
  assert.deepEqual(second.rules[0]?.excluded, { whitelist: 1, dismissed: 1 });
  assert.equal(second.totals.hits, first.totals.hits - 1);
});
