import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hmacSm3Hex, sm3Hex } from '../../signing/index.ts';

/** Makes a session id of 256 random bits; only its hash is stored. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

export function hashToken(token: string): string {
  return sm3Hex(token);
}

/** CSRF token (防跨站令牌) of a session: bound to its id, so that it changes whenever the id does. */
export function csrfTokenOf(key: string, token: string): string {
  return hmacSm3Hex(key, `csrf ${token}`);
}

/** Compares a CSRF token in constant time. */
export function isCsrfToken(key: string, token: string, given: string): boolean {
  const expected = Buffer.from(csrfTokenOf(key, token));
  const other = Buffer.from(given);
  return other.length === expected.length && timingSafeEqual(other, expected);
}
