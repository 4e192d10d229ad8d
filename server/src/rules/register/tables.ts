import type { Generated, JSONColumnType } from 'kysely';
import type { ParamValue, RuleStatus, Severity } from '../model.ts';

type Json<T extends object | null> = JSONColumnType<T>;

/** Rows of the rule tables as PostgreSQL gives them. */
export interface RulesTables {
  rule_definition: { hash: string; body: Json<object> };
  rule_run: {
    run_id: string;
    state: 'running' | 'finished' | 'cancelled' | 'interrupted';
    kind: RunKind;
    actor: string;
    started_at: string;
    finished_at: string | null;
    edition: number;
    as_of: string;
    covered: Json<Record<string, string>>;
    ground_hash: string;
    base_run: string | null;
    request: Json<object>;
    totals: Json<RunTotals> | null;
  };
  rule_run_rule: {
    run_id: string;
    rule_id: string;
    version: number;
    definition_hash: string;
    state: 'ran' | 'not_run';
    reason: string | null;
    sql_hash: string | null;
    hits: number;
    amount_fen: bigint;
    excluded: Json<Record<string, number>>;
    duration_ms: number;
  };
  rule_finding: {
    run_id: string;
    rule_id: string;
    no: number;
    key: Json<Record<string, string>>;
    person_id: string | null;
    unit_id: string | null;
    agency: string | null;
    level: Severity;
    match_grade: 'A' | 'B';
    amount_fen: bigint | null;
    fingerprint: string;
    evidence: Json<object>;
    /** Row numbers are texts: they are larger than a JSON number holds. */
    sources: Json<Record<string, string[]>>;
    group_no: number;
  };
  rule_group: {
    run_id: string;
    group_no: number;
    topic: string;
    person_id: string | null;
    unit_id: string | null;
    agency: string | null;
    level: Severity;
    rules: Json<string[]>;
    amount_fen: bigint | null;
  };
  rule_whitelist: {
    whitelist_no: Generated<number>;
    person_id: string;
    rule_id: string;
    doc_no: string;
    reason: string;
    valid_from: string;
    valid_to: string;
    added_by: string;
    added_at: string;
  };
  rule_dismissal: {
    rule_id: string;
    fingerprint: string;
    conclusion: string;
    decided_by: string;
    decided_at: string;
  };
  rule_quality: {
    run_id: string;
    table_name: string;
    column_name: string | null;
    agency: string;
    period: string;
    row_count: bigint;
    faulty: bigint;
    score: number | string;
  };
  rule_change: {
    change_no: Generated<number>;
    rule_id: string;
    version: number;
    what: 'status' | 'params';
    before: Json<RuleChangeValues>;
    after: Json<RuleChangeValues>;
    agency: string | null;
    reason: string;
    asked_by: string;
    asked_at: string;
    state: Generated<'asked' | 'approved' | 'refused'>;
    decided_by: string | null;
    decided_at: string | null;
    opinion: string | null;
  };
}

export type RunKind = 'full' | 'rules' | 'person' | 'incremental' | 'repeat';

/** What a change is about: a status, or parameter values by name. */
export interface RuleChangeValues {
  readonly status?: RuleStatus;
  readonly params?: Readonly<Record<string, ParamValue>>;
}

export interface RunTotals {
  readonly rules: number;
  readonly ran: number;
  readonly not_run: number;
  readonly hits: number;
  readonly groups: number;
  readonly persons: number;
  /** Merged over groups, so that one payment is counted once. */
  readonly amount_fen: number;
  readonly duration_ms: number;
}
