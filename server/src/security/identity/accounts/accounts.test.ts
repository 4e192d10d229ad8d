import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { generate } from 'otplib';
import { accountOf, BY, openSmallOffice, PASSWORD } from '../../testing/small-office.ts';
import { beginEnrolment, confirmEnrolment } from '../second-factor/enrol.ts';
import { findSignedIn } from '../sessions/sessions.ts';
import { giveSecondFactor, stepUp } from '../sign-in/prove.ts';
import { disableAccount, enableAccount, resetAccount } from './change-account.ts';
import { createAccount, type NewAccount } from './create-account.ts';
import { inviteFirstAdministrators } from './first-admin.ts';
import { redeemInvitation } from './invitation.ts';
import { searchAccounts } from './list-accounts.ts';
import { sweepAccounts } from './sweep-accounts.ts';

const office = await openSmallOffice();
const { world } = office;
const code = (expected: string) => ({ code: expected });
const CLI = { actor: 'cli:root', accountId: null, origin: 'cli:root' };
const NEW_PASSWORD = 'Yuquan-9-Shan?';

const person = (login: string, more: Partial<NewAccount> = {}): NewAccount => ({
  ...{ login, name: '赵某', department: '待遇科', operatorId: 'JC01', kind: 'staff' },
  ...{ validTo: null, relatives: [], ...more },
});

const redeem = (login: string, invitation: string, password = NEW_PASSWORD) =>
  redeemInvitation(world, {
    ...{ login, code: invitation, password, address: '10.0.0.9' },
    ...{ device: 'test', origin: '10.0.0.9 r' },
  });

const PEOPLE = {
  system_admin: { login: 'first-system', name: '甲' },
  security_admin: { login: 'first-security', name: '乙' },
  audit_admin: { login: 'first-audit', name: '丙' },
};

test('a fresh installation knows nobody; the first three come in by code, once, within 24 hours', async () => {
  const { total } = await searchAccounts(world, {}, { offset: 0, limit: 10 });
  assert.equal(total, 0);
  const early = await inviteFirstAdministrators(world, CLI, PEOPLE);
  assert.deepEqual(
    early.map(({ role }) => role),
    ['system_admin', 'security_admin', 'audit_admin'],
  );
  await assert.rejects(office.signIn('first-system'), code('SECURITY_LOGIN_REFUSED'));
  office.wait(24 * 60 + 1);
  await assert.rejects(
    redeem('first-system', early[0]?.code ?? ''),
    code('SECURITY_INVITATION_REFUSED'),
  );
  const again = await inviteFirstAdministrators(world, CLI, PEOPLE);
  const [system, security, audit] = again.map((one) => one.code);
  assert.ok(system && security && audit);
  await assert.rejects(redeem('first-audit', system), code('SECURITY_INVITATION_REFUSED'));
  await assert.rejects(redeem('first-system', system, 'short'), code('SECURITY_PASSWORD_REFUSED'));
  await redeem('first-system', ` ${system.toLowerCase().replaceAll('-', ' ')}`);
  await assert.rejects(redeem('first-system', system), code('SECURITY_INVITATION_REFUSED'));
  const renewed = await inviteFirstAdministrators(world, CLI, PEOPLE);
  assert.deepEqual(
    renewed.map(({ role }) => role),
    ['security_admin', 'audit_admin'],
  );
  await assert.rejects(
    redeem('first-audit', audit),
    code('SECURITY_INVITATION_REFUSED'),
    'replaced',
  );
  await redeem('first-security', renewed[0]?.code ?? '');
  await redeem('first-audit', renewed[1]?.code ?? '');
  await assert.rejects(
    inviteFirstAdministrators(world, CLI, PEOPLE),
    code('SECURITY_ADMINISTRATORS_EXIST'),
  );
});

