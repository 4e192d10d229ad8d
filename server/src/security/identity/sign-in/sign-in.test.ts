import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listAlarms } from '../../access/queries/alarms.ts';
import { accountOf, openSmallOffice, PASSWORD } from '../../testing/small-office.ts';
import { findSignedIn } from '../sessions/sessions.ts';
import { loginTag } from './login-name.ts';
import { signIn } from './sign-in.ts';
import { noteFailure } from './throttle.ts';

const office = await openSmallOffice();
for (const login of ['wang', 'li', 'zhao', 'sun', 'chen']) {
  await office.hire(login, ['fund_officer']);
}

/** Notes failures as real ones would, without the work of each. */
async function fail(count: number, who: (i: number) => [login: string, address: string]) {
  for (let i = 0; i < count; i += 1) {
    const [login, address] = who(i);
    await noteFailure(office.world, loginTag(office.world.key, login), address);
  }
}

const refused = { code: 'SECURITY_LOGIN_REFUSED' };

test('the right password opens a session, whatever case or width the login is typed in', async () => {
  for (const login of ['wang', 'WANG', ' Ｗａｎｇ']) {
    const token = await office.signIn(login);
    assert.equal((await findSignedIn(office.world, token)).principal.actor, 'user:wang');
  }
});

test('unknown login, wrong password, disabled account and lock are refused in the same words', async () => {
  const { world } = office;
  const messages = new Set<string>();
  const collect = async (login: string, password: string, address: string) => {
    const error = await office.signIn(login, password, address).then(
      () => assert.fail('signed in'),
      (caught: Error & { code: string; details: object }) => caught,
    );
    messages.add(JSON.stringify([error.code, error.message, error.details]));
  };
  await collect('nobody', PASSWORD, '10.0.1.1');
  await collect('li', 'wrong', '10.0.1.2');
  for (let i = 0; i < world.policy.limits.login.lock_failures; i += 1) {
    await collect('li', 'wrong', '10.0.1.3');
  }
  await collect('li', PASSWORD, '10.0.1.3');
  assert.equal(messages.size, 1);
});

test('tries at one account from one address wait longer and longer, then it is locked there only', async () => {
  office.pauses.length = 0;
  const { free_failures, lock_failures, lock_minutes } = office.world.policy.limits.login;
  for (let i = 0; i < lock_failures; i += 1) {
    await assert.rejects(office.signIn('zhao', `wrong${i}`, '10.0.2.1'), refused);
  }
  assert.deepEqual(office.pauses.slice(0, free_failures), Array(free_failures).fill(0));
  const waits = office.pauses.slice(free_failures);
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000].slice(0, waits.length));
  await assert.rejects(office.signIn('zhao', PASSWORD, '10.0.2.1'), refused);
  assert.ok(await office.signIn('zhao', PASSWORD, '10.0.2.2'), 'the owner elsewhere gets in');
  office.wait(lock_minutes + 1);
  assert.ok(await office.signIn('zhao', PASSWORD, '10.0.2.1'), 'the lock ends');
});

test('knocking on a locked account does not lengthen its lock', async () => {
  const { lock_failures, lock_minutes } = office.world.policy.limits.login;
  for (let i = 0; i < lock_failures; i += 1) {
    await assert.rejects(office.signIn('sun', 'wrong', '10.0.3.1'), refused);
  }
  for (let minute = 0; minute < lock_minutes; minute += 1) {
    await assert.rejects(office.signIn('sun', 'wrong', '10.0.3.1'), refused);
    office.wait(1);
  }
  office.wait(1);
  assert.ok(await office.signIn('sun', PASSWORD, '10.0.3.1'));
});

test('an address that tries many accounts is refused for all of them and told when to come back', async () => {
  const { address_failures } = office.world.policy.limits.login;
  await fail(address_failures - 3, (i) => [`someone${i}`, '10.0.4.1']);
  for (let i = 0; i < 3; i += 1) {
    await assert.rejects(office.signIn(`person${i}`, 'Spring-2026!', '10.0.4.1'), refused);
  }
  await assert.rejects(office.signIn('wang', PASSWORD, '10.0.4.1'), {
    code: 'SECURITY_TOO_MANY_LOGINS',
    details: { retry_after_s: 900 },
  });
  assert.ok(await office.signIn('wang', PASSWORD, '10.0.4.2'));
  office.wait(16);
  assert.ok(await office.signIn('wang', PASSWORD, '10.0.4.1'));
});

