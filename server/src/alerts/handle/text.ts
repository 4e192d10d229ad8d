import { scrubText } from '../../security/index.ts';
import { inputRefused } from '../errors.ts';

const LONGEST = 2_000;

/**
 * Checks a text somebody has to write and returns it trimmed; id numbers, telephones and cards in it
 * are replaced, because remarks are read by more people than the record.
 * @throws ALERTS_INPUT_REFUSED
 */
export function requireText(text: string | undefined, what: string, shortest = 2): string {
  const clean = scrubText((text ?? '').trim());
  const length = [...clean].length;
  if (length < shortest) throw inputRefused({ what: `请填写${what}（至少 ${shortest} 个字）。` });
  if (length > LONGEST) throw inputRefused({ what: `${what}太长，请不超过 ${LONGEST} 个字。` });
  return clean;
}

/** A text nobody has to write: null where there is none, else as {@link requireText}. */
export function optionalText(text: string | undefined, what: string): string | null {
  return (text ?? '').trim() === '' ? null : requireText(text, what, 1);
}

/** Checks a day as typed. @throws ALERTS_INPUT_REFUSED */
export function requireDay(day: string | undefined, what: string): string {
  const time = Date.parse(`${day}T00:00:00Z`);
  if (
    day === undefined ||
    Number.isNaN(time) ||
    new Date(time).toISOString().slice(0, 10) !== day
  ) {
    throw inputRefused({ what: `请填写${what}，格式如 2026-11-20。` });
  }
  return day;
}

/** Checks an amount in whole fen. @throws ALERTS_INPUT_REFUSED */
export function requireFen(amount: number | undefined, what: string, least = 1): bigint {
  if (amount === undefined || !Number.isSafeInteger(amount) || amount < least) {
    throw inputRefused({ what: `请填写${what}，金额以分为单位，不小于 ${least}。` });
  }
  return BigInt(amount);
}
