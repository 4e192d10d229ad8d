import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { ADMINISTRATORS } from '../../access/policy.ts';
import { listAlarms } from '../../access/queries/alarms.ts';
import { accountOf, openSmallOffice } from '../../testing/small-office.ts';
import type { Administrator } from '../accounts/administrator.ts';
import { disableAccount, editAccount } from '../accounts/change-account.ts';
import { sweepAccounts } from '../accounts/sweep-accounts.ts';
import { findSignedIn } from '../sessions/sessions.ts';
import { decideGrant, endGrant, requestGrant } from './grants.ts';
import type { GrantTerms } from './write-grant.ts';

const office = await openSmallOffice();
const { world } = office;

async function administrator(login: string, role: string): Promise<Administrator> {
  const { accountId } = await office.hire(login, [role]);
  return { actor: `user:${login}`, accountId, origin: '127.0.0.1 test' };
}
const system = await administrator('system', 'system_admin');
const security = await administrator('security', 'security_admin');

const terms = (role: string, more: Partial<GrantTerms> = {}): GrantTerms => ({
  ...{ role, agencies: ['140502'], insurances: ['*'], unmask: false },
  ...{ validTo: '2027-06-30', reason: '岗位调整' },
  ...more,
});
let hired = 0;
const newcomer = async (more = {}) => {
  hired += 1;
  const login = `person${hired}`;
  return { login, ...(await office.hire(login, [], more)) };
};
const code = (expected: string) => ({ code: expected });

test('a grant gives nothing until another person confirms it, and then at once', async () => {
  const { login, accountId } = await newcomer();
  const grantId = String(await requestGrant(world, system, accountId, terms('county_officer')));
  const before = await office.signIn(login);
  assert.equal((await findSignedIn(world, before)).principal.permissions.size, 0);
  await assert.rejects(
    decideGrant(world, system, grantId, 'confirmed'),
    code('SECURITY_GRANT_SAME_PERSON'),
  );
  await decideGrant(world, security, grantId, 'confirmed');
  await assert.rejects(findSignedIn(world, before), code('SECURITY_SESSION_REQUIRED'));
  const { principal } = await findSignedIn(world, await office.signIn(login));
  assert.deepEqual(principal.roles, ['county_officer']);
  assert.deepEqual(principal.scope, { agencies: ['140502'], insurances: 'all', unmask: false });
  await assert.rejects(
    decideGrant(world, security, grantId, 'refused'),
    code('SECURITY_GRANT_UNKNOWN'),
  );
});

test('the audit log holds how an account stood before and after each change of it', async () => {
  const { accountId } = await newcomer();
  const grantId = String(await requestGrant(world, system, accountId, terms('county_officer')));
  await decideGrant(world, security, grantId, 'confirmed');
  await editAccount(world, system, accountId, { department: '待遇科', reason: '岗位调整' });
  await editAccount(world, system, accountId, { name: '改名', reason: '更正姓名' });
  await endGrant(world, system, grantId, '岗位调整');
  await disableAccount(world, system, accountId, '离岗停用');
  const { rows } = await sql<{ action: string; before: string | null; after: string | null }>`
    select action, before_digest as before, after_digest as after from audit_entry
    where object in (${accountId}, ${`grant ${grantId}`}) order by id`.execute(world.db);
  assert.deepEqual(
    rows.map(({ action }) => action),
    [
      ...['account.create', 'grant.request', 'grant.confirm', 'account.edit', 'account.edit'],
      ...['grant.end', 'account.disable'],
    ],
  );
  assert.equal(rows[0]?.before, null);
  // The office makes its people without the steps in between: from the first request on.
  for (const [index, row] of rows.entries()) {
    if (index < 2) continue;
    assert.equal(row.before, rows[index - 1]?.after, `${row.action} continues the one before`);
  }
  assert.ok(rows.every(({ before, after }) => before !== after));
});

test('nobody asks for, confirms or ends a right of their own', async () => {
  const own = system.accountId ?? '';
  await assert.rejects(
    requestGrant(world, system, own, terms('inspector')),
    code('SECURITY_GRANT_OWN'),
  );
  const { accountId } = await newcomer();
  const grantId = String(await requestGrant(world, system, accountId, terms('county_officer')));
  const self = { ...security, accountId, actor: 'user:self' };
  await assert.rejects(decideGrant(world, self, grantId, 'confirmed'), code('SECURITY_GRANT_OWN'));
  await assert.rejects(endGrant(world, self, grantId, '自己收回'), code('SECURITY_GRANT_OWN'));
});

