import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { AlertCandidate } from '../../contract/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { delivery, finding, openSmallOffice } from '../testing/small-office.ts';
import { deliverFindings } from './deliver-findings.ts';

const office = await openSmallOffice();
const { world, postgres } = office;

beforeEach(async () => {
  office.onDay('2026-11-02');
  await postgres.pool.query(
    'truncate alert_case, alert, alert_version, alert_step, alert_disposal, alert_evidence, alert_delivery, recovery, recovery_entry, recovery_agreement, recovery_instalment, alert_snooze',
  );
});

const TOPIC = { topic: '跳过必经环节', key: { case_id: 'C1' }, amountFen: null };
const byRule = (changes: Partial<AlertCandidate> = {}) =>
  delivery([finding({ ...TOPIC, rule: 'CTL-009', ...changes })], { ranRules: ['CTL-009'] });
const byProcess = (changes: Partial<AlertCandidate> = {}) =>
  delivery([finding({ ...TOPIC, rule: 'CFM-001', coveredBy: ['CTL-009'], ...changes })], {
    ...{ source: 'process', ranRules: ['CFM-001'] },
  });

const alerts = () =>
  forWholeCity(world.db, (db) =>
    db.selectFrom('alert').select(['rule', 'vanished_on']).orderBy('alert_id').execute(),
  );
const lastRemark = () =>
  forWholeCity(world.db, (db) =>
    db.selectFrom('alert_step').select('remark').orderBy('step_no', 'desc').executeTakeFirst(),
  );

test('a fact a rule tells already is no second alert, however often it is delivered', async () => {
  await deliverFindings(world, byRule());
  for (let time = 0; time < 2; time += 1) {
    assert.deepEqual(await deliverFindings(world, byProcess()), {
      ...{ opened: 0, updated: 0, vanished: 0, recurred: 0, suppressed: 1 },
    });
  }
  assert.deepEqual(await alerts(), [{ rule: 'CTL-009', vanished_on: null }]);
});

test('another key, or a fact the rule no longer finds, is told', async () => {
  await deliverFindings(world, byRule());
  assert.equal((await deliverFindings(world, byProcess({ key: { case_id: 'C2' } }))).opened, 1);
  await deliverFindings(world, delivery([], { ranRules: ['CTL-009'] }));
  assert.equal((await deliverFindings(world, byProcess())).opened, 1);
});

test('a rule on trial, which counties do not see, covers only what is on trial too', async () => {
  await deliverFindings(world, byRule({ trial: true }));
  assert.equal((await deliverFindings(world, byProcess({ trial: true }))).suppressed, 1);
  assert.equal((await deliverFindings(world, byProcess())).opened, 1);
});

test('when a rule takes a fact over, the alert that told it says so, and comes back after the rule', async () => {
  await deliverFindings(world, byProcess());
  await deliverFindings(world, byRule());
  assert.equal((await deliverFindings(world, byProcess())).vanished, 1);
  assert.deepEqual(
    (await alerts()).map(({ rule, vanished_on }) => [rule, vanished_on === null]),
    [
      ['CFM-001', false],
      ['CTL-009', true],
    ],
  );
  assert.equal((await lastRemark())?.remark, '同一事实已由另一条规则提示，不再重复');
  assert.equal((await deliverFindings(world, byProcess())).vanished, 0, 'said once');
  await deliverFindings(world, delivery([], { ranRules: ['CTL-009'] }));
  assert.equal((await deliverFindings(world, byProcess())).updated, 1);
  assert.equal((await alerts())[0]?.vanished_on, null);
});

test('a fact that a rule’s closed case was about stays judged', async () => {
  await deliverFindings(world, byRule());
  await forWholeCity(world.db, async (db) => {
    for (const state of ['verifying', 'concluded', 'closing', 'closed'] as const) {
      await db
        .updateTable('alert_case')
        .set({
          ...{ state, assignee: 'a' },
          ...(state === 'concluded' ? { conclusion: 'unfounded', concluded_by: 'a' } : {}),
          ...(state === 'closing' ? { reviewed_by: 'b' } : {}),
          ...(state === 'closed'
            ? { closed_on: '2026-11-10', closed_by: 'a', look_back_until: '2027-02-08' }
            : {}),
        })
        .execute();
    }
  });
  assert.equal((await deliverFindings(world, byProcess())).suppressed, 1);
});
