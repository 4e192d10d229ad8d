import assert from 'node:assert/strict';
import { test } from 'node:test';
import { principalOf } from '../../testing/principal-of.ts';
import { openSmallOffice } from '../../testing/small-office.ts';
import { handleAlarm, listAlarms } from './alarms.ts';
import { checkPersonQuota } from './check-person-quota.ts';

const office = await openSmallOffice();
const { world } = office;
const { persons_per_hour, persons_per_day, sequential } = world.policy.limits.queries;
const exceeded = { code: 'SECURITY_QUERY_QUOTA' };

const person = (login: string) => principalOf({ roles: ['inspector'], login });
/** Numbers far apart, as those of people who have nothing to do with each other. */
const far = (n: number) => `P${String(n * 1_000).padStart(9, '0')}`;
const alarms = async (actor: string) => {
  const { rows } = await listAlarms(world, {}, { offset: 0, limit: 100 });
  return rows.filter((row) => row.actor === `user:${actor}`).map(({ kind }) => kind);
};

test('fifty different persons an hour may be looked at, the fifty-first not, nor is it counted', async () => {
  const wang = person('wang');
  for (let n = 1; n <= persons_per_hour; n += 1) await checkPersonQuota(world, wang, far(n));
  await checkPersonQuota(world, wang, far(7));
  await assert.rejects(checkPersonQuota(world, wang, far(9_999)), (error: never) => {
    const { code, details } = error as { code: string; details: { retry_after_s: number } };
    assert.ok(details.retry_after_s > 0 && details.retry_after_s <= 3_600);
    return code === exceeded.code;
  });
  assert.deepEqual(await alarms('wang'), ['quota_hour']);
  await checkPersonQuota(world, person('li'), far(9_999));
  office.wait(61);
  await checkPersonQuota(world, wang, far(9_999));
});

test('two looks at the same moment cannot both be the last allowed', async () => {
  const chen = person('chen');
  for (let n = 1; n < persons_per_hour; n += 1) await checkPersonQuota(world, chen, far(n));
  const results = await Promise.allSettled(
    [far(500), far(501), far(502)].map((id) => checkPersonQuota(world, chen, id)),
  );
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('a day has its own limit, however the hours are used', async () => {
  const busy = person('busy');
  const values = Array.from({ length: persons_per_day }, (_, n) => ({
    actor: busy.actor,
    person_id: far(n + 1),
    at: new Date(world.clock.now().getTime() - 2 * 3_600_000).toISOString(),
  }));
  await world.db.insertInto('access_view').values(values).execute();
  await assert.rejects(checkPersonQuota(world, busy, far(8_888)), exceeded);
  assert.deepEqual(await alarms('busy'), ['quota_day']);
});

test('looking at oneself, relatives, colleagues, neighbours in number or at night raises an alarm', async () => {
  const { accountId } = await office.hire('sun', ['inspector'], { relatives: ['P000000111'] });
  await office.hire('zhou', ['inspector'], { relatives: ['P000000222'] });
  const sun = { ...person('sun'), accountId };
  await checkPersonQuota(world, sun, 'P000000333');
  assert.deepEqual(await alarms('sun'), []);
  await checkPersonQuota(world, sun, 'P000000111');
  await checkPersonQuota(world, sun, 'P000000222');
  assert.deepEqual((await alarms('sun')).sort(), ['colleague', 'own_record']);

  const row = person('row');
  for (let n = 0; n < sequential; n += 1) {
    assert.deepEqual(await alarms('row'), []);
    await checkPersonQuota(world, row, `P${String(70_000 + n).padStart(9, '0')}`);
  }
  assert.deepEqual(await alarms('row'), ['sequential']);

  office.wait(12 * 60);
  await checkPersonQuota(world, person('owl'), far(1));
  assert.deepEqual(await alarms('owl'), ['off_hours']);
});

test('a person id of any form does no harm to the counting', async () => {
  for (const id of ["P'; drop table access_view; --", 'P%_\\', '9'.repeat(30), 'x', '😀1']) {
    await checkPersonQuota(world, person('odd'), id);
  }
});

test('the command line has no quota', async () => {
  const cli = { ...person('x'), accountId: null };
  for (let n = 1; n <= persons_per_hour + 5; n += 1) await checkPersonQuota(world, cli, far(n));
});

test('an alarm is handled once, and not by whom it is about', async () => {
  const { rows } = await listAlarms(world, { open: true }, { offset: 0, limit: 100 });
  const alarm = rows.find(({ actor }) => actor === 'user:wang');
  assert.ok(alarm);
  const unknown = { code: 'SECURITY_ALARM_UNKNOWN' };
  const id = String(alarm.alarm_id);
  await assert.rejects(handleAlarm(world, { actor: 'user:wang' }, id, '没有问题'), unknown);
  await handleAlarm(world, { actor: 'user:boss' }, id, '专项核查，已报备');
  await assert.rejects(handleAlarm(world, { actor: 'user:boss' }, id, '再处理一次'), unknown);
  const open = await listAlarms(world, { open: true }, { offset: 0, limit: 100 });
  assert.equal(open.total, rows.length - 1);
});
