import { defineError } from '../../kernel/index.ts';

/** Says that the key a value was sealed under is not in the key store of this installation. */
export const keyUnknown = defineError(
  'SECURITY_KEY_UNKNOWN',
  'unavailable',
  (d: { key_id: string }) =>
    `找不到加密这份数据所用的密钥（编号 ${d.key_id}）。数据没有丢失，但现在打不开：多半是 config/keys 没有随数据文件夹一起恢复。请从密钥备份恢复该目录后重试。`,
);

/** Refuses a sealed value that was changed, cut, or moved from another row or column. */
export const sealBroken = defineError(
  'SECURITY_SEAL_BROKEN',
  'unavailable',
  (d: { place: string }) =>
    `加密内容的完整性校验不符（${d.place}）：它被改动过，或是从别的行、别的列搬来的。为避免使用被篡改的数据，已停止读取。请报告安全管理员，用备份核对。`,
);

export const keyStoreInvalid = defineError(
  'SECURITY_KEY_STORE_INVALID',
  'unavailable',
  (d: { file: string; problem: string }) =>
    `密钥库 ${d.file} 不能使用：${d.problem}。请不要删除它，删除后已加密的数据将无法打开；请从密钥备份恢复后重试。`,
);

export const rootSecretMissing = defineError(
  'SECURITY_ROOT_SECRET_MISSING',
  'unavailable',
  (_: Readonly<Record<never, never>>) =>
    '本数据文件夹的根密钥由环境变量 HULIU_ROOT_SECRET 保护，但启动时没有给出，或给出的不正确。请由密钥保管人给出正确的值后重新启动。',
);

export const rootSecretWeak = defineError(
  'SECURITY_ROOT_SECRET_WEAK',
  'invalid',
  (_: Readonly<Record<never, never>>) =>
    '环境变量 HULIU_ROOT_SECRET 太短（不足 32 个字符），不能用来保护密钥。请改用随机生成的长文本，例如 openssl rand -base64 48 的输出。',
);
