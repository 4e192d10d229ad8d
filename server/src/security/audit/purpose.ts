import { purposeInvalid } from './errors.ts';

const SHORTEST = 4;
const LONGEST = 500;

/**
 * Checks a purpose (查询事由) and returns it trimmed, on one line.
 * @throws SECURITY_PURPOSE_INVALID under 4 or over 500 characters, or without a letter or digit
 */
export function requirePurpose(text: string | null | undefined): string {
  const purpose = (text ?? '').replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  const length = [...purpose].length;
  if (length === 0) throw purposeInvalid({ problem: 'missing' });
  if (!/[\p{L}\p{N}]/u.test(purpose)) throw purposeInvalid({ problem: 'blank' });
  if (length < SHORTEST) throw purposeInvalid({ problem: 'short' });
  if (length > LONGEST) throw purposeInvalid({ problem: 'long' });
  return purpose;
}
