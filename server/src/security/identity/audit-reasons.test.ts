import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSmallOffice } from '../testing/small-office.ts';
import { createAccount } from './accounts/create-account.ts';
import { requestGrant } from './grants/grants.ts';

const { world, hire } = await openSmallOffice();
const { accountId } = await hire('system', ['system_admin']);
const system = { actor: 'user:system', accountId, origin: '127.0.0.1 test' };

async function reasonOf(action: string): Promise<string | null> {
  const found = await world.db
    .selectFrom('audit_entry')
    .select('purpose')
    .where('action', '=', action)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return found.purpose;
}

const newcomer = (login: string) => ({
  ...{ login, name: '王经办', department: null, operatorId: null, relatives: [] },
});

test('a new account is written down with what kind of person it is for, in words', async () => {
  await createAccount(world, system, { ...newcomer('wang'), kind: 'staff', validTo: null });
  assert.equal(await reasonOf('account.create'), '建立账号（正式人员）');
  await createAccount(world, system, {
    ...{ ...newcomer('wang2'), kind: 'contractor', validTo: '2026-11-20' },
  });
  assert.equal(await reasonOf('account.create'), '建立账号（外协人员）');
});

test('a grant is written down with the title of the role and the names of the agencies', async () => {
  const holder = await hire('li', []);
  await requestGrant(world, system, holder.accountId, {
    ...{ role: 'county_officer', agencies: ['140502'], insurances: ['*'], unmask: false },
    ...{ validTo: '2027-06-30', reason: '岗位调整' },
  });
  const title = world.policy.roles.get('county_officer')?.title;
  assert.equal(await reasonOf('grant.request'), `角色 ${title}，范围 城区`);
});
