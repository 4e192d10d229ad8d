import type { SourceProfile } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { type FeedKey, type KeyRing, verifyHmacSm3, verifySm2 } from '../../security/index.ts';
import type { Refusal } from '../refusal.ts';
import { receiveRefusal } from './codes.ts';
import type { ParsedManifest } from './manifest.ts';
import type { SignJson } from './manifest-schema.ts';

/** Who vouches for a package (签名状态): a configured key, a demonstration key, nobody. */
export type SignatureResult =
  | { readonly state: 'valid' | 'demo'; readonly keyId: string }
  | { readonly state: 'unsigned'; readonly keyId: null };

/**
 * Verifies the signature of a manifest with the keys of its source. Demonstration keys count only
 * while no key of that source is configured; a signature that is given must verify even where
 * unsigned packages are allowed. The day of `generated_at` must lie in the key's period.
 */
export function verifySignature(
  { json, manifest, signedText }: ParsedManifest,
  keyRing: KeyRing,
  profile: SourceProfile,
): SignatureResult | Refusal {
  const sign = json.sign ?? null;
  if (sign === null) {
    if (profile.unsignedAllowed) return { state: 'unsigned', keyId: null };
    return receiveRefusal(
      'SIG01',
      `清单没有签名，来源 ${profile.src} 不允许未签名的数据包。请来源方签名后重新发送。`,
    );
  }
  const configured = keyRing.keysOf(profile.src);
  const demo = configured.length === 0;
  const keys = demo ? demoKeysOf(profile) : configured;
  const key = keys.find(({ keyId }) => keyId === sign.key_id);
  if (key === undefined) {
    return receiveRefusal(
      'SIG02',
      `没有来源 ${profile.src} 的密钥 ${sign.key_id}。请向来源方核实密钥编号，并在数据文件夹 config/feed-keys.yaml 中配置。`,
    );
  }
  const day = shanghaiDay(new Date(manifest.generatedAt));
  const fault = faultOf(sign, key, signedText, day);
  return fault ?? { state: demo ? 'demo' : 'valid', keyId: key.keyId };
}

function faultOf(sign: SignJson, key: FeedKey, signedText: string, day: string): Refusal | null {
  if (sign.alg !== key.alg) {
    return receiveRefusal(
      'SIG03',
      `密钥 ${key.keyId} 用于 ${key.alg}，清单写的是「${sign.alg}」。请与来源方核对签名算法。`,
    );
  }
  if ((key.from !== null && day < key.from) || (key.to !== null && day > key.to)) {
    return receiveRefusal(
      'SIG05',
      `密钥 ${key.keyId} 的有效期是 ${key.from ?? '不限'} 至 ${key.to ?? '不限'}，数据包生成于 ${day}。请来源方用有效的密钥重新签名。`,
    );
  }
  const verified =
    key.alg === 'SM2'
      ? verifySm2(key.publicKey, signedText, sign.value)
      : verifyHmacSm3(key.secret, signedText, sign.value);
  if (verified) return null;
  return receiveRefusal(
    'SIG04',
    `用密钥 ${key.keyId} 验证清单签名未通过，清单可能被改动，或双方密钥不一致。请勿使用该数据包，并与来源方核实。`,
  );
}

function demoKeysOf(profile: SourceProfile): FeedKey[] {
  return profile.demoKeys.map(({ keyId, secret }) => ({
    keyId,
    src: profile.src,
    alg: 'HMAC-SM3',
    secret,
    from: null,
    to: null,
  }));
}