test('an administrator gets nowhere before binding an authenticator; each code works once', async () => {
  const token = await office.signIn('first-system', NEW_PASSWORD);
  const { principal, stage } = await findSignedIn(world, token);
  assert.equal(stage, 'enrolment');
  const who = {
    ...{ accountId: principal.accountId ?? '', actor: principal.actor, origin: 'x' },
    ...{ login: 'first-system', token, address: '10.0.0.1', device: '' },
  };
  const codeNow = (seed: string) =>
    generate({ secret: seed, epoch: Math.floor(world.clock.now().getTime() / 1_000) });
  const { seed } = await beginEnrolment(world, who);
  assert.equal((await accountOf(world, 'first-system')).account.totp_seed?.includes(seed), false);
  await assert.rejects(
    confirmEnrolment(world, who, { code: '000000', token }),
    code('SECURITY_CODE_REFUSED'),
  );
  const first = await codeNow(seed);
  const bound = await confirmEnrolment(world, who, { code: first, token });
  assert.equal((await findSignedIn(world, bound.token)).stage, 'open');
  assert.equal(bound.recoveryCodes.length, 10);

  const next = { ...who, token: await office.signIn('first-system', NEW_PASSWORD) };
  assert.equal((await findSignedIn(world, next.token)).stage, 'second_factor');
  await assert.rejects(
    giveSecondFactor(world, next, { code: first }),
    code('SECURITY_CODE_REFUSED'),
    'replay',
  );
  office.wait(1);
  const both = await Promise.allSettled([
    codeNow(seed).then((given) => giveSecondFactor(world, next, { code: given })),
    codeNow(seed).then((given) => giveSecondFactor(world, next, { code: given })),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);

  const [recovery = ''] = bound.recoveryCodes;
  const lost = { ...who, token: await office.signIn('first-system', NEW_PASSWORD) };
  const opened = await giveSecondFactor(world, lost, { code: recovery.toLowerCase() });
  assert.equal((await findSignedIn(world, opened)).stage, 'open');
  const after = { ...who, token: opened };
  await assert.rejects(stepUp(world, after, { code: recovery }), code('SECURITY_CODE_REFUSED'));
  await assert.rejects(
    stepUp(world, after, { password: NEW_PASSWORD }),
    code('SECURITY_CODE_REFUSED'),
    'who has a second factor proves by it',
  );
  office.wait(1);
  const proven = await stepUp(world, after, { code: await codeNow(seed) });
  assert.notEqual((await findSignedIn(world, proven)).stepUpUntil, null);
});

test('six digits cannot be guessed: after ten wrong codes the session asks no more', async () => {
  const token = await office.signIn('first-system', NEW_PASSWORD);
  const who = { login: 'first-system', token, address: '10.0.0.77', device: '', origin: 'x' };
  const codes: string[] = [];
  for (let i = 0; i < 12; i += 1) {
    await giveSecondFactor(world, who, { code: String(100_000 + i) }).catch(
      (error: { code: string }) => codes.push(error.code),
    );
  }
  assert.deepEqual(codes.slice(10), ['SECURITY_TOO_MANY_LOGINS', 'SECURITY_TOO_MANY_LOGINS']);
});

test('a login is given once for ever: other case, width, or a disabled owner make no other', async () => {
  const { accountId } = await createAccount(world, BY, person('Zhang'));
  for (const same of ['zhang', 'ZHANG', 'ｚｈａｎｇ', ' zhang ']) {
    await assert.rejects(
      createAccount(world, BY, person(same)),
      code('SECURITY_LOGIN_TAKEN'),
      same,
    );
  }
  await disableAccount(world, BY, accountId, '离职离岗');
  await assert.rejects(createAccount(world, BY, person('zhang')), code('SECURITY_LOGIN_TAKEN'));
});

test('what is no account is refused: names, kinds without an end, id numbers as relatives', async () => {
  for (const wrong of [
    person(''),
    person('1st'),
    person('张三'),
    person("x' or 1=1"),
    person('ok', { name: ' ' }),
    person('ok', { kind: 'temporary' }),
    person('ok', { kind: 'contractor', validTo: '2027-12-31' }),
    person('ok', { validTo: '2020-01-01' }),
    person('ok', { relatives: ['张三'] }),
  ]) {
    await assert.rejects(createAccount(world, BY, wrong), code('SECURITY_ACCOUNT_INVALID'));
  }
});

test('disabling ends the session at once; enabling needs a new code and a new password', async () => {
  const { accountId } = await office.hire('qian', ['fund_officer']);
  const token = await office.signIn('qian');
  await disableAccount(world, BY, accountId, '离职离岗');
  await assert.rejects(findSignedIn(world, token), code('SECURITY_SESSION_REQUIRED'));
  await assert.rejects(office.signIn('qian'), code('SECURITY_LOGIN_REFUSED'));
  const invitation = await enableAccount(world, BY, accountId, '返岗返聘');
  await assert.rejects(office.signIn('qian'), code('SECURITY_LOGIN_REFUSED'));
  await assert.rejects(
    redeem('qian', invitation.code, PASSWORD),
    code('SECURITY_PASSWORD_REFUSED'),
  );
  await redeem('qian', invitation.code);
  assert.ok(await office.signIn('qian', NEW_PASSWORD));
});

test('those who watch are not in the hands of the system administrator, nor is anybody in their own', async () => {
  const system = (await accountOf(world, 'first-system')).account.account_id;
  const by = { actor: 'user:first-system', accountId: system, origin: 'x' };
  for (const login of ['first-audit', 'first-security']) {
    const { account } = await accountOf(world, login);
    const id = account.account_id;
    await assert.rejects(
      disableAccount(world, by, id, '试试看看'),
      code('SECURITY_AUDITOR_PROTECTED'),
    );
    await assert.rejects(
      resetAccount(world, by, id, { secondFactor: true, reason: '试试看看' }),
      code('SECURITY_AUDITOR_PROTECTED'),
    );
  }
  await assert.rejects(disableAccount(world, by, system, '试试看看'), code('SECURITY_ACCOUNT_OWN'));
  const audit = (await accountOf(world, 'first-audit')).account.account_id;
  const { code: fresh } = await resetAccount(world, CLI, audit, {
    ...{ secondFactor: true, reason: '手机遗失' },
  });
  await redeem('first-audit', fresh, 'Baimasi-3-Ta!x');
});

test('the daily round disables who left or stayed away, and forgets what is no longer needed', async () => {
  const { accountId } = await office.hire('guest', [], {
    ...{ kind: 'contractor', validTo: '2026-11-20' },
  });
  office.wait(20 * 1_440);
  await office.hire('staying', ['fund_officer']);
  const first = await sweepAccounts(world);
  assert.equal(first.expired, 1);
  await assert.rejects(office.signIn('guest'), code('SECURITY_LOGIN_REFUSED'));
  await assert.rejects(
    enableAccount(world, BY, accountId, '继续外协'),
    code('SECURITY_ACCOUNT_STATE'),
  );
  office.wait(60 * 1_440);
  await office.signIn('staying');
  office.wait(40 * 1_440);
  const second = await sweepAccounts(world);
  assert.ok(second.unused >= 1);
  assert.ok(await office.signIn('staying'));
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from identity_session`.execute(world.db);
  assert.equal(rows[0]?.n, 1, 'only the session just opened');
});

test('the list for the review begins with who was never seen or not for longest', async () => {
  await createAccount(world, BY, person('never'));
  const { rows } = await searchAccounts(world, { order: 'used_at' }, { offset: 0, limit: 200 });
  const used = rows.map(({ account }) => account.used_at);
  const seen = used.filter((at) => at !== null);
  assert.ok(used.indexOf(null) === 0 && used.lastIndexOf(null) === used.length - seen.length - 1);
  assert.deepEqual([...seen].sort(), seen);
});

test('nothing that lists accounts carries a secret', async () => {
  const listed = await searchAccounts(world, { text: 'first' }, { offset: 0, limit: 50 });
  assert.equal(listed.total, 3);
  const names = Object.keys(listed.rows[0]?.account ?? {});
  assert.equal(
    names.some((name) => /hash|seed|seal|step/.test(name)),
    false,
    names.join(),
  );
  const none = await searchAccounts(world, { text: "%' or '1'='1" }, { offset: 0, limit: 50 });
  assert.equal(none.total, 0);
});

test('no password, code or seed stands in the database as it is typed', async () => {
  for (const table of ['identity_account', 'identity_invitation', 'identity_recovery_code']) {
    const { rows } = await sql<{ line: string }>`
      select t::text as line from ${sql.table(table)} t`.execute(world.db);
    const dump = rows.map(({ line }) => line).join('\n');
    for (const secret of [PASSWORD, NEW_PASSWORD, 'Baimasi']) {
      assert.equal(dump.includes(secret), false);
    }
    assert.equal(/[A-Z2-9]{5}-[A-Z2-9]{5}/.test(dump), false, table);
  }
});
