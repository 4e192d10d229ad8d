import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { forWholeCity } from '../../security/index.ts';
import { delivery, finding, openSmallOffice } from '../testing/small-office.ts';
import { deliverFindings } from './deliver-findings.ts';

const office = await openSmallOffice();
const { world, postgres } = office;
const db = world.db;

// Even the owner of the tables sees nothing without a scope.
const cases = () =>
  forWholeCity(db, (all) => all.selectFrom('alert_case').selectAll().orderBy('case_id').execute());
const alerts = () =>
  forWholeCity(db, (all) => all.selectFrom('alert').selectAll().orderBy('alert_id').execute());
const steps = () =>
  forWholeCity(db, async (all) =>
    (await all.selectFrom('alert_step').select('action').orderBy('step_no').execute()).map(
      ({ action }) => action,
    ),
  );

beforeEach(async () => {
  office.onDay('2026-11-02');
  await postgres.pool.query(
    'truncate alert_case, alert, alert_version, alert_step, alert_disposal, alert_evidence, alert_delivery, recovery, recovery_entry, recovery_agreement, recovery_instalment, alert_snooze',
  );
});

/** Closes every case as a county would, without walking the whole way. */
async function closeAs(conclusion: string, on: string, more = ''): Promise<void> {
  const path = ['verifying', 'concluded', 'closing', 'closed'];
  for (const state of path) {
    const concluded =
      state === 'concluded' ? `, conclusion = '${conclusion}', concluded_by = 'a'` : '';
    const reviewed = state === 'closing' ? `, reviewed_by = 'b'` : '';
    const closed =
      state === 'closed'
        ? `, closed_on = '${on}', closed_by = 'a', look_back_until = date '${on}' + 90${more}`
        : '';
    await forWholeCity(db, (all) =>
      sql
        .raw(
          `update alert_case set state = '${state}', assignee = 'a'${concluded}${reviewed}${closed} where state not in ('closed', 'settled')`,
        )
        .execute(all),
    );
  }
}

test('a run delivered twice opens nothing twice', async () => {
  const found = delivery([finding(), finding({ personId: 'P2', key: { person_id: 'P2' } })]);
  assert.deepEqual(await deliverFindings(world, found), {
    ...{ opened: 2, updated: 0, vanished: 0, recurred: 0, suppressed: 0 },
  });
  const again = await deliverFindings(world, found);
  assert.equal(again.opened + again.updated + again.vanished + again.recurred, 0);
  assert.equal((await cases()).length, 2);
  assert.equal((await alerts()).length, 2);
  assert.deepEqual(await steps(), ['open', 'open']);
});

test('two deliveries at the same time make one alert of one key', async () => {
  await Promise.all([1, 2, 3].map(() => deliverFindings(world, delivery([finding()]))));
  assert.equal((await alerts()).length, 1);
});

test('findings of one person and topic are one case with the highest level and no amount counted twice', async () => {
  const second = finding({ rule: 'CRD-003', level: 'medium', amountFen: 100_000n });
  await deliverFindings(world, delivery([second, finding()], { ranRules: ['DTH-001', 'CRD-003'] }));
  const [only, ...others] = await cases();
  assert.equal(others.length, 0);
  assert.deepEqual(only?.rules, ['CRD-003', 'DTH-001']);
  assert.equal(only?.rule, 'DTH-001');
  assert.equal(only?.level, 'high');
  assert.equal(only?.amount_fen, 287_640n);
  assert.equal(only?.due_on, '2026-11-03', 'one working day to assign');
  assert.equal((await alerts()).length, 2);
});

test('a further rule joins the open case and is noted on it', async () => {
  await deliverFindings(world, delivery([finding({ level: 'low' })]));
  await deliverFindings(
    world,
    delivery([finding({ rule: 'CRD-003', level: 'high' })], { ranRules: ['CRD-003'] }),
  );
  const [only] = await cases();
  assert.equal(only?.level, 'high');
  assert.deepEqual(await steps(), ['open', 'join']);
  // Nobody has looked at the case yet, so nothing has changed for anybody.
  assert.equal(only?.changed, false);
});

test('changed facts are kept as versions and shown on the case', async () => {
  await deliverFindings(world, delivery([finding()]));
  const changed = finding({ evidence: { died_on: '2026-09-03', months: 2 }, amountFen: 575_280n });
  const result = await deliverFindings(world, delivery([changed]));
  assert.equal(result.updated, 1);
  const [alert] = await alerts();
  assert.equal(alert?.version, 2);
  assert.deepEqual(alert?.evidence, { died_on: '2026-09-03', months: 2 });
  const versions = await forWholeCity(db, (all) =>
    all.selectFrom('alert_version').selectAll().execute(),
  );
  assert.deepEqual(
    versions.map(({ version, evidence }) => ({ version, evidence })),
    [{ version: 1, evidence: { died_on: '2026-09-03', months: 1 } }],
  );
  const [held] = await cases();
  assert.equal(held?.changed, true);
  assert.equal(held?.amount_fen, 575_280n);
});