test('an ended grant ends the session that used it', async () => {
  const { login, accountId } = await newcomer();
  const grantId = String(await requestGrant(world, system, accountId, terms('county_officer')));
  await decideGrant(world, security, grantId, 'confirmed');
  const token = await office.signIn(login);
  await endGrant(world, system, grantId, '调离岗位');
  await assert.rejects(findSignedIn(world, token), code('SECURITY_SESSION_REQUIRED'));
  const { principal } = await findSignedIn(world, await office.signIn(login));
  assert.equal(principal.permissions.size, 0);
});

test('terms that make no sense are refused: role, place, day, unmasking, another scope', async () => {
  const { accountId } = await newcomer();
  for (const wrong of [
    terms('nothing'),
    terms('county_officer', { agencies: ['999999'] }),
    terms('county_officer', { agencies: [] }),
    terms('county_officer', { agencies: ['*', '140502'] }),
    terms('county_officer', { insurances: ['999'] }),
    terms('county_officer', { validTo: '2026-11-04' }),
    terms('county_officer', { validTo: '2028-11-05' }),
    terms('system_admin', { unmask: true }),
  ]) {
    await assert.rejects(
      requestGrant(world, system, accountId, wrong),
      code('SECURITY_GRANT_INVALID'),
    );
  }
  await requestGrant(world, system, accountId, terms('county_officer'));
  await assert.rejects(
    requestGrant(world, system, accountId, terms('county_reviewer', { agencies: ['140581'] })),
    code('SECURITY_SCOPE_DIFFERS'),
  );
  await assert.rejects(
    requestGrant(world, system, accountId, terms('county_officer')),
    code('SECURITY_GRANT_INVALID'),
  );
});

test('contractors get at most 30 days, nothing unmasked and no sensitive right', async () => {
  const contractor = { kind: 'contractor', validTo: '2026-12-01' } as const;
  const { login, accountId } = await newcomer(contractor);
  await assert.rejects(
    requestGrant(world, system, accountId, terms('inspector', { validTo: '2026-12-20' })),
    code('SECURITY_GRANT_INVALID'),
  );
  await assert.rejects(
    requestGrant(
      world,
      system,
      accountId,
      terms('inspector', { validTo: '2026-12-01', unmask: true }),
    ),
    code('SECURITY_GRANT_INVALID'),
  );
  const asked = terms('inspector', { validTo: '2026-12-01' });
  const grantId = String(await requestGrant(world, system, accountId, asked));
  await decideGrant(world, security, grantId, 'confirmed');
  const { principal } = await findSignedIn(world, await office.signIn(login));
  assert.equal(principal.permissions.has('dossier.read'), true);
  assert.equal(principal.permissions.has('dossier.unmask'), false);
});

test('no order of grants lets one account hold two duties of administrators or one beside business', async () => {
  const roles = [...world.policy.roles.keys()];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...roles), { minLength: 2, maxLength: 5 }),
      async (asked) => {
        const { login, accountId } = await newcomer();
        for (const role of asked) {
          const given = terms(role, { agencies: ['*'] });
          await requestGrant(world, system, accountId, given)
            .then((id) => decideGrant(world, security, String(id), 'confirmed'))
            .catch((error: { code: string }) => {
              assert.match(error.code, /^SECURITY_(DUTIES_EXCLUSIVE|GRANT_INVALID)$/);
            });
        }
        const held = (await accountOf(world, login)).grants.map(({ role }) => role);
        const separate = held.filter((role) => ADMINISTRATORS.some((name) => name === role));
        assert.ok(separate.length === 0 || held.length === 1, held.join());
      },
    ),
    { numRuns: 12, seed: 20261129 },
  );
});

