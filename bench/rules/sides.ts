import type { Sides } from '../side/index.ts';
import { type EngineSideInput, measureEngine } from './engine-side.ts';
import {
  measureRules,
  measureScan,
  type OpenRulesWorkspace,
  type RulesSideInput,
} from './rules-side.ts';

/** The sides of `bench rules`, each played in a process of its own. */
export function rulesSides(open: OpenRulesWorkspace): Sides {
  return {
    'rules.ours': (input: RulesSideInput, progress) => measureRules(input, progress, open),
    'rules.scan': (input: RulesSideInput, progress) => measureScan(input, progress, open),
    'rules.engine': (input: EngineSideInput, progress) => measureEngine(input, progress, open),
  };
}
