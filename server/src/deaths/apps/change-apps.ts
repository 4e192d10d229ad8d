import type { Transaction } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { type FieldPlace, isSm2PublicKey, sealField } from '../../security/index.ts';
import type { InterfaceTables } from '../inbound/tables.ts';
import { isAddressOrNetwork } from './addresses.ts';
import { auditAct } from './audit-act.ts';
import { appInvalid, appRevoked, appUnknown } from './errors.ts';
import type { AppAlgorithm } from './model.ts';
import type { InterfacesWorld } from './world.ts';

/** While a key is changed the old one stays valid this long unless told otherwise. */
export const ROTATION_DAYS = 7;
const DAY_MS = 86_400_000;
const SECRET_BYTES = 32;
const ED25519_HEX = /^[0-9a-f]{64}$/;

export interface NewApp {
  readonly name: string;
  readonly deathSource: string | null;
  readonly custodySource: string | null;
  /** `140500` is the whole city. */
  readonly agencies: readonly string[];
  readonly addresses?: readonly string[];
  readonly perSecond?: number;
  readonly expectedPerDay?: number | null;
  readonly silentAfterHours?: number;
  readonly callbackUrl?: string | null;
  /** Hex; the application then signs with it, else a shared secret is made. */
  readonly publicKey?: string | null;
  readonly algorithm?: AppAlgorithm;
}

/** A key as given to the department, once; `secret` is null when it signs with its own. */
export interface IssuedKey {
  readonly appId: string;
  readonly keyNo: number;
  readonly algorithm: AppAlgorithm;
  readonly secret: string | null;
}

/** Registers a department's application (登记应用). @throws DEATHS_APP_INVALID */
export async function addApp(
  world: InterfacesWorld,
  principal: Principal,
  input: NewApp,
  origin = 'cli',
): Promise<IssuedKey> {
  const agencies = input.agencies.flatMap((code) =>
    code === '140500' ? [...world.content.agencies.keys()] : [code],
  );
  const problems = problemsOf(world, { ...input, agencies });
  if (problems.length > 0) throw appInvalid({ problems });
  const appId = `app-${world.random.bytes(8).toString('hex')}`;
  const now = world.clock.now().toISOString();
  const key = makeKey(world, appId, 1, input);
  await world.db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('department_app')
      .values({
        app_id: appId,
        name: input.name,
        death_source: input.deathSource,
        custody_source: input.custodySource,
        agencies: [...new Set(agencies)],
        addresses: [...(input.addresses ?? [])],
        per_second: input.perSecond ?? 500,
        expected_per_day: input.expectedPerDay ?? null,
        silent_after_hours: input.silentAfterHours ?? 72,
        callback_url: input.callbackUrl ?? null,
        created_at: now,
        created_by: principal.actor,
        revoked_at: null,
        revoked_by: null,
      })
      .execute();
    await transaction
      .insertInto('department_app_key')
      .values({ ...key.row, created_at: now })
      .execute();
    const changed = { before: null, after: await appAsItStands(transaction, appId) };
    const act = { action: 'interfaces.app_add', object: appId, changed };
    await auditAct(transaction, world, principal, origin, act);
  });
  return key.issued;
}

/** Gives an application a second key; the others end after `days` (轮换密钥). @throws DEATHS_APP_UNKNOWN, DEATHS_APP_REVOKED, DEATHS_APP_INVALID */
export async function rotateKey(
  world: InterfacesWorld,
  principal: Principal,
  input: { appId: string; publicKey?: string | null; algorithm?: AppAlgorithm; days?: number },
  origin = 'cli',
): Promise<IssuedKey> {
  const problems = keyProblems(input);
  if (problems.length > 0) throw appInvalid({ problems });
  const now = world.clock.now();
  const end = new Date(now.getTime() + (input.days ?? ROTATION_DAYS) * DAY_MS).toISOString();
  return world.db.transaction().execute(async (transaction) => {
    const app = await transaction
      .selectFrom('department_app')
      .select('revoked_at')
      .where('app_id', '=', input.appId)
      .forUpdate()
      .executeTakeFirst();
    if (app === undefined) throw appUnknown({});
    if (app.revoked_at !== null) throw appRevoked({});
    const before = await appAsItStands(transaction, input.appId);
    const last = await transaction
      .selectFrom('department_app_key')
      .select((part) => part.fn.max('key_no').as('key_no'))
      .where('app_id', '=', input.appId)
      .executeTakeFirstOrThrow();
    const keyNo = Number(last.key_no) + 1;
    // Two valid keys at most: those before the last one end at once.
    await transaction
      .updateTable('department_app_key')
      .set({ revoked_at: now.toISOString() })
      .where('app_id', '=', input.appId)
      .where('key_no', '<', keyNo - 1)
      .where('revoked_at', 'is', null)
      .execute();
    await transaction
      .updateTable('department_app_key')
      .set({ expires_at: end })
      .where('app_id', '=', input.appId)
      .where('key_no', '=', keyNo - 1)
      .execute();
    const key = makeKey(world, input.appId, keyNo, input);
    await transaction
      .insertInto('department_app_key')
      .values({ ...key.row, created_at: now.toISOString() })
      .execute();
    const changed = { before, after: await appAsItStands(transaction, input.appId) };
    const act = { action: 'interfaces.key_rotate', object: input.appId, changed };
    await auditAct(transaction, world, principal, origin, act);
    return key.issued;
  });
}