test('the database itself refuses two duties, self-service, deletion and renaming', async () => {
  const { accountId } = await newcomer();
  await requestGrant(world, system, accountId, terms('county_officer'));
  const insert = (role: string, by: string, account: string | null) =>
    sql`
    insert into identity_grant (account_id, role, agencies, insurances, unmask, valid_to, reason,
      state, origin, requested_by, requested_account, requested_at, decided_by, decided_at)
    values (${accountId}, ${role}, '{*}', '{*}', false, '2027-01-01', '直接写库', 'confirmed',
      'two_persons', ${by}, ${account}, now(), 'user:security', now())`.execute(world.db);
  await assert.rejects(insert('audit_admin', 'user:system', null), /foreign key/);
  await assert.rejects(insert('inspector', 'user:security', null), /check constraint/);
  await assert.rejects(insert('inspector', 'user:x', accountId), /check constraint/);
  await assert.rejects(sql`delete from identity_account`.execute(world.db), /neither deleted/);
  await assert.rejects(
    sql`update identity_account set login_key = 'other'`.execute(world.db),
    /neither deleted nor renamed/,
  );
});

test('a right written, widened or restored behind the program closes the account and is audited', async () => {
  const tampering = [
    (id: string) => sql`update identity_grant set agencies = '{*}' where account_id = ${id}`,
    (id: string) => sql`update identity_grant set role = 'inspector' where account_id = ${id}`,
    (id: string) => sql`update identity_grant set valid_to = '2099-01-01' where account_id = ${id}`,
    (id: string) => sql`update identity_account
      set password_hash = replace(password_hash, 't=2', 't=1') where account_id = ${id}`,
    (id: string) => sql`update identity_account set kind = 'temporary', valid_to = '2030-01-01'
      where account_id = ${id}`,
    (id: string) => sql`delete from identity_grant where account_id = ${id}`,
  ];
  for (const tamper of tampering) {
    const { login, accountId } = await newcomer();
    const id = String(await requestGrant(world, system, accountId, terms('county_officer')));
    await decideGrant(world, security, id, 'confirmed');
    const token = await office.signIn(login);
    await tamper(accountId).execute(world.db);
    await assert.rejects(findSignedIn(world, token), code('SECURITY_ACCESS_TAMPERED'));
    await assert.rejects(office.signIn(login), code('SECURITY_LOGIN_REFUSED'));
    await assert.rejects(
      requestGrant(world, system, accountId, terms('county_reviewer')),
      code('SECURITY_ACCESS_TAMPERED'),
      'a later change does not bless it',
    );
  }
  const { login, accountId } = await newcomer();
  const id = String(await requestGrant(world, system, accountId, terms('county_officer')));
  await decideGrant(world, security, id, 'confirmed');
  await endGrant(world, system, id, '收回授权');
  await sql`update identity_grant set state = 'confirmed' where grant_id = ${id}`.execute(world.db);
  await assert.rejects(office.signIn(login), code('SECURITY_LOGIN_REFUSED'), 'restored');
  assert.ok((await office.audited()).includes('access.tampered refused'));
  const { rows } = await listAlarms(world, { open: true }, { offset: 0, limit: 100 });
  assert.ok(rows.some(({ kind, actor }) => kind === 'tampered' && actor === `user:${login}`));
});

test('rights changing while somebody works never look like tampering', async () => {
  const { login, accountId } = await newcomer();
  let token = await office.signIn(login);
  let changing = true;
  const change = async () => {
    for (let i = 0; i < 15; i += 1) {
      const id = String(await requestGrant(world, system, accountId, terms('county_officer')));
      await endGrant(world, system, id, '反复变动');
    }
    changing = false;
  };
  const work = async () => {
    while (changing) {
      await findSignedIn(world, token).catch(async (error: { code: string }) => {
        assert.equal(error.code, 'SECURITY_SESSION_REQUIRED');
        token = await office.signIn(login);
      });
    }
  };
  await Promise.all([change(), work(), work()]);
});

test('a right past its last day gives nothing, and the daily round ends it', async () => {
  const { login, accountId } = await newcomer();
  const asked = terms('county_officer', { validTo: '2026-11-20' });
  const grantId = String(await requestGrant(world, system, accountId, asked));
  await decideGrant(world, security, grantId, 'confirmed');
  office.wait(16 * 1_440);
  const { principal } = await findSignedIn(world, await office.signIn(login));
  assert.equal(principal.permissions.size, 0);
  const round = await sweepAccounts(world);
  assert.ok(round.grantsEnded >= 1);
  const states = await sql<{ state: string }>`
    select state from identity_grant where grant_id = ${grantId}`.execute(world.db);
  assert.deepEqual(states.rows, [{ state: 'ended' }]);
});