test('a finding that vanished says so, stays open, and comes back as it was', async () => {
  await deliverFindings(world, delivery([finding()]));
  const gone = await deliverFindings(world, delivery([], { asOf: '2026-11-30' }));
  assert.equal(gone.vanished, 1);
  const [held] = await cases();
  assert.equal(held?.vanished, true);
  assert.equal(held?.state, 'new');
  assert.equal((await deliverFindings(world, delivery([]))).vanished, 0, 'said once');
  assert.equal((await deliverFindings(world, delivery([finding()]))).updated, 1);
  assert.equal((await cases())[0]?.vanished, false);
  assert.deepEqual(await steps(), ['open', 'vanish', 'facts_back']);
});

test('a rule that did not run, another producer, and a person not looked at say nothing about vanishing', async () => {
  await deliverFindings(world, delivery([finding()]));
  for (const other of [
    { ranRules: ['PEN-001'] },
    { source: 'deaths' as const },
    { persons: ['P9'] },
  ]) {
    assert.equal((await deliverFindings(world, delivery([], other))).vanished, 0);
  }
  assert.equal((await deliverFindings(world, delivery([], { persons: ['P1'] }))).vanished, 1);
});

test('the same facts in later data within 90 days of closing reopen the case one level higher', async () => {
  await deliverFindings(world, delivery([finding({ level: 'low' })]));
  await closeAs('data_error', '2026-11-10');
  const same = [finding({ level: 'low' })];
  const early = await deliverFindings(world, delivery(same, { asOf: '2026-11-10' }));
  assert.deepEqual([early.recurred, early.suppressed], [0, 1], 'data not later than the closing');
  const late = await deliverFindings(world, delivery(same, { asOf: '2026-11-30' }));
  assert.equal(late.recurred, 1);
  const [held] = await cases();
  assert.equal(held?.state, 'new');
  assert.equal(held?.level, 'medium');
  assert.equal(held?.occurrence, 2);
  assert.equal(held?.conclusion, null);
  assert.equal((await cases()).length, 1);
  assert.equal((await deliverFindings(world, delivery(same, { asOf: '2026-11-30' }))).recurred, 0);
});

test('after the look-back known facts stay closed', async () => {
  await deliverFindings(world, delivery([finding()]));
  await closeAs('data_error', '2026-11-10');
  const result = await deliverFindings(world, delivery([finding()], { asOf: '2027-02-09' }));
  assert.deepEqual([result.recurred, result.suppressed, result.opened], [0, 1, 0]);
});

test('facts judged unfounded stay judged until they change', async () => {
  await deliverFindings(world, delivery([finding()]));
  await closeAs('unfounded', '2026-11-10');
  const same = await deliverFindings(world, delivery([finding()], { asOf: '2026-11-30' }));
  assert.deepEqual([same.suppressed, same.recurred, same.opened], [1, 0, 0]);
  const other = finding({ evidence: { died_on: '2026-09-03', months: 5 } });
  const changed = await deliverFindings(world, delivery([other], { asOf: '2026-11-30' }));
  assert.equal(changed.opened, 1);
  const [first, second] = await cases();
  assert.deepEqual([first?.state, second?.state], ['closed', 'new']);
  const held = await alerts();
  assert.deepEqual(
    held.map(({ current }) => current),
    [false, true],
    'the old alert stays with its case',
  );
});

test('policy holds as long as its document does', async () => {
  await deliverFindings(world, delivery([finding()]));
  await closeAs(
    'compliant',
    '2026-11-10',
    `, exempt_document = '晋人社〔2026〕1号', exempt_until = '2026-12-31'`,
  );
  const within = await deliverFindings(world, delivery([finding()], { asOf: '2026-12-31' }));
  assert.equal(within.suppressed, 1);
  const over = await deliverFindings(world, delivery([finding()], { asOf: '2027-01-31' }));
  assert.equal(over.opened, 1);
});

test('a finding without an agency belongs to the city', async () => {
  await deliverFindings(world, delivery([finding({ agency: null })]));
  const [held] = await cases();
  assert.deepEqual([held?.agency, held?.tier], ['140599', 'city']);
});

/** The full size is `HULIU_ALERT_ROWS=200000`; what grows faster than the rows shows at this one too. */
const ROWS = Number(process.env.HULIU_ALERT_ROWS ?? 20_000);

test('many findings are delivered by sets, well under a minute for 200,000', async () => {
  const many = Array.from({ length: ROWS }, (_, i) =>
    finding({
      personId: `P${i}`,
      key: { person_id: `P${i}` },
      rule: `DTH-00${i % 7}`,
      agency: ['140502', '140521', '140522', '140524', '140525', '140581'][i % 6] ?? null,
      level: (['high', 'medium', 'low'] as const)[i % 3] ?? 'low',
    }),
  );
  const ranRules = Array.from({ length: 7 }, (_, i) => `DTH-00${i}`);
  const start = performance.now();
  assert.equal((await deliverFindings(world, delivery(many, { ranRules }))).opened, ROWS);
  const first = performance.now() - start;
  const again = await deliverFindings(world, delivery(many, { ranRules }));
  const second = performance.now() - start - first;
  assert.equal(again.opened + again.updated + again.vanished, 0);
  console.log(
    `${ROWS} findings: ${Math.round(first)} ms opened, ${Math.round(second)} ms unchanged`,
  );
  assert.ok(first < 50_000);
});