/** Ends an application, or one key of it, at once (停用). @throws DEATHS_APP_UNKNOWN */
export async function revoke(
  world: InterfacesWorld,
  principal: Principal,
  input: { appId: string; keyNo?: number },
  origin = 'cli',
): Promise<void> {
  const now = world.clock.now().toISOString();
  await world.db.transaction().execute(async (transaction) => {
    const before = await appAsItStands(transaction, input.appId);
    const keys = transaction
      .updateTable('department_app_key')
      .set({ revoked_at: now })
      .where('app_id', '=', input.appId)
      .where('revoked_at', 'is', null);
    const { keyNo } = input;
    const done =
      keyNo === undefined
        ? await transaction
            .updateTable('department_app')
            .set({ revoked_at: now, revoked_by: principal.actor })
            .where('app_id', '=', input.appId)
            .where('revoked_at', 'is', null)
            .executeTakeFirst()
        : await keys.where('key_no', '=', keyNo).executeTakeFirst();
    if (done.numUpdatedRows === 0n) throw appUnknown({});
    if (keyNo === undefined) await keys.execute();
    const changed = { before, after: await appAsItStands(transaction, input.appId) };
    const act = { action: 'interfaces.app_revoke', object: input.appId, changed };
    await auditAct(transaction, world, principal, origin, act);
  });
}

/** An application with its keys, for the audit log; locked, so that nobody changes it meanwhile. */
async function appAsItStands(db: Transaction<InterfaceTables>, appId: string) {
  const app = await db
    .selectFrom('department_app')
    .selectAll()
    .where('app_id', '=', appId)
    .forUpdate()
    .executeTakeFirst();
  const keys = await db
    .selectFrom('department_app_key')
    .selectAll()
    .where('app_id', '=', appId)
    .orderBy('key_no')
    .execute();
  return { ...app, keys };
}

function makeKey(
  world: InterfacesWorld,
  appId: string,
  keyNo: number,
  input: { publicKey?: string | null; algorithm?: AppAlgorithm },
) {
  const publicKey = input.publicKey ?? null;
  const algorithm = publicKey === null ? 'HMAC-SM3' : (input.algorithm ?? 'SM2');
  const secret = publicKey === null ? world.random.bytes(SECRET_BYTES).toString('base64url') : null;
  return {
    issued: { appId, keyNo, algorithm, secret } satisfies IssuedKey,
    row: {
      app_id: appId,
      key_no: keyNo,
      algorithm,
      public_key: publicKey,
      sealed_secret:
        secret === null ? null : sealField(world.keys, placeOfSecret(appId, keyNo), secret),
      expires_at: null,
      revoked_at: null,
    },
  };
}

/** A sealed secret opens only in its own row. */
export const placeOfSecret = (appId: string, keyNo: number): FieldPlace => ({
  table: 'department_app_key',
  column: 'sealed_secret',
  key: `${appId}/${keyNo}`,
});

function problemsOf({ content }: InterfacesWorld, input: NewApp): string[] {
  const codesOf = (list: string) =>
    new Set(content.codeLists.get(list)?.values.map((each) => each.value));
  const problems: string[] = [];
  if (!/^[\p{Script=Han}\w（）()·-]{1,50}$/u.test(input.name)) {
    problems.push('名称应为 1 到 50 个汉字、字母、数字');
  }
  const { deathSource, custodySource } = input;
  if (deathSource === null && custodySource === null) problems.push('死亡来源和服刑来源至少写一个');
  if (deathSource !== null && !codesOf('CL_DEATH_SRC').has(deathSource)) {
    problems.push(`死亡来源 ${deathSource} 不在代码表“死亡信息来源”中`);
  }
  if (custodySource !== null && !codesOf('CL_CUSTODY_SRC').has(custodySource)) {
    problems.push(`服刑来源 ${custodySource} 不在代码表“服刑羁押信息来源”中`);
  }
  if (input.agencies.length === 0) problems.push('至少写一个经办机构');
  for (const code of input.agencies) {
    if (!content.agencies.has(code)) problems.push(`没有编号为 ${code} 的经办机构`);
  }
  for (const address of input.addresses ?? []) {
    if (!isAddressOrNetwork(address)) problems.push(`地址 ${address} 不是 IP 地址或网段`);
  }
  const rate = input.perSecond ?? 1;
  if (!Number.isInteger(rate) || rate < 1 || rate > 10_000)
    problems.push('每秒件数应为 1 到 10000');
  if (input.callbackUrl != null && URL.parse(input.callbackUrl) === null) {
    problems.push('回调地址不是完整的网址');
  }
  return [...problems, ...keyProblems(input)];
}

function keyProblems(input: { publicKey?: string | null; algorithm?: AppAlgorithm }): string[] {
  const { publicKey = null, algorithm = publicKey === null ? 'HMAC-SM3' : 'SM2' } = input;
  if (algorithm === 'SM2' && (publicKey === null || !isSm2PublicKey(publicKey))) {
    return ['SM2 公钥应为十六进制（04 开头 130 位，或 02/03 开头 66 位）'];
  }
  if (algorithm === 'ED25519' && !ED25519_HEX.test(publicKey ?? '')) {
    return ['Ed25519 公钥应为 64 位小写十六进制'];
  }
  return algorithm === 'HMAC-SM3' && publicKey !== null ? ['HMAC-SM3 不用公钥'] : [];
}
