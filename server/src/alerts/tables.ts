import type { Generated, GeneratedAlways, JSONColumnType, Kysely, Transaction } from 'kysely';
import type { EvidenceValue, FindingDelivery, Severity } from '../contract/index.ts';
import type { AuditTables } from '../security/index.ts';
import type { Conclusion } from './handling/handling.ts';
import type { CaseState } from './model.ts';

type Json<T extends object> = JSONColumnType<T>;
type Id = GeneratedAlways<bigint>;

export interface CaseTable {
  case_id: Id;
  agency: string;
  subject_key: string;
  person_id: string | null;
  unit_id: string | null;
  topic: string;
  title: string;
  rule: string;
  rule_group: string;
  rules: string[];
  owner: string;
  insurance: string[];
  level: Severity;
  match_grade: 'A' | 'B';
  amount_fen: bigint | null;
  trial: boolean;
  state: Generated<CaseState>;
  tier: Generated<'county' | 'city'>;
  version: Generated<number>;
  occurrence: Generated<number>;
  assignee: string | null;
  assignee_name: string | null;
  opened_on: string;
  opened_at: string;
  state_since: string;
  due_on: string | null;
  extended_days: Generated<number>;
  snoozed_until: string | null;
  vanished: Generated<boolean>;
  changed: Generated<boolean>;
  conclusion: Conclusion | null;
  nature: string | null;
  false_reason: string | null;
  conclusion_text: string | null;
  confirmed_fen: bigint | null;
  exempt_document: string | null;
  exempt_until: string | null;
  concluded_by: string | null;
  concluded_name: string | null;
  concluded_at: string | null;
  reviewed_by: string | null;
  reviewed_at: string | null;
  closed_on: string | null;
  closed_by: string | null;
  exception_document: string | null;
  exception_reason: string | null;
  look_back_until: string | null;
}

export interface AlertTable {
  alert_id: Id;
  case_id: bigint;
  agency: string;
  source: FindingDelivery['source'];
  rule: string;
  rule_version: number;
  key: Json<Record<string, string>>;
  key_text: string;
  person_id: string | null;
  title: string;
  basis: string[];
  action: string;
  owner: string;
  insurance: string[];
  level: Severity;
  match_grade: 'A' | 'B';
  amount_fen: bigint | null;
  evidence: Json<Record<string, EvidenceValue>>;
  /** Row numbers are texts: they are larger than a JSON number holds. */
  sources: Json<Record<string, string[]>>;
  fingerprint: string;
  run_id: string;
  as_of: string;
  trial: boolean;
  current: Generated<boolean>;
  version: Generated<number>;
  vanished_on: string | null;
  opened_at: string;
  changed_at: string | null;
}

interface AlertVersionTable {
  alert_id: bigint;
  version: number;
  agency: string;
  rule_version: number;
  amount_fen: bigint | null;
  evidence: Json<Record<string, EvidenceValue>>;
  sources: Json<Record<string, string[]>>;
  fingerprint: string;
  run_id: string;
  as_of: string;
  replaced_at: string;
}

interface StepTable {
  step_no: Id;
  case_id: bigint;
  agency: string;
  action: string;
  from_state: CaseState | null;
  to_state: CaseState;
  actor: string;
  actor_name: string;
  at: string;
  remark: string | null;
  data: Generated<unknown>;
}

export interface DisposalTable {
  disposal_id: Id;
  case_id: bigint;
  agency: string;
  occurrence: number;
  kind: string;
  proof_kind: string;
  recovers: boolean;
  amount_fen: bigint | null;
  reason: string;
  order_text: string | null;
  state: Generated<'proposed' | 'approved' | 'refused' | 'proved'>;
  proposed_by: string;
  proposed_name: string;
  proposed_at: string;
  reviewed_by: string | null;
  reviewed_at: string | null;
  review_remark: string | null;
  proved_on: string | null;
  proof: unknown;
}

interface EvidenceTable {
  evidence_id: string;
  case_id: bigint;
  agency: string;
  kind: 'file' | 'note';
  name: string;
  media_type: string | null;
  bytes: bigint | null;
  sm3: string | null;
  remark: string | null;
  added_by: string;
  added_name: string;
  added_at: string;
}

interface DeliveryTable {
  delivery_no: Id;
  run_id: string;
  source: string;
  as_of: string;
  delivered_at: string;
  findings: number;
  opened: number;
  updated: number;
  vanished: number;
  recurred: number;
  suppressed: number;
}

export interface RecoveryTable {
  recovery_id: Id;
  case_id: bigint;
  disposal_id: bigint;
  agency: string;
  due_fen: bigint;
  received_fen: Generated<bigint>;
  offset_fen: Generated<bigint>;
  written_off_fen: Generated<bigint>;
  balance_fen: GeneratedAlways<bigint>;
  opened_at: string;
  version: Generated<number>;
}

export type EntryKind = 'receipt' | 'offset' | 'write_off';

interface EntryTable {
  entry_id: Id;
  recovery_id: bigint;
  agency: string;
  kind: EntryKind;
  amount_fen: bigint;
  booked_on: string;
  document: string;
  voucher: string | null;
  remark: string | null;
  state: 'proposed' | 'booked' | 'refused' | 'voided';
  entered_by: string;
  entered_name: string;
  entered_at: string;
  decided_by: string | null;
  decided_at: string | null;
  decided_remark: string | null;
  fund_txn: string | null;
}

interface AgreementTable {
  agreement_id: Id;
  recovery_id: bigint;
  agency: string;
  amount_fen: bigint;
  signed_on: string;
  document: string;
  state: Generated<'proposed' | 'approved' | 'refused' | 'ended'>;
  paid_before_fen: bigint | null;
  proposed_by: string;
  proposed_name: string;
  proposed_at: string;
  decided_by: string | null;
  decided_at: string | null;
  decided_remark: string | null;
}

interface InstalmentTable {
  agreement_id: bigint;
  no: number;
  agency: string;
  due_on: string;
  amount_fen: bigint;
}

interface SnoozeTable {
  snooze_id: Id;
  agency: string;
  person_id: string;
  until: string;
  reason: string;
  state: Generated<'asked' | 'approved' | 'refused'>;
  asked_by: string;
  asked_name: string;
  asked_on: string;
  asked_at: string;
  decided_by: string | null;
  decided_at: string | null;
}

interface RelativeTable {
  account: string;
  person_id: string;
  relation: string;
  declared_at: string;
}

interface ViewTable {
  view_id: Id;
  account: string;
  name: string;
  filter: Json<object>;
  saved_at: string;
}

/** Rows of the alert tables as PostgreSQL gives them. */
export interface AlertsTables extends AuditTables {
  alert_case: CaseTable;
  alert: AlertTable;
  alert_version: AlertVersionTable;
  alert_step: StepTable;
  alert_disposal: DisposalTable;
  alert_evidence: EvidenceTable;
  alert_delivery: DeliveryTable;
  recovery: RecoveryTable;
  recovery_entry: EntryTable;
  recovery_agreement: AgreementTable;
  recovery_instalment: InstalmentTable;
  alert_snooze: SnoozeTable;
  alert_relative: RelativeTable;
  alert_view: ViewTable;
}

export type AlertsDatabase = Kysely<AlertsTables>;
/** A transaction within somebody's scope. */
export type AlertsTransaction = Transaction<AlertsTables>;
