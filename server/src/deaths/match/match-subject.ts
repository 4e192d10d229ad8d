import type { NameTable } from '../content/model.ts';
import type { RegistryEvent } from '../registry/fold.ts';
import { birthOfId, readIdNumber } from '../registry/identity.ts';
import type { SealedFields } from '../registry/take-in.ts';
import type { MatchedPerson } from '../verdict/model.ts';
import { compareNames, type NameComparison } from './compare-names.ts';
import type { CityPerson } from './find-persons.ts';

/** A live statement with its opened fields. */
export interface OpenStatement {
  readonly event: RegistryEvent;
  readonly fields: SealedFields;
}

/** Whom a subject is in the municipal database (人员匹配). */
export interface SubjectMatch {
  /** CL_MATCH_LEVEL: 1 number and name, 2 number only, 3 name and birth, 0 nobody. */
  readonly grade: '0' | '1' | '2' | '3';
  /** Chinese: why, without personal data. */
  readonly reason: string;
  readonly person: MatchedPerson | null;
  readonly comparisons: ReadonlyMap<RegistryEvent, NameComparison>;
}

/** Number of a subject's statements in normal form; they are the same by construction. */
export function numberOf(statements: readonly OpenStatement[]): string | null {
  const given = statements.find(({ fields }) => (fields.id_no ?? '').trim() !== '');
  return given === undefined ? null : readIdNumber(given.fields.id_no ?? '').value;
}

/**
 * Whether there is a number that can be somebody's. A valid number that is not in the city is
 * somebody else's, so name and birth date are asked only where the number is missing or wrong.
 */
export function hasUsableNumber(statements: readonly OpenStatement[]): boolean {
  const number = numberOf(statements);
  return number !== null && readIdNumber(number).problem === null;
}

export interface NameAndBirth {
  readonly name: string;
  readonly birthDate: string;
}

/** Name and birth date of a subject without a number, as given. */
export function nameAndBirthOf(statements: readonly OpenStatement[]): NameAndBirth | null {
  for (const { fields } of statements) {
    const { name, birth_date: birthDate } = fields;
    if (name !== null && birthDate !== null) return { name, birthDate };
  }
  return null;
}

/**
 * Matches a subject with those who have its number, else with those of its name and birth date.
 * The weakest statement decides: one that names somebody else makes it grade 2, and identity is
 * checked first. Grade 3 never alarms by itself.
 */
export function matchSubject(
  names: NameTable,
  statements: readonly OpenStatement[],
  byNumber: readonly CityPerson[],
  byName: readonly CityPerson[],
): SubjectMatch {
  const number = numberOf(statements);
  if (number === null) return byNameOnly(byName);
  const compare = (person: CityPerson | undefined) =>
    new Map(
      statements.map(({ event, fields }) => [
        event,
        compareNames(names, fields.name, person?.name ?? null),
      ]),
    );
  const agreeing = byNumber.find((person) => [...compare(person).values()].every((c) => c.agrees));
  const chosen = agreeing ?? byNumber[0];
  const comparisons = compare(chosen);
  if (chosen === undefined && byName.length > 0) return byNameOnly(byName, noMatch(number));
  if (chosen === undefined)
    return { grade: '0', reason: noMatch(number), person: null, comparisons };
  const worst = [...comparisons.values()].find(({ agrees }) => !agrees);
  const several = byNumber.length > 1 ? `；同一号码在本市有 ${byNumber.length} 个个人编号` : '';
  return {
    grade: worst === undefined ? '1' : '2',
    reason: `证件号码一致，${worst?.reason ?? '姓名一致'}${several}`,
    person: matched(chosen, byNumber.length),
    comparisons,
  };
}

function byNameOnly(byName: readonly CityPerson[], why = '没有证件号码'): SubjectMatch {
  const [only] = byName;
  const comparisons = new Map<RegistryEvent, NameComparison>();
  if (only === undefined) {
    const reason = `${why}，按姓名和出生日期未找到人`;
    return { grade: '0', reason, person: null, comparisons };
  }
  if (byName.length > 1) {
    const reason = `${why}，姓名和出生日期相同的有 ${byName.length} 人，无法确定`;
    return { grade: '0', reason, person: null, comparisons };
  }
  const reason = `${why}，姓名和出生日期一致；只作线索，不单独出警`;
  return { grade: '3', reason, person: matched(only, 1), comparisons };
}

function noMatch(number: string): string {
  const { problem } = readIdNumber(number);
  if (problem === 'form') return '证件号码位数或字符不对，未找到人';
  if (problem === 'check_digit') return '证件号码校验位不符，未找到人';
  if (problem === 'birth') return '证件号码中的出生日期不存在，未找到人';
  return '本市人员中没有这个证件号码';
}

function matched(person: CityPerson, sameNumber: number): MatchedPerson {
  const { personId, name, sex, birthDate, agency } = person;
  return { personId, name, sex, birthDate, agency, sameNumber };
}

/** What a statement says of birth and sex that neither the person nor the number confirms. */
export function mismatchOf(
  { fields }: OpenStatement,
  person: MatchedPerson | null,
): readonly ('birth' | 'sex')[] {
  const found: ('birth' | 'sex')[] = [];
  const number = fields.id_no === null ? null : readIdNumber(fields.id_no);
  const births = [number === null ? null : birthOfId(number.value), person?.birthDate ?? null];
  if (fields.birth_date !== null && !births.includes(fields.birth_date)) {
    if (births.some((birth) => birth !== null)) found.push('birth');
  }
  const digit = number?.problem === null ? (Number(number.value[16]) % 2 === 1 ? '1' : '2') : null;
  const sexes = [digit, person === null || !/^[12]$/.test(person.sex) ? null : person.sex];
  if (fields.sex !== null && !sexes.includes(fields.sex)) {
    if (sexes.some((sex) => sex !== null)) found.push('sex');
  }
  return found;
}
