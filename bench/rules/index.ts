export { compareRules, type RulesComparison } from './compare-rules.ts';
export { rulesText } from './rules-text.ts';
export { rulesSides } from './sides.ts';
