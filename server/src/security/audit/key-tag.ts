import { hmacSm3Hex } from '../signing/index.ts';

/**
 * Tags what somebody searched for, so that repeated tries can be counted without keeping the
 * number: HMAC-SM3 under a key of this installation (`DATA/config/lookup-key`).
 */
export function keyTag(lookupKey: string, searched: string): string {
  return hmacSm3Hex(lookupKey, searched);
}
