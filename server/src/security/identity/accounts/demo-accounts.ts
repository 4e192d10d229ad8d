import { randomInt } from 'node:crypto';
import { auditIdentity } from '../audit.ts';
import { storePassword } from '../passwords/change-password.ts';
import { hashPassword } from '../passwords/hash.ts';
import { changeAccount, type IdentityTransaction } from '../seal.ts';
import { endSessionsOf } from '../sessions/sessions.ts';
import type { IdentityWorld } from '../world.ts';
import { createUsableAccount } from './usable-account.ts';

export interface DemoAccount {
  readonly login: string;
  readonly name: string;
  readonly role: string;
  readonly title: string;
  readonly agencies: readonly string[];
  readonly password: string;
}

interface DemoPerson {
  readonly login: string;
  readonly name: string;
  readonly role: string;
  readonly agencies: readonly string[];
  readonly unmask?: boolean;
}

const CITY = ['*'];

/** Invented people, one for each role; counties twice, so that the walls between them show. */
const PEOPLE: readonly DemoPerson[] = [
  { login: 'xinxi', name: '牛立新', role: 'information_officer', agencies: CITY },
  { login: 'xinxi-fuhe', name: '原晓峰', role: 'information_reviewer', agencies: CITY },
  { login: 'jihe', name: '司慧敏', role: 'inspector', agencies: CITY, unmask: true },
  { login: 'jihe-kezhang', name: '郜建国', role: 'controller', agencies: CITY, unmask: true },
  { login: 'daiyu', name: '成丽华', role: 'benefit_officer', agencies: CITY, unmask: true },
  { login: 'jijin', name: '毋志强', role: 'fund_officer', agencies: CITY },
  { login: 'chuangkou', name: '靳小云', role: 'window_clerk', agencies: CITY },
  { login: 'chengqu', name: '焦文静', role: 'county_officer', agencies: ['140502'] },
  { login: 'chengqu-fuhe', name: '闫国庆', role: 'county_reviewer', agencies: ['140502'] },
  { login: 'gaoping', name: '琚海燕', role: 'county_officer', agencies: ['140581'] },
  { login: 'gaoping-fuhe', name: '申保平', role: 'county_reviewer', agencies: ['140581'] },
  { login: 'lingdao', name: '常卫东', role: 'leader', agencies: CITY },
  { login: 'jiandu', name: '段素珍', role: 'supervisor', agencies: CITY },
  { login: 'xitong', name: '茹永明', role: 'system_admin', agencies: CITY },
  { login: 'anquan', name: '和秀兰', role: 'security_admin', agencies: CITY },
  { login: 'shenji', name: '暴俊杰', role: 'audit_admin', agencies: CITY },
];

/**
 * Creates the accounts of a demonstration, one for each role and county users of 城区 and 高平市, with
 * random passwords that are returned this once; `renew` gives existing ones new passwords. Only in
 * a folder marked as demonstration.
 */
export async function createDemoAccounts(
  world: IdentityWorld,
  { renew = false } = {},
): Promise<DemoAccount[]> {
  if (!world.demo)
    throw new Error('accounts without a second person belong to demonstrations only');
  const accounts: DemoAccount[] = [];
  for (const person of PEOPLE) {
    const password = demoPassword();
    const passwordHash = await hashPassword(world.passwords.hash, password);
    const created = await world.db.transaction().execute(async (transaction) => {
      const known = await transaction
        .selectFrom('identity_account')
        .select('account_id')
        .where('login_key', '=', person.login)
        .executeTakeFirst();
      if (known !== undefined) {
        if (renew) await renewPassword(world, transaction, known.account_id, passwordHash);
        return renew;
      }
      await createUsableAccount(world, transaction, {
        ...person,
        roles: [person.role],
        department: world.policy.roles.get(person.role)?.title ?? null,
        passwordHash,
      });
      return true;
    });
    const title = world.policy.roles.get(person.role)?.title ?? person.role;
    if (created) accounts.push({ ...person, title, password });
  }
  return accounts;
}

async function renewPassword(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  accountId: string,
  hash: string,
): Promise<void> {
  await changeAccount(world, transaction, accountId, async (before) => {
    await storePassword(world, transaction, before.account, hash);
    await endSessionsOf(world, transaction, accountId, 'password_changed');
    await auditIdentity(world, transaction, {
      ...{ actor: 'cli:demo', origin: 'demo', action: 'account.reset', object: accountId },
      reason: '演示账号换新口令',
      changed: { accountId, before },
    });
  });
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz';

/** Typed from a screen: letters that are not mistaken, and digits; more than 50 random bits. */
function demoPassword(): string {
  const letters = (count: number) =>
    Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${letters(1).toUpperCase()}${letters(4)}-${letters(4)}-${randomInt(1_000, 10_000)}`;
}
