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
  name_key: string | null;
  last_received_at: string;
  matched_edition: number;
  updated_at: string;
}
