import type { SqlParams } from '../../../store/index.ts';
import type { ParsedSearch } from './search-request.ts';

/** One way to find persons; later ones are tried when the earlier found nobody. */
export interface SearchStep {
  /** What is compared, in Chinese, for the list of what was tried. */
  readonly title: string;
  /** Persons found are exactly who was asked for, or only near. */
  readonly exact: boolean;
  /** SQL giving `person_id`. */
  readonly sql: string;
  readonly params: SqlParams;
}

/** The ways to find who was asked for, the exact ones first. */
export function searchSteps(search: ParsedSearch): readonly SearchStep[] {
  switch (search.kind) {
    case 'id_no':
      return idSteps(search.key);
    case 'person_id':
      return [
        {
          title: '个人编号',
          exact: true,
          sql: `${CURRENT} and person_id = $key`,
          params: { key: search.personId },
        },
      ];
    case 'account':
      return ['card_no', 'account_no'].map((column) => ({
        title: column === 'card_no' ? '社会保障卡号' : '银行账号',
        exact: true,
        sql: `select person_id from rows.payee_account
          where edition_to is null and person_id is not null and ${column} = $account`,
        params: { account: search.account },
      }));
    case 'name':
      return nameSteps(search);
  }
}

const CURRENT = 'select person_id from rows.person where edition_to is null';

function idSteps({ idNo, personId }: { idNo: string | null; personId: string }): SearchStep[] {
  const written: SearchStep = {
    title: '收到的原始证件号、其他证件号码',
    exact: true,
    sql: `${CURRENT} and (id_no_raw = $key or doc_no = $key)`,
    params: { key: personId },
  };
  if (idNo === null) return [written];
  const upgraded = personId.length === 15;
  return [
    {
      title: upgraded ? '15 位旧证升为 18 位后的号码' : '公民身份号码',
      exact: true,
      sql: 'select person_id from feed.person_key where id_no = $key',
      params: { key: idNo },
    },
    written,
    {
      title: '前 17 位相同、校验位不同的号码',
      exact: false,
      // A range, so that the sorted keys are not all read.
      sql: `select person_id from feed.person_key where id_no >= $from and id_no < $to`,
      params: { from: idNo.slice(0, 17), to: `${idNo.slice(0, 17)}~` },
    },
  ];
}

function nameSteps({ name, birthDate }: { name: string; birthDate: string }): SearchStep[] {
  const params = { name, birth: birthDate };
  return [
    {
      title: '姓名与出生日期',
      exact: true,
      sql: `${CURRENT} and name_norm = $name and birth_date = $birth::date`,
      params,
    },
    {
      title: '姓名与证件上的、档案中的出生日期',
      exact: false,
      sql: `${CURRENT} and name_norm = $name
        and (birth_date_id = $birth::date or birth_date_archive = $birth::date)`,
      params,
    },
    {
      title: '姓名与出生年月（日不同）',
      exact: false,
      sql: `${CURRENT} and name_norm = $name
        and date_trunc('month', birth_date) = date_trunc('month', $birth::date)`,
      params,
    },
    {
      title: '姓名相近（一字之差）与出生日期',
      exact: false,
      sql: `${CURRENT} and birth_date = $birth::date and length(name_norm) = length($name)
        and levenshtein_distance(name_norm, $name) = 1`,
      params,
    },
  ];
}
