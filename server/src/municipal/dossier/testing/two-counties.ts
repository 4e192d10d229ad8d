import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { DataScope, Principal } from '../../../contract/index.ts';
import { type AuditTables, auditMigrations } from '../../../security/index.ts';
import { migrate, openPostgres } from '../../../store/index.ts';
import { type LookWorld, loadPurposes } from '../look/index.ts';
import { addRows, openSmallCity, type SmallCity } from './small-city.ts';

export const WANG = '140502195611030019';
export const LI = '140521196001310128';

/** Two counties with two persons each way of belonging, and an audit log. */
export interface TwoCounties {
  readonly world: LookWorld;
  readonly city: SmallCity;
  readonly db: Kysely<AuditTables>;
  close(): Promise<void>;
}

/** P1 of the city district, P2 of 沁水, P3 of 沁水 with a running enrolment in the district, P4 with one that ended. */
export async function openTwoCounties(): Promise<TwoCounties> {
  const dir = await mkdtemp(join(tmpdir(), 'two-counties-'));
  const engine = await openPostgres({ dataDir: dir });
  await migrate(engine.kysely<unknown>(), [...auditMigrations]);
  const db = engine.kysely<AuditTables>();
  const city = await openSmallCity();
  await addPersons(city);
  const world: LookWorld = {
    ...city,
    db,
    clock: { now: () => new Date('2026-11-05T01:02:03.000Z') },
    lookupKey: 'lookup-key-of-the-test',
    purposes: loadPurposes([join(import.meta.dirname, '../../../../../content/base')]),
  };
  const close = async () => {
    await city.close();
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { world, city, db, close };
}

async function addPersons(city: SmallCity): Promise<void> {
  const common = { sex: '1', person_status: '1', life_status: '1', retired_flag: '0' };
  await addRows(city, 'person', [
    {
      ...common,
      ...{ person_id: 'P1', id_no: WANG, id_no_raw: '140502561103001', name: '王测试' },
      ...{ name_norm: '王测试', birth_date: '1956-11-03', agency: '140502', retired_flag: '1' },
      ...{ mobile: '13800001234', live_addr: '山西省晋城市城区东街街道凤鸣社区3号' },
    },
    {
      ...common,
      ...{ person_id: 'P2', id_no: LI, name: '李甲乙', name_norm: '李甲乙', agency: '140521' },
      ...{ birth_date: '1960-01-31', life_status: '2' },
    },
    {
      ...common,
      ...{ person_id: 'P3', id_no: '140521197005051234', name: '赵三', name_norm: '赵三' },
      ...{ birth_date: '1970-05-05', birth_date_id: '1970-05-06', agency: '140521' },
    },
    {
      ...common,
      ...{ person_id: 'P4', id_no: '140521198001011233', name: '钱四', name_norm: '钱四' },
      ...{ birth_date: '1980-01-01', agency: '140521' },
    },
  ]);
  const enrolled = { insurance: '110', insured_on: '2010-05-06', pay_status: '1' };
  await addRows(city, 'enrolment', [
    { ...enrolled, enrolment_id: 'E1', person_id: 'P3', agency: '140502', enrol_status: '1' },
    {
      ...enrolled,
      ...{ enrolment_id: 'E2', person_id: 'P4', agency: '140502', enrol_status: '4' },
      end_ym: '2026-10-01',
    },
    { ...enrolled, enrolment_id: 'E3', person_id: 'P1', agency: '140502', enrol_status: '1' },
  ]);
  await addRows(city, 'contribution', [
    {
      ...{ contrib_id: 'C1', person_id: 'P1', insurance: '110', due_period: '2026-01-01' },
      ...{ base: 400000n, months: 1, paid_flag: '1' },
    },
    {
      ...{ contrib_id: 'C2', person_id: 'P1', insurance: '210', due_period: '2026-01-01' },
      ...{ base: 400000n, months: 1, paid_flag: '1' },
    },
  ]);
  await addRows(city, 'entitlement', [
    { entitlement_id: 'T1', person_id: 'P1', insurance: '110', pay_state: '1' },
  ]);
  await addRows(city, 'payee_account', [
    { account_id: 'A1', person_id: 'P1', account_no: '6217055135640068336', card_no: 'A12345678' },
    { account_id: 'A2', person_id: 'P2', account_no: '6217055135640068344', card_no: 'B12345678' },
  ]);
}

/** Somebody who works at a window, by default of the city district. */
export function clerk(scope: Partial<DataScope> = {}, permissions = ['dossier.read']): Principal {
  return {
    accountId: 'u1',
    actor: 'user:wang.li',
    name: '王丽',
    department: '待遇科',
    roles: ['window_clerk'],
    permissions: new Set(permissions),
    scope: { agencies: ['140502'], insurances: 'all', unmask: false, ...scope },
    operatorId: null,
    sessionId: 's1',
  };
}

export const REASON = {
  purpose: 'benefit_check',
  matterNo: 'SL-2026-000123',
  note: '核实退休待遇资格',
} as const;
export const ORIGIN = '10.140.5.17 3f9e2c44-0000-4000-8000-000000000001';
