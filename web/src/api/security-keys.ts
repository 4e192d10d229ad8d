import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import type { Answer } from './answers.ts';
import { api } from './http.ts';
import type { Session } from './session.ts';

/** One of one's own security keys (安全密钥). */
export type SecurityKey = SecurityKeys['keys'][number];
export type SecurityKeys = Answer<'/api/session/keys'>;

/** What a key answered, in the parts the server checks. */
export interface KeyAnswer {
  readonly credential_id: string;
  readonly client_data: string;
  readonly authenticator_data: string;
  readonly signature: string;
}

export type Bound = Answer<'/api/session/keys/register', 'post'>;

const bare = { bare: true } as const;

export const securityKeysApi = {
  list: () => api.get<SecurityKeys>('/api/session/keys'),
  rename: (id: string, name: string) =>
    api.post<{ key_id: string }>(`/api/session/keys/${id}/relabel`, { name }),
  remove: (id: string) => api.post<Session>(`/api/session/keys/${id}/remove`),
};

/** Makes a key sign what the server asks: for signing in or for a further proof. */
export async function askKey(): Promise<KeyAnswer> {
  const { startAuthentication } = await keyLibrary();
  const optionsJSON = await api.post<PublicKeyCredentialRequestOptionsJSON>(
    '/api/session/keys/challenge',
    {},
    bare,
  );
  const { id, response } = await inWords(optionsJSON.timeout, () =>
    startAuthentication({ optionsJSON }),
  );
  return {
    credential_id: id,
    client_data: response.clientDataJSON,
    authenticator_data: response.authenticatorData,
    signature: response.signature,
  };
}

/** Has a key made for this account and registers it; a proof is asked for where one is due. */
export async function addKey(name: string): Promise<Bound> {
  const { startRegistration } = await keyLibrary();
  const optionsJSON =
    await api.post<PublicKeyCredentialCreationOptionsJSON>('/api/session/keys/begin');
  const { id, response } = await inWords(optionsJSON.timeout, () =>
    startRegistration({ optionsJSON }),
  );
  return api.post<Bound>('/api/session/keys/register', {
    name,
    credential_id: id,
    client_data: response.clientDataJSON,
    attestation: response.attestationObject,
    transports: response.transports ?? [],
  });
}

/** Loaded when a key is first used: most days nobody here does. */
async function keyLibrary() {
  const library = await import('@simplewebauthn/browser');
  if (!window.isSecureContext || !library.browserSupportsWebAuthn()) {
    throw new Error(
      '这个浏览器不能使用安全密钥：版本过旧，或没有经 https 打开本页。请换新版浏览器，或改用验证码。',
    );
  }
  return library;
}

const FAULTS: Readonly<Record<string, string>> = {
  ERROR_CEREMONY_ABORTED: '已取消使用安全密钥。需要时请重新点一次按钮。',
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: '这把密钥已经登记过，不用再登记。请换一把。',
  ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT:
    '这把密钥没有 PIN 或指纹，不能证明是本人。请先给它设置 PIN，或换一把。',
  ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG:
    '这把密钥不支持所需的算法（ES256）。请换一把 FIDO2 安全密钥。',
};
const WRONG_ADDRESS =
  '安全密钥只能在平台的正式地址上使用。请从“我的账号”里写明的地址打开平台再试。';

/** What a browser says about a key, in words that tell what to do. */
async function inWords<T>(timeout: number | undefined, use: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await use();
  } catch (error) {
    const { code = '', name = '' } = error as { code?: string; name?: string };
    const waited = performance.now() - start >= (timeout ?? Number.POSITIVE_INFINITY) - 1_000;
    throw new Error(FAULTS[code] ?? faultOf(name, waited), { cause: error });
  }
}

function faultOf(name: string, waited: boolean): string {
  if (name === 'SecurityError') return WRONG_ADDRESS;
  if (name === 'NotSupportedError') return '这个浏览器或密钥不支持所需的功能。请换一个再试。';
  if (waited) return '等待安全密钥超时。请插好密钥，重新点一次按钮，再按提示触摸。';
  if (name === 'NotAllowedError') {
    return '没有完成：您取消了，或这把密钥不属于这个账号。需要时请重新点一次按钮。';
  }
  return '安全密钥没有答复。请重新插上密钥再试；仍不行时改用验证码。';
}
