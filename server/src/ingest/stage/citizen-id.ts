import type { Fault } from './values.ts';

/**
 * Checks of the citizen number (公民身份号码) as SQL over whole columns.
 * @source GB 11643-1999 (18 digits, ISO 7064 MOD 11-2), GB 11643-1989 (15 digits)
 */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const FULL_WIDTH = '０１２３４５６７８９Ｘｘ';
const HALF_WIDTH = '0123456789Xx';

/**
 * Normal form: half-width, upper-case X, no spaces around, no leading apostrophe of a spreadsheet.
 * Nearly every number is in it already, and seeing so costs a tenth of making it so: `usual` is the
 * SQL of {@link citizenDigits} on it, or a column that holds it.
 */
export function normalisedId(raw: string, usual: string = citizenDigits(raw)): string {
  return `case when ${usual} then ${raw}
    else upper(trim(ltrim(trim(translate(${raw}, '${FULL_WIDTH}', '${HALF_WIDTH}')), ''''))) end`;
}

/** Expressions over an already normalised id; stages are separate so that each is computed once. */
export interface CitizenIdColumns {
  /** 17 digits before the check digit; a 15-digit number gets its century. Null when not digits. */
  readonly body: string;
  readonly birth: string;
}

/**
 * The first 17 digits of an 18-digit number, or of the number a 15-digit one becomes
 * (sequences 996–999 were kept for people born in the 1800s).
 */
export function idBody(id: string): string {
  const century = `case when right(${id}, 3) in ('996', '997', '998', '999') then '18' else '19' end`;
  return `case
    when length(${id}) = 18 and try_cast(left(${id}, 17) as bigint) is not null then left(${id}, 17)
    when length(${id}) = 15 and try_cast(${id} as bigint) is not null
      then concat(left(${id}, 6), ${century}, substr(${id}, 7)) end`;
}

/** The check digit of 17 digits held as BIGINT. */
export function checkDigit(digits: string): string {
  const terms = WEIGHTS.map((weight, index) => {
    const power = 10n ** BigInt(16 - index);
    return `(${digits} // ${power}) % 10 * ${weight}`;
  });
  return `substr('10X98765432', ((${terms.join(' + ')}) % 11)::integer + 1, 1)`;
}

/**
 * Faults of a citizen number. `names` gives the SQL names of its pieces: `raw` text as received,
 * `id` normalised, `digits` whether {@link citizenDigits}, `body` 17 digits, `check` expected
 * digit, `birth` date in the number.
 */
export function citizenIdFaults(
  names: { raw: string; id: string; digits: string; body: string; check: string; birth: string },
  person: { isCitizen: string; sex: string; birthDate: string | null; unknownRegion: string },
): { idFaults: Fault[]; sexFault: Fault; birthFault: Fault | null } {
  const { raw, id, digits, body, check, birth } = names;
  const scientific = `(not ${digits} and regexp_matches(${id}, '^[0-9](\\.[0-9]+)?E[+]?[0-9]+$'))`;
  const rightLength = `length(${id}) in (15, 18)`;
  const citizen = `${person.isCitizen} and ${raw} is not null`;
  const wellFormed = `${citizen} and ${body} is not null and ${digits}`;
  const whole = `${wellFormed} and ${birth} is not null`;
  const quarantine = (code: string, when: string): Fault => ({ code, when, kind: 'quarantine' });
  const issue = (code: string, when: string): Fault => ({ code, when, kind: 'issue' });
  const correct = `${whole} and (length(${id}) = 15 or right(${id}, 1) = ${check})`;
  return {
    idFaults: [
      quarantine('ID10', `${citizen} and ${scientific}`),
      quarantine('ID01', `${citizen} and not ${scientific} and not ${rightLength}`),
      quarantine(
        'ID02',
        `${citizen} and not ${scientific} and ${rightLength} and not (${body} is not null and ${digits})`,
      ),
      quarantine('ID04', `${wellFormed} and ${birth} is null`),
      quarantine('ID05', `${whole} and length(${id}) = 18 and right(${id}, 1) <> ${check}`),
      issue('ID03', `${correct} and ${person.unknownRegion}`),
      issue('ID09', `${correct} and length(${id}) = 15`),
    ],
    sexFault: issue(
      'ID06',
      `${correct} and ${person.sex} in ('1', '2')
        and (try_cast(substr(${body}, 17, 1) as integer) % 2 = 1) <> (${person.sex} = '1')`,
    ),
    birthFault:
      person.birthDate === null
        ? null
        : issue('ID07', `${correct} and ${person.birthDate} <> ${birth}`),
  };
}

/** Digits only, the last of 18 may be X; `try_cast` alone would let signs and spaces pass. */
export function citizenDigits(id: string): string {
  return `regexp_matches(${id}, '^([0-9]{15}|[0-9]{17}[0-9X])$')`;
}
