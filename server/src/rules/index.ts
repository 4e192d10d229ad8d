export { checkRules, type RuleCheck } from './check-pack.ts';
export { loadRulePack } from './content/load-pack.ts';
export type { RuleDef, RulePack } from './model.ts';
