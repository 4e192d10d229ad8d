import { hmacSm3Hex } from '../../signing/index.ts';

/** Folds a login name (账号名): full-width forms and case do not make another name (R01). */
export function loginKey(login: string): string {
  return login.normalize('NFKC').trim().toLowerCase();
}

/** What a login name may look like once folded. */
export function isLoginName(key: string): boolean {
  return /^[a-z][a-z0-9._-]{1,39}$/.test(key);
}

/** Tags a login for counting tries: people type passwords into this field, so it is not kept. */
export function loginTag(key: string, login: string): string {
  return hmacSm3Hex(key, `login ${loginKey(login.slice(0, 200))}`);
}