test('an account attacked from many addresses stays open where it is usually used', async () => {
  const { world } = office;
  await office.signIn('wang', PASSWORD, '10.0.5.1');
  const { account_failures } = world.policy.limits.login;
  await fail(account_failures - 3, (i) => ['wang', `10.1.${i}.1`]);
  for (let i = 0; i < 3; i += 1) {
    await assert.rejects(office.signIn('wang', 'wrong', `10.2.${i}.1`), refused);
  }
  await assert.rejects(office.signIn('wang', PASSWORD, '10.0.5.9'), refused);
  assert.ok(await office.signIn('wang', PASSWORD, '10.0.5.1'));
  office.wait(20);
});

test('a login nobody has and a long hostile one cost nothing but a refusal', async () => {
  for (const login of [
    "'; drop table identity_account; --",
    '\u202e\u0000',
    'x'.repeat(5_000),
    '',
  ]) {
    await assert.rejects(office.signIn(login, PASSWORD, '10.0.6.1'), refused);
  }
  office.wait(60);
});

test('every sign-in and refusal is audited; the login typed is not kept, only its tag', async () => {
  const entries = await office.world.db
    .selectFrom('audit_entry')
    .selectAll()
    .where('action', '=', 'session.login')
    .orderBy('id')
    .execute();
  assert.ok(entries.some(({ outcome, object }) => outcome === 'ok' && object?.startsWith('A')));
  const failed = entries.filter(({ outcome }) => outcome === 'refused');
  assert.ok(failed.length > 20);
  assert.ok(failed.every(({ key_tag }) => /^[0-9a-f]{64}$/.test(key_tag ?? '')));
  assert.equal(
    failed.some((entry) => Object.values(entry).includes('person1')),
    false,
  );
});

test('unknown and known logins take the same time within 20 percent', async () => {
  const { policy } = office.world;
  const login = { ...policy.limits.login, address_failures: 1_000, lock_failures: 50 };
  const patient = { ...office.world, policy: { ...policy, limits: { ...policy.limits, login } } };
  const time = async (name: string, password: string, address: string) => {
    const start = performance.now();
    const request = { login: name, password, address, device: '', origin: 'x' };
    await assert.rejects(signIn(patient, request), refused);
    return performance.now() - start;
  };
  for (let round = 1; ; round += 1) {
    const times = { unknown: [] as number[], wrong: [] as number[] };
    for (let i = 0; i < 15; i += 1) {
      times.unknown.push(await time(`who${round}`, 'wrong', `10.2.${round}.1`));
      times.wrong.push(await time('chen', 'wrong', `10.2.${round}.2`));
    }
    // The quickest of each: what else the machine does only makes an attempt slower.
    const ratio = Math.min(...times.wrong) / Math.min(...times.unknown);
    if (ratio > 0.8 && ratio < 1.2) break;
    // A neighbour on the machine may disturb a round, hardly three in the same direction.
    assert.ok(round < 3, `wrong password takes ${ratio.toFixed(2)} × an unknown login`);
  }
});

test('under another scheme the next sign-in turns the hash over, and the password stays', async () => {
  await office.hire('sm', ['fund_officer']);
  const passwords = { ...office.world.passwords, hash: 'pbkdf2-sm3' as const };
  const world = { ...office.world, passwords };
  const request = { login: 'sm', password: PASSWORD, address: '10.0.7.1', device: '', origin: 'x' };
  const hashOf = async () => (await accountOf(world, 'sm')).account.password_hash ?? '';
  assert.match(await hashOf(), /^\$argon2id\$/);
  await signIn(world, request);
  assert.match(await hashOf(), /^\$pbkdf2-sm3\$i=600000\$/);
  await signIn(world, request);
  await assert.rejects(signIn(world, { ...request, password: 'wrong' }), refused);
});

test('guessing and spraying raise an alarm each, once an hour', async () => {
  const { rows } = await listAlarms(office.world, { open: true }, { offset: 0, limit: 100 });
  const raised = rows.map(({ kind, actor }) => `${kind} ${actor}`);
  assert.ok(raised.includes('spraying address:10.0.4.1'), raised.join());
  assert.ok(raised.includes('guessing user:zhao'), raised.join());
  assert.equal(raised.filter((one) => one === 'guessing user:sun').length, 1);
});

test('an account left alone for more than 90 days cannot sign in', async () => {
  await office.hire('idle', ['fund_officer']);
  office.wait(90 * 1_440);
  assert.ok(await office.signIn('idle'));
  office.wait(91 * 1_440);
  await assert.rejects(office.signIn('idle'), refused);
});
