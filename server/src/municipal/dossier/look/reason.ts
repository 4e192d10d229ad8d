import { reasonInvalid } from './errors.ts';
import type { Purposes } from './purposes.ts';

/** Why somebody asks for a person: chosen purpose, number of the matter, and in own words. */
export interface Reason {
  readonly purpose: string;
  readonly matterNo: string | null;
  readonly note: string;
}

const SHORTEST_NOTE = 5;
const LONGEST_NOTE = 500;

/**
 * Checks a reason (查询事由) and gives it as the audit log keeps it: `title：note`.
 * @throws MUNICIPAL_REASON_INVALID
 * @source requirement R22
 */
export function checkReason(
  purposes: Purposes,
  reason: Reason,
): { readonly purpose: string; readonly matterNo: string | null } {
  const purpose = purposes.get(reason.purpose);
  if (purpose === undefined) throw reasonInvalid({ problem: 'purpose_unknown' });
  const matterNo = (reason.matterNo ?? '').normalize('NFKC').trim() || null;
  if (matterNo === null && purpose.matterRequired)
    throw reasonInvalid({ problem: 'matter_missing' });
  if (matterNo !== null) {
    if (isIdNumber(matterNo)) throw reasonInvalid({ problem: 'matter_personal' });
    const original = (reason.matterNo ?? '').trim();
    if (!purpose.matterForm.test(original) && !purpose.matterForm.test(matterNo)) {
      throw reasonInvalid({ problem: 'matter_form' });
    }
  }
  const note = reason.note.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  const said = note.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  if (said < SHORTEST_NOTE) throw reasonInvalid({ problem: 'note_short' });
  if ([...note].length > LONGEST_NOTE) throw reasonInvalid({ problem: 'note_long' });
  return { purpose: `${purpose.title}：${note}`, matterNo };
}

/** Real matter numbers are long digits too: only those with a birth date inside are id numbers. */
function isIdNumber(text: string): boolean {
  return (
    /^\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$/.test(text) ||
    /^\d{8}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}$/.test(text)
  );
}
