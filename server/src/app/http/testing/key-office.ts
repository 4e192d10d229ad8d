import assert from 'node:assert/strict';
import {
  openSoftwareKey,
  type SoftwareKey,
  type Twist,
} from '../../../security/testing/software-key.ts';
import { clientOf, type TestAnswer, type TestClient } from './client.ts';
import {
  openSignedInServer,
  type SignedInServer,
  TEST_PASSWORD,
  type TestAccount,
} from './signed-in-server.ts';

/** Where the pages are, as browsers and keys see it. */
export const HOME = { origin: 'https://huiliu.example.gov.cn', rpId: 'huiliu.example.gov.cn' };

export const EXPIRED = /已过期、已用过或不是本次登录发出的/;
export const UNFIT = /答复不符合要求/;

/** An office that uses security keys: a real server, and how people there hold their keys to it. */
export interface KeyOffice<Login extends string> {
  readonly server: SignedInServer<Login>;
  now(): Date;
  pass(seconds: number): void;
  /** Signs in by password, as far as that goes. */
  signIn(login: Login): Promise<TestClient>;
  /** Outcomes and reasons the audit log holds of an action, oldest first. */
  audited(action: string): Promise<string[]>;
  /** Forgets wrong proofs, so that many may be tried in one test. */
  forgetFailures(): Promise<void>;
}

export async function openKeyOffice<Login extends string>(
  accounts: Readonly<Record<Login, TestAccount>>,
): Promise<KeyOffice<Login>> {
  let now = new Date('2026-11-05T02:00:00Z');
  const server = await openSignedInServer(accounts, {
    ...{ clock: { now: () => now }, publicUrl: HOME.origin },
  });
  const { db } = server.workspace.identity;
  return {
    server,
    now: () => now,
    pass: (seconds) => {
      now = new Date(now.getTime() + seconds * 1_000);
    },
    signIn: async (login) => {
      const client = clientOf(server.app, null, null);
      const answer = await client.post('/api/session/login', { login, password: TEST_PASSWORD });
      assert.equal(answer.status, 200, answer.text);
      return client;
    },
    audited: async (action) => {
      const rows = await db
        .selectFrom('audit_entry')
        .select(['actor', 'outcome', 'purpose'])
        .where('action', '=', action)
        .orderBy('id')
        .execute();
      return rows.map(({ actor, outcome, purpose }) => `${actor} ${outcome} ${purpose ?? ''}`);
    },
    forgetFailures: async () => {
      await db.deleteFrom('identity_failure').execute();
    },
  };
}

export const stageOf = async (client: TestClient): Promise<string> =>
  (await client.get('/api/session/me')).body.stage;
export const keysOf = async (client: TestClient) =>
  (await client.get('/api/session/keys')).body.keys;

/** Asks the server what a key is to sign. */
export async function asked(
  client: TestClient,
  url = '/api/session/keys/challenge',
): Promise<{ challenge: string }> {
  const answer = await client.post(url);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

export async function register(
  client: TestClient,
  key: SoftwareKey,
  twist?: Twist,
): Promise<TestAnswer> {
  const made = key.create(await asked(client, '/api/session/keys/begin'), twist);
  return client.post('/api/session/keys/register', { name: '办公室的密钥', ...made });
}

/** A new key of somebody who may add one, and the recovery codes that came with it. */
export async function registered(
  client: TestClient,
): Promise<{ key: SoftwareKey; codes: readonly string[] }> {
  const key = openSoftwareKey(HOME);
  const answer = await register(client, key);
  assert.equal(answer.status, 200, answer.text);
  return { key, codes: answer.body.recovery_codes };
}

export const give = async (client: TestClient, key: SoftwareKey, twist?: Twist) =>
  client.post('/api/session/second-factor', { key: key.answer(await asked(client), twist) });
export const stepUp = async (client: TestClient, key: SoftwareKey, twist?: Twist) =>
  client.post('/api/session/step-up', { key: key.answer(await asked(client), twist) });

export function refused(answer: TestAnswer, because: RegExp): void {
  assert.deepEqual(
    [answer.status, answer.body.code],
    [403, 'SECURITY_FACTOR_KEY_REFUSED'],
    answer.text,
  );
  assert.match(answer.body.message, because);
}
