import type { Severity } from '../contract/index.ts';

export type { Severity };

/** A rule of the catalogue (规则): a query that returns what is wrong. */
export interface RuleDef {
  readonly id: string;
  readonly title: string;
  readonly kind: 'risk' | 'quality';
  readonly status: RuleStatus;
  /** Raised on any change of sql, params or key. */
  readonly version: number;
  readonly severity: Severity;
  /** `person`: a finding depends on rows of one person only, so the rule can run slice by slice. */
  readonly scope: 'person' | 'city';
  readonly insurance: readonly string[];
  readonly owner: string;
  readonly basis: readonly string[];
  readonly why: string;
  readonly action: string;
  readonly falsePositives: readonly string[];
  readonly missing: string | null;
  /** Findings of one person under one topic are one group (疑点单). */
  readonly topic: string;
  /** Municipal tables, shared views and parameter tables the SQL reads. */
  readonly reads: readonly string[];
  /** Of these, tables that only add hits: one that never came counts as empty. */
  readonly optional: readonly string[];
  /** Columns of the result that say whom or what the finding is about. */
  readonly key: readonly string[];
  readonly measures: { readonly table: string; readonly column: string | null } | null;
  /** General exclusions (§0.3) that do not hold for this rule. */
  readonly ignore: readonly GeneralExclusion[];
  readonly params: ReadonlyMap<string, RuleParam>;
  readonly sql: string;
  readonly cases: readonly RuleCase[];
  /** File the rule was read from. */
  readonly file: string;
  /** What is wrong with its file, in Chinese; such a rule is shown and never runs. */
  readonly broken?: string;
}

export type RuleStatus = 'draft' | 'trial' | 'active' | 'retired';
export type GeneralExclusion = 'whitelist' | 'in_progress';
export type ParamValue = number | boolean | string | readonly string[];

export interface RuleParam {
  readonly value: ParamValue;
  readonly unit: string;
  readonly min: number | string | null;
  readonly max: number | string | null;
  readonly why: string;
  /** Values that hold for one agency (经办机构) only. */
  readonly agencies: ReadonlyMap<string, ParamValue>;
}

export type CaseRow = Readonly<Record<string, string | number | boolean | null>>;

export interface RuleCase {
  readonly name: string;
  readonly given: Readonly<Record<string, readonly CaseRow[]>>;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly asOf: string | null;
  readonly watermarks: Readonly<Record<string, string>>;
  readonly expect: readonly CaseRow[];
  readonly notRun: string | null;
}

/** A relation many rules share (公共视图), worked out once. */
export interface ViewDef {
  readonly name: string;
  readonly title: string;
  readonly stored: boolean;
  readonly reads: readonly string[];
  readonly sql: string;
}

/** Dated values of law and policy (政策参数); the rules read it as relation `param_<id>`. */
export interface ParamTable {
  readonly name: string;
  readonly title: string;
  readonly columns: ReadonlyMap<string, ParamColumnType>;
  readonly rows: readonly CaseRow[];
  readonly unknown: string | null;
}

export type ParamColumnType = 'text' | 'code' | 'int' | 'fen' | 'rate' | 'date' | 'month' | 'flag';

/** A scalar function of law that SQL may call. */
export interface FunctionDef {
  readonly name: string;
  readonly title: string;
  readonly basis: readonly string[];
  readonly args: readonly string[];
  readonly sql: string;
}

/** Everything a run of rules is made of, checked and frozen. */
export interface RulePack {
  readonly rules: ReadonlyMap<string, RuleDef>;
  /** In an order in which each reads only those before it. */
  readonly views: ReadonlyMap<string, ViewDef>;
  readonly params: ReadonlyMap<string, ParamTable>;
  readonly functions: ReadonlyMap<string, FunctionDef>;
  /** A row per table that a case row completes. */
  readonly baseRows: Readonly<Record<string, CaseRow>>;
}

/** Rules a run executes unless told otherwise. */
export const RUNNABLE: readonly RuleStatus[] = ['trial', 'active'];
