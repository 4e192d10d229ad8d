import type { Subject } from './tables.ts';

/** How a value of an event is written. */
export type FieldForm =
  | 'event_id'
  | 'kind'
  | 'sequence'
  | 'instant'
  | 'code'
  | 'id_no'
  | 'name'
  | 'sex'
  | 'day'
  | 'partial_day'
  | 'text';

/** One field of an event as departments send it: read, checked and documented from this. */
export interface EventField {
  readonly name: string;
  readonly title: string;
  readonly form: FieldForm;
  readonly required?: boolean;
  /** Longest text. */
  readonly length?: number;
  /** Code list of the values. */
  readonly codes?: string;
  readonly note?: string;
  readonly example?: string | number;
}

const COMMON: readonly EventField[] = [
  {
    ...{ name: 'event_id', title: '事件号', form: 'event_id', required: true },
    note: '在本来源内唯一，重发时不变',
    example: 'mz-20261105-0001',
  },
  {
    ...{ name: 'kind', title: '种类', form: 'kind' },
    note: 'report 报送（默认）、correction 更正、revocation 撤销',
    example: 'report',
  },
  { name: 'refers_to', title: '原事件号', form: 'event_id', note: '更正、撤销必填' },
  {
    ...{ name: 'sequence', title: '来源流水号', form: 'sequence' },
    note: '来源自己的递增编号，有则以它排定先后',
  },
  {
    ...{ name: 'occurred_at', title: '发生时刻', form: 'instant', required: true },
    note: '来源作出这条记录的时刻，带时区',
    example: '2026-11-05T09:30:00+08:00',
  },
  { name: 'source', title: '来源', form: 'code', note: '可不写；写则须与登记一致' },
  {
    ...{ name: 'agency', title: '报送机构所在县区', form: 'code', codes: 'CL_AGENCY' },
    note: '只登记了一个县区的应用可不写',
    example: '140502',
  },
];

const PERSON: readonly EventField[] = [
  {
    ...{ name: 'id_no', title: '公民身份号码', form: 'id_no' },
    note: '18 位（核校验码）或 15 位',
    example: '140502195611030019',
  },
  { name: 'name', title: '姓名', form: 'name', length: 50, example: '王测试' },
];

export const EVENT_FIELDS: Readonly<Record<Subject, readonly EventField[]>> = {
  death: [
    ...COMMON,
    ...PERSON,
    { name: 'sex', title: '性别', form: 'sex', codes: 'CL_SEX' },
    { name: 'birth_date', title: '出生日期', form: 'day' },
    {
      ...{ name: 'death_date', title: '死亡日期', form: 'partial_day', example: '2026-11-03' },
      note: '只知年月写 YYYY-MM，只知年写 YYYY',
    },
    { name: 'cert_no', title: '死亡证明编号', form: 'text', length: 40 },
    { name: 'cremation_no', title: '火化证号', form: 'text', length: 40 },
    { name: 'cremated_on', title: '火化日期', form: 'day' },
    { name: 'hukou_cancel_on', title: '户籍注销日期', form: 'day' },
    {
      ...{ name: 'hukou_cancel_reason', title: '户籍注销原因', form: 'text', length: 20 },
      note: '只有死亡注销才作为死亡信息',
    },
  ],
  custody: [
    ...COMMON,
    ...PERSON.map((field) => (field.name === 'id_no' ? { ...field, required: true } : field)),
    {
      ...{ name: 'custody_kind', title: '类别', form: 'code', codes: 'CL_CUSTODY' },
      ...{ required: true, example: '01' },
    },
    { name: 'start_on', title: '开始日期', form: 'day', required: true, example: '2026-10-01' },
    { name: 'end_on', title: '结束日期', form: 'day', note: '未释放的不写' },
    { name: 'doc_no', title: '法律文书号', form: 'text', length: 60 },
  ],
};
