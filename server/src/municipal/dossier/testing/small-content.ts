import type {
  ColumnDef,
  ColumnType,
  MaskKind,
  MunicipalContent,
  TableDef,
} from '../../../contract/index.ts';

/** A column as `name type [mask]`, a trailing `*` on the type meaning derived. */
type ColumnText = string;

interface SmallTable {
  readonly key: readonly string[];
  readonly person?: string;
  readonly unit?: string;
  readonly period?: string;
  readonly columns: readonly ColumnText[];
}

const ABOUT_PERSON = { person: 'person_id' } as const;

/** The tables dossier tests need, with few columns each; the real ones are content. */
const TABLES: Readonly<Record<string, SmallTable>> = {
  person: {
    ...ABOUT_PERSON,
    key: ['person_id'],
    columns: [
      'person_id id20',
      'id_no text18 id_no',
      'id_no_raw text30* id_no',
      'name text50 name',
      'name_norm text50* name',
      'birth_date date',
      'mobile text20 mobile',
      'live_addr text150 address',
      'health code2 hidden',
      'sex code1',
      'doc_no text30 id_no',
      'birth_date_id date',
      'birth_date_archive date',
      'person_status code2',
      'life_status code2',
      'retired_flag code1',
      'agency code16',
    ],
  },
  unit: { key: ['unit_id'], unit: 'unit_id', columns: ['unit_id id20', 'unit_name text200'] },
  enrolment: {
    ...ABOUT_PERSON,
    key: ['enrolment_id'],
    unit: 'unit_id',
    columns: [
      'enrolment_id id20',
      'person_id id20',
      'unit_id id20',
      'insurance code3',
      'insured_on date',
      'pay_status code1',
      'end_ym ym',
      'enrol_status code2',
      'agency code16',
    ],
  },
  contribution: {
    ...ABOUT_PERSON,
    key: ['contrib_id'],
    unit: 'unit_id',
    period: 'due_period',
    columns: [
      'contrib_id id20',
      'person_id id20',
      'unit_id id20',
      'insurance code3',
      'due_period ym',
      'base money',
      'months int',
      'paid_flag code1',
    ],
  },
  account_year: {
    ...ABOUT_PERSON,
    key: ['account_id', 'year'],
    columns: ['account_id id20', 'person_id id20', 'insurance code3', 'year int4', 'index rate'],
  },
  entitlement: {
    ...ABOUT_PERSON,
    key: ['entitlement_id'],
    columns: [
      'entitlement_id id20',
      'person_id id20',
      'insurance code3',
      'start_ym ym',
      'pay_state code1',
    ],
  },
  benefit_payment: {
    ...ABOUT_PERSON,
    key: ['payment_id', 'item', 'due_ym'],
    period: 'due_ym',
    columns: [
      'payment_id id20',
      'entitlement_id id20',
      'person_id id20',
      'insurance code3',
      'item code6',
      'due_ym ym',
      'amount money',
      'pay_flag code1',
      'account_no text40 account',
      'fail_reason text100',
    ],
  },
  death_event: {
    ...ABOUT_PERSON,
    key: ['event_id'],
    columns: [
      'event_id id32',
      'person_id id20',
      'id_no text18 id_no',
      'death_date date hidden',
      'received_at ts',
    ],
  },
  medical_claim: {
    ...ABOUT_PERSON,
    key: ['claim_id'],
    columns: ['claim_id id20', 'person_id id20', 'total money'],
  },
  claim_item: {
    key: ['item_id'],
    columns: ['item_id id20', 'claim_id id20', 'price money4', 'amount money'],
  },
  payee_account: {
    ...ABOUT_PERSON,
    key: ['account_id'],
    columns: [
      'account_id id20',
      'person_id id20',
      'account_no text40 account',
      'card_no text40 account',
    ],
  },
  tax_levy: { ...ABOUT_PERSON, key: ['levy_id'], columns: ['levy_id id20', 'person_id id20'] },
  fund_txn: { key: ['txn_id'], columns: ['txn_id id32', 'amount money'] },
};

/** Makes municipal content of a dozen small tables. */
export function smallContent(): MunicipalContent {
  const tables = Object.entries(TABLES).map(
    ([name, table]) => [name, tableDef(name, table)] as const,
  );
  return {
    tables: new Map(tables),
    codeLists: new Map(),
    sources: new Map(),
    idRegions: new Set(),
    agencies: new Map(),
    holidays: new Map(),
  };
}

function tableDef(name: string, table: SmallTable): TableDef {
  return {
    name,
    title: `${name}表`,
    standard: null,
    description: name,
    owner: 'ingest',
    key: table.key,
    cluster: table.key,
    person: table.person ?? null,
    unit: table.unit ?? null,
    period: table.period ?? null,
    retention: { years: 'permanent', source: 'test' },
    columns: table.columns.map(columnDef),
  };
}

function columnDef(text: ColumnText): ColumnDef {
  const [name = '', type = '', mask = 'none'] = text.split(' ');
  return {
    name,
    code: null,
    title: name,
    type: type.replace('*', '') as ColumnType,
    required: false,
    requiredWhen: null,
    essential: false,
    default: null,
    codes: null,
    references: null,
    min: null,
    max: null,
    sensitivity: 2,
    mask: mask as MaskKind,
    derived: type.endsWith('*'),
    note: null,
  };
}
