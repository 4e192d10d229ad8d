export { checkRules, type RuleCheck } from './check-pack.ts';
export { loadRulePack } from './content/load-pack.ts';
export * from './errors.ts';
export { gatherDelivery } from './findings/deliver-findings.ts';
export type { Finding } from './findings/finding.ts';
export {
  type FindingRow,
  type FindingRowsRequest,
  listFindingRows,
} from './findings/list-finding-rows.ts';
export { listFindings, type ShownFinding } from './findings/list-findings.ts';
export { type BackTest, backTest } from './lifecycle/back-test.ts';
export { askChange, decideChange } from './lifecycle/change-rule.ts';
export {
  listChanges,
  listWhitelist,
  type RuleChange,
  type WhitelistRow,
} from './lifecycle/list-changes.ts';
export { findRule, listRules, listRuns, type RuleLine } from './lifecycle/list-rules.ts';
export {
  countRuns,
  findRun,
  latestResults,
  listRuleResults,
  type RuleResult,
  type RunDetail,
} from './lifecycle/rule-history.ts';
export { addToWhitelist, type WhitelistEntry } from './lifecycle/whitelist.ts';
export type { RuleDef, RulePack, RuleStatus } from './model.ts';
export {
  type KeptScore,
  keepQuality,
  listQuality,
  listQualityPeriods,
  type QualityRequest,
} from './quality/kept-quality.ts';
export { type QualityScore, scoreQuality } from './quality/quality-score.ts';
export { rulesMigrations } from './register/migrations.ts';
export { endInterruptedRuns } from './register/runs.ts';
export { runIncrementally } from './run/incremental-run.ts';
export { repeatRun } from './run/repeat-run.ts';
export { evaluateRules } from './run/run-rules.ts';
export { type RunReport, startRun } from './run/start-run.ts';
export type { RulesWorld } from './world.ts';
