import { defineError } from '../../kernel/index.ts';

type KeyProblem = 'empty' | 'too_long' | 'scientific' | 'charset';

const KEY_PROBLEMS: Readonly<Record<KeyProblem, string>> = {
  empty: '没有填写查询号码',
  too_long: '查询号码过长',
  scientific: '号码是科学计数法（如 1.40502E+17），表格软件已丢失后几位数字，无法还原',
  charset: '查询号码含有不能识别的字符',
};

/** Refuses a key that can be neither an id number nor a person id. */
export const personKeyInvalid = defineError(
  'MUNICIPAL_PERSON_KEY_INVALID',
  'invalid',
  (d: { problem: KeyProblem }) =>
    `${KEY_PROBLEMS[d.problem]}。请填写18位公民身份号码、15位旧身份证号或个人编号后重试。`,
);

/** Says that nobody has the key; a wrong check digit is named because it is the usual reason. */
export const personUnknown = defineError(
  'MUNICIPAL_PERSON_UNKNOWN',
  'not_found',
  (d: { check_digit_wrong: boolean }) =>
    d.check_digit_wrong
      ? '没有查到此人：该身份号码的校验码不符，很可能有一位输错。请对照证件逐位核对后重查。'
      : '没有查到此人：市级数据库当前没有这个号码的人员。请核对号码；若确为参保人员，请查看其人员数据是否在隔离区（feed rows）或尚未回流（feed status）。',
);

/** Says that one id number belongs to several persons (一人多号) and lists their person ids. */
export const personAmbiguous = defineError(
  'MUNICIPAL_PERSON_AMBIGUOUS',
  'conflict',
  (d: { person_ids: readonly string[] }) =>
    `该号码对应 ${d.person_ids.length} 个个人编号（一人多号），系统不替您选择。请从返回的个人编号中选定一个再查，并将重号情况转数据治理处理。`,
);

/** Says that no published package of this name can be looked back to. */
export const packageUnknown = defineError(
  'MUNICIPAL_PACKAGE_UNKNOWN',
  'not_found',
  (_: { package_id: string }) =>
    '没有找到可回看的数据包：该包号不存在或尚未发布。请在数据包清单中核对包号后重试。',
);

/** Says that a dossier has no section of this name. */
export const sectionUnknown = defineError(
  'MUNICIPAL_DOSSIER_SECTION_UNKNOWN',
  'invalid',
  (d: { section: string }) =>
    `个人档案没有“${d.section}”这一部分。请从档案返回的各部分名称中选择。`,
);

export type { KeyProblem };
