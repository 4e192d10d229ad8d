import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One place of the program that uses cryptography (密码应用). */
export interface CryptoUse {
  readonly file: string;
  readonly algorithms: readonly string[];
}

/** What each place uses cryptography for; a place that is not listed fails the gate. */
const PURPOSES: Readonly<Record<string, string>> = {
  'app/control/control.ts': '控制口文件名（路径过长时的短名，不涉安全）',
  'deaths/connectors/schemes/exchange.ts': '国家数据共享交换平台要求的签名',
  'deaths/connectors/schemes/gateway.ts': '省市接口网关要求的签名',
  'deaths/connectors/schemes/medical.ts': '国家医保接口规定的 SM4 报文加密（对方规定 ECB）',
  'deaths/spdci/signature.ts': 'SPDCI 接口规定的摘要',
  'ingest/receive/sealed-raw.ts': '原始文件的加密（SM4-CTR）和完整性（HMAC-SM3）',
  'process/log/city-log.ts': '流程日志的版本标记（不涉安全）',
  'security/audit/archive/archive-file.ts':
    '审计归档一整段的摘要：放行时 PostgreSQL 要算出同样的值，而它只有 SHA-256；条目成链和归档文件用 SM3',
  'security/crypto/field.ts': '盲索引',
  'security/crypto/key-provider.ts': '数据密钥（试用、测试）',
  'security/crypto/key-store-file.ts': '密钥库草稿文件名',
  'security/crypto/key-store.ts': '数据密钥与密钥加密密钥的产生',
  'security/crypto/root-key.ts': '根密钥：由环境变量派生（PBKDF2）',
  'security/crypto/seal.ts': '字段与密钥的加密（SM4-CTR）和完整性（HMAC-SM3）、派生（HKDF）',
  'security/identity/passwords/hash.ts': '口令存储：argon2id，或 PBKDF2-HMAC-SM3',
  'security/identity/passwords/verify.ts': '口令核对：不存在的账号也做同样的计算',
  'security/identity/second-factor/second-factor.ts': '第二因素种子与恢复码',
  'security/identity/second-factor/totp.ts': '第二因素 TOTP（RFC 6238 规定 HMAC-SHA1）',
  'security/identity/security-keys/challenge.ts': '安全密钥的质询',
  'security/identity/security-keys/register-key.ts':
    '第二因素安全密钥的登记（WebAuthn 只有国际算法，不是 SM2，密评不得分）',
  'security/identity/security-keys/use-key.ts':
    '第二因素安全密钥的验签（WebAuthn 只有国际算法，不是 SM2，密评不得分）',
  'security/identity/sessions/token.ts': '会话令牌',
  'security/key-file.ts': '本机密钥',
  'security/signing/sm2.ts': '签名与验签：数据包、部门接口、审计检查点',
  'security/signing/sm3.ts': '摘要与消息鉴别：原始文件、审计链、来源签名',
  'store/duck/engine.ts': '暂存库的一次性密钥（DuckDB AES-256-GCM）',
  'store/duck/instance.ts': '市级数据库文件（DuckDB AES-256-GCM）',
  'store/folder/passing.ts': '内存文件夹名（不涉安全）',
  'store/postgres/migrate.ts': '结构步骤的指纹（不涉安全）',
  'store/postgres/places.ts': '套接字文件夹的短名（不涉安全）',
};

/** Weak algorithms somebody else's protocol demands, and where. */
const ALLOWED_WEAK: Readonly<Record<string, readonly string[]>> = {
  'deaths/connectors/schemes/medical.ts': ['sm4-ecb'],
  'security/identity/second-factor/totp.ts': ['sha1'],
};

const WEAK = /^(md5|sha1|.*-ecb|des.*|rc4|Math\.random)$/;

const USES: readonly RegExp[] = [
  /\b(?:createHash|createHmac|createCipheriv|createDecipheriv|hkdfSync)\(\s*'([A-Za-z0-9-]+)'/g,
  /'(md5|sha1|sm4-[a-z]+|aes-[a-z0-9-]+)'/g,
  /\b(Math\.random)\(/g,
  /\b(randomBytes)\(/g,
  /\b(pbkdf2)\b/g,
  /\b(argon2id)\b/g,
  /from '(sm-crypto-v2|otplib|@simplewebauthn\/server)'/g,
  /(ENCRYPTION_CIPHER 'GCM')/g,
];

const NAMES: Readonly<Record<string, string>> = {
  randomBytes: '随机数（系统）',
  'sm-crypto-v2': 'SM2',
  otplib: 'HMAC-SHA1',
  '@simplewebauthn/server': 'ECDSA P-256、SHA256',
  "ENCRYPTION_CIPHER 'GCM'": 'AES-256-GCM',
};

/** Finds every place below a source folder that uses cryptography; tests aside. */
export function findCryptoUses(sourceDir: string): CryptoUse[] {
  const names = readdirSync(sourceDir, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|(^|\/)(testing|fixtures)\//.test(name))
    .map((file) => ({
      file,
      algorithms: algorithmsOf(readFileSync(join(sourceDir, file), 'utf8')),
    }))
    .filter(({ algorithms }) => algorithms.length > 0)
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

function algorithmsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
  const found = USES.flatMap((use) => [...code.matchAll(use)].map((match) => match[1] ?? ''));
  return [...new Set(found)].sort();
}

/** What is wrong with the uses found: places nobody described, weak algorithms nobody demanded. */
export function cryptoProblems(uses: readonly CryptoUse[]): string[] {
  return uses.flatMap(({ file, algorithms }) => [
    ...(file in PURPOSES || isHarmless(algorithms)
      ? []
      : [`${file} uses ${algorithms.join(', ')} for nothing listed`]),
    ...algorithms
      .filter((name) => WEAK.test(name) && !ALLOWED_WEAK[file]?.includes(name))
      .map((name) => `${file} uses ${name}`),
  ]);
}

/** A file that only names an algorithm in a list of choices. */
function isHarmless(algorithms: readonly string[]): boolean {
  return algorithms.every((name) => ['argon2id', 'pbkdf2', 'randomBytes'].includes(name));
}

/** Writes the inventory of cryptography (密码应用清单). */
export function cryptoPage(uses: readonly CryptoUse[]): string {
  const rows = uses
    .filter(({ file }) => file in PURPOSES)
    .map(({ file, algorithms }) => {
      const shown = algorithms.map((name) => NAMES[name] ?? name.toUpperCase());
      return `| ${PURPOSES[file]} | ${shown.join('、')} | \`${file}\` |`;
    });
  return [
    '# 密码应用清单',
    '',
    '由 `tools/reference/main.ts` 从源程序生成，请勿手工修改。未列出的用法、MD5、SHA-1、ECB 和 `Math.random` 会使检查失败；例外只有对方协议规定的几处。',
    '',
    '| 用途 | 算法 | 位置 |',
    '|---|---|---|',
    ...rows,
    '',
    '密钥层次：根密钥（文件或环境变量，可换为密码机）→ 密钥加密密钥 → 数据密钥 `field`、`blind`、`file`、`city`、`anchor`，各有编号，可轮换。向量与互操作测试：`server/src/security/crypto/seal.test.ts`、`server/src/security/signing/signing.test.ts`。',
    '',
  ].join('\n');
}
