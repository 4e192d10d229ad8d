import { blindIndex, type KeyProvider, openField, sealField } from '../../security/index.ts';
import type { FieldChange } from './repair-model.ts';

/** Keys the values of repairs are sealed by; they are lines of persons' records. */
export type RepairKeys = KeyProvider;

/** What a repair changes: fields of one row, or the meaning of one foreign code. */
export type Changes =
  | readonly FieldChange[]
  | { readonly from: string | undefined; readonly to: string | undefined };

/** The values of a repair as they lie in the register. */
export interface SealedChanges {
  readonly sealed: string;
  /** Blind index of the foreign code: one open proposal per code is the database's guarantee. */
  readonly fromIndex: string | null;
}

/** Seals the values of a repair; they open in its row and in no other. */
export function sealChanges(keys: RepairKeys, repairId: number, changes: Changes): SealedChanges {
  const code = 'from' in changes ? (changes.from ?? null) : null;
  return {
    sealed: sealField(keys, placeOf(repairId), JSON.stringify(changes)),
    fromIndex: code === null ? null : blindIndex(keys, 'foreign_code', code),
  };
}

/**
 * Opens the values of a repair.
 * @throws SECURITY_SEAL_BROKEN, SECURITY_KEY_UNKNOWN
 */
export function openChanges(
  keys: RepairKeys,
  row: { readonly repair_id: number; readonly sealed_changes: string | null },
): unknown {
  return JSON.parse(openField(keys, placeOf(row.repair_id), row.sealed_changes ?? ''));
}

function placeOf(repairId: number) {
  return { table: 'ingest_repair', column: 'sealed_changes', key: String(repairId) };
}
