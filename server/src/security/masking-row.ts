import type { MaskKind } from '../contract/index.ts';
import { maskIdBesideBirth, maskValue } from './masking.ts';

/** What a table definition says of a column's sensitivity. */
export interface MaskedColumn {
  readonly name: string;
  readonly mask: MaskKind;
}

/** Columns that tell, together with a region, all digits of an id number but four. */
const TELLS_BIRTH: ReadonlySet<string> = new Set([
  ...['birth_date', 'birth_date_id', 'birth_date_archive', 'birth_ym', 'birth_year', 'age'],
]);

/**
 * Masks a row of a person by what the whole row shows (按行脱敏): with a birth date or an age in plain
 * view no digit of an id number's tail may show, because the check digit tells the rest.
 * `birthKnown` says that the page or the question itself tells the birth date.
 * @source requirement R28
 */
export function maskRow<T extends Readonly<Record<string, unknown>>>(
  columns: Iterable<MaskedColumn>,
  row: T,
  { birthKnown = false }: { readonly birthKnown?: boolean } = {},
): Record<string, unknown> {
  const known = [...columns];
  const besideBirth = birthKnown || known.some((column) => showsBirth(column, row[column.name]));
  const masked: Record<string, unknown> = {};
  for (const { name, mask } of known) {
    const value = row[name] ?? null;
    if (mask === 'none' || value === null) masked[name] = value;
    else if (mask === 'id_no' && besideBirth) masked[name] = maskIdBesideBirth(String(value));
    else masked[name] = maskValue(mask, String(value));
  }
  return masked;
}

function showsBirth({ name, mask }: MaskedColumn, value: unknown): boolean {
  return mask === 'none' && TELLS_BIRTH.has(name) && value !== null && value !== undefined;
}
