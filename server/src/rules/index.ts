export { checkRules, type RuleCheck } from './check-pack.ts';
export { loadRulePack } from './content/load-pack.ts';
export type { Finding } from './findings/finding.ts';
export type { RuleDef, RulePack } from './model.ts';
export { evaluateRules } from './run/run-rules.ts';
