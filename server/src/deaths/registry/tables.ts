import type { Generated, Kysely } from 'kysely';
import type { ReportChannel, ReportKind } from '../model.ts';

/** Rows of the registry's tables as PostgreSQL gives them. */
export interface RegistryTables {
  death_person: DeathPersonRow;
  death_report: DeathReportRow;
  death_report_clash: {
    clash_no: Generated<bigint>;
    source: string;
    event_id: string;
    digest: string;
    received_at: string;
    sealed: string;
    channel: ReportChannel;
    app_id: string | null;
  };
  custody_report: CustodyReportRow;
  custody_person: CustodyPersonRow;
  death_case: CaseRow;
  death_case_step: {
    step_no: Generated<bigint>;
    case_no: bigint;
    agency: string;
    at: string;
    actor: string;
    action: string;
    text: string;
  };
  death_decision: {
    decision_no: Generated<bigint>;
    subject: string;
    case_no: bigint;
    agency: string;
    verdict: '1' | '2';
    died_on: string | null;
    covers: string[];
    decided_at: string;
    opinion_by: string;
    confirmed_by: string;
  };
  death_request: RequestRow;
  department_inquiry: InquiryRow;
  death_run: RunRow;
  death_package_state: { single: Generated<boolean>; edition: number };
  death_file_mapping: {
    source: string;
    header_key: string;
    headers: string[];
    /** JSON text going in, value coming out. */
    mapping: unknown;
    confirmed_by: string;
    confirmed_at: string;
  };
  death_file: {
    file_no: Generated<bigint>;
    source: string;
    name: string;
    digest: string;
    agency: string;
    imported_by: string;
    imported_at: string;
    rows: number;
    accepted: number;
    duplicate: number;
    conflict: number;
    bad: number;
  };
  death_file_bad_row: {
    file_no: bigint;
    line: number;
    agency: string;
    reason: string;
    sealed: string;
  };
}

export interface CaseRow {
  case_no: Generated<bigint>;
  subject: string;
  person_id: string;
  agency: string;
  kinds: string[];
  facts: unknown;
  covers: string[];
  opened_at: string;
  state: 'open' | 'opinion' | 'decided' | 'lapsed';
  closed_at: string | null;
  opinion_verdict: '1' | '2' | null;
  opinion_died_on: string | null;
  opinion_text: string | null;
  opinion_covers: string[] | null;
  opinion_by: string | null;
  opinion_at: string | null;
  confirmed_by: string | null;
  confirmed_text: string | null;
}

export interface RequestRow {
  request_no: Generated<bigint>;
  kind: 'register' | 'void';
  agency: string;
  subject: string;
  event_key: string | null;
  sealed: string | null;
  evidence: string;
  state: Generated<'asked' | 'confirmed' | 'refused'>;
  asked_by: string;
  asked_at: string;
  decided_by: string | null;
  decided_at: string | null;
  opinion: string | null;
}

export type RunTrigger = 'event' | 'publication' | 'schedule' | 'manual';

export interface RunRow {
  run_id: string;
  trigger: RunTrigger;
  state: 'running' | 'finished' | 'failed';
  actor: string;
  started_at: string;
  finished_at: string | null;
  sources: string[];
  edition: number | null;
  as_of: string | null;
  population: bigint | null;
  compared: bigint | null;
  matched: bigint | null;
  conflicts: bigint | null;
  overpaid_persons: bigint | null;
  overpaid_fen: bigint | null;
  new_suspicions: bigint | null;
  duration_ms: number | null;
  failure: string | null;
}

export type RegistryDb = Kysely<RegistryTables>;

interface EventColumns {
  report_no: Generated<bigint>;
  source: string;
  event_id: string;
  kind: ReportKind;
  refers_to: string | null;
  sequence: bigint | null;
  occurred_at: string;
  received_at: string;
  digest: string;
  /** Search key of the citizen number; where there is none, of name and birth, or of the event. */
  subject: string;
  /** JSON of the personal fields, sealed. */
  sealed: string;
  channel: ReportChannel;
  app_id: string | null;
  agency: string | null;
}

export interface DeathReportRow extends EventColumns {
  name_key: string | null;
  cert_key: string | null;
  cremation_key: string | null;
  death_date: string | null;
  precision: 'D' | 'M' | 'Y';
  cremated_on: string | null;
  hukou_cancel_on: string | null;
  hukou_cancel_reason: string | null;
}

export interface CustodyReportRow extends EventColumns {
  custody_kind: string;
  start_on: string;
  end_on: string | null;
}

export interface DeathPersonRow {
  subject: string;
  person_id: string | null;
  agency: string;
  grade: '0' | '1' | '2' | '3';
  match_reason: string;
  standing: 'reported' | 'withdrawn' | 'not_death';
  verdict: '0' | '1' | '2' | '3' | null;
  died_on: string | null;
  earliest_on: string | null;
  latest_on: string | null;
  sources: string[];
  /** JSON texts going in, values coming out. */
  conflicts: unknown;
  signs: unknown;
  overpaid: unknown;
  overpaid_fen: bigint;
  name_keys: string[];
  last_received_at: string;
  matched_edition: number;
  updated_at: string;
  seen_report: bigint;
  seen_decision: bigint;
}

export interface CustodyPersonRow {
  subject: string;
  person_id: string | null;
  agency: string;
  grade: '0' | '1' | '2';
  match_reason: string;
  standing: 'reported' | 'withdrawn';
  /** JSON texts going in, values coming out. */
  terms: unknown;
  sources: string[];
  /** Over the terms that stop a pension; `9999-12-31` while one lasts. */
  held_from: string | null;
  held_until: string | null;
  paid: unknown;
  paid_fen: bigint;
  name_keys: string[];
  last_received_at: string;
  matched_edition: number;
  updated_at: string;
  seen_report: bigint;
}

export interface InquiryRow {
  inquiry_no: Generated<bigint>;
  connector_id: string;
  subject: string;
  person_id: string | null;
  agency: string;
  asked_by: string;
  asked_at: string;
  purpose: string;
  /** What was asked for; null in questions of before this was written down. */
  about: 'death' | 'custody' | null;
  outcome: Generated<'asked' | 'found' | 'none' | 'unusable' | 'failed'>;
  reason: string | null;
  reports: Generated<number>;
  fresh: Generated<number>;
  /** Keys (source/event) of the reports the answer brought. */
  evidence: Generated<string[]>;
  answered_at: string | null;
}
