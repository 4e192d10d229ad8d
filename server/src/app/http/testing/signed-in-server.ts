import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Principal } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import {
  csrfTokenOf,
  findSignedIn,
  openSession,
  relyingPartyOf,
  rotateSession,
} from '../../../security/index.ts';
import { createUsableAccount, type UsableAccount } from '../../../security/testing/accounts.ts';
import { httpWorld } from '../../http-world.ts';
import { openWorkspace, type Workspace } from '../../workspace.ts';
import { denialNoter, sessionCheck } from '../access.ts';
import { createLogger } from '../logger.ts';
import { createServer } from '../server.ts';
import { clientOf, type TestClient } from './client.ts';

/** Password of every account of {@link openSignedInServer}. */
export const TEST_PASSWORD = 'Fengtai-7-Qiao!';

/** An account a test wants: roles as in content, the whole city unless `agencies` names some. */
export type TestAccount = Partial<Omit<UsableAccount, 'passwordHash'>> &
  Pick<UsableAccount, 'roles'>;

export interface SignedInServer<Login extends string> {
  readonly app: FastifyInstance;
  readonly workspace: Workspace;
  /** Somebody signed in, with second factor and step-up given, by login. */
  readonly clients: Readonly<Record<Login, TestClient>>;
  /** The same people as principals, for calling use cases directly. */
  readonly principals: Readonly<Record<Login, Principal>>;
  /** Nobody: no cookie, no token. */
  readonly nobody: TestClient;
  /** Every line the server logged. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens a real server on a real workspace (embedded PostgreSQL, DuckDB, content as shipped) in a
 * folder of its own and signs in the accounts named, login → roles and scope:
 * `openSignedInServer({ wang: { roles: ['inspector'] }, li: { roles: ['county_officer'], agencies: ['140502'] } })`.
 * Requests are injected; nothing listens. Takes about three seconds: one for each test file.
 */
export async function openSignedInServer<Login extends string>(
  accounts: Readonly<Record<Login, TestAccount>>,
  options: {
    readonly clock?: Clock;
    /** Where browsers would reach it; without one there are no security keys. */
    readonly publicUrl?: string;
  } = {},
): Promise<SignedInServer<Login>> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-http-'));
  const { publicUrl, ...rest } = options;
  const opened = await openWorkspace({
    ...{ dataDir: dir, purpose: '测试', memoryLimit: '512MiB' },
    ...rest,
  });
  const identity = { ...opened.identity, relyingParty: relyingPartyOf(publicUrl) };
  const workspace = { ...opened, identity };
  const log: string[] = [];
  const app = await createServer({
    world: httpWorld(workspace),
    content: workspace.content,
    authenticate: sessionCheck(identity),
    noteDenial: denialNoter(identity),
    logger: createLogger({ destination: { write: (line) => void log.push(line) } }),
    webRoot: dir,
  });
  const clients: Record<string, TestClient> = {};
  const principals: Record<string, Principal> = {};
  for (const [login, account] of Object.entries<TestAccount>(accounts)) {
    const token = await signedInToken(workspace, login, account);
    clients[login] = clientOf(app, token, csrfTokenOf(identity.key, token));
    principals[login] = (await findSignedIn(identity, token)).principal;
  }
  return {
    ...{ app, workspace, log, nobody: clientOf(app, null, null) },
    clients: clients as Record<Login, TestClient>,
    principals: principals as Record<Login, Principal>,
    close: async () => {
      await app.close();
      await workspace.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Signs in without hashing and codes, which tests of other things need not pay for. */
async function signedInToken(
  { identity }: Workspace,
  login: string,
  account: TestAccount,
): Promise<string> {
  const soon = new Date(identity.clock.now().getTime() + 5 * 60_000).toISOString();
  return identity.db.transaction().execute(async (transaction) => {
    const accountId = await createUsableAccount(identity, transaction, {
      ...{ login, name: login, ...account, passwordHash: TEST_PASSWORD_HASH },
    });
    const caller = { address: '127.0.0.1', device: 'test' };
    const token = await openSession(
      ...([identity, transaction, { account_id: accountId }, 'second', caller] as const),
    );
    return rotateSession(transaction, token, { step_up_until: soon });
  });
}

/** Hash of {@link TEST_PASSWORD}, made once: hashing takes a while by design. */
const TEST_PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$zPdAzlKrlDOZGXotnMukTg$7Bdnd49C4rfeINPq0rDG7CqZvWVak4NhuqO3rC3Qytg';
