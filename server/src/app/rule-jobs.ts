import type { JobKind } from '../jobs/index.ts';
import {
  type BackTest,
  backTest,
  type RunReport,
  runIncrementally,
  startRun,
} from '../rules/index.ts';
import { WHOLE_CITY_WORK } from './after-publication.ts';
import type { Workspace } from './workspace.ts';

export const RULES_RUN_JOB = 'rules.run';
export const RULES_BACKTEST_JOB = 'rules.backtest';

export interface RulesRunInput {
  readonly mode: 'full' | 'incremental' | 'rules';
  readonly rules?: readonly string[];
  readonly as_of?: string | null;
}

export interface BackTestInput {
  readonly rule: string;
  readonly params: Readonly<Record<string, string>>;
  readonly as_of: string | null;
}

/** Totals of a run; what each rule found is read from the run itself. */
type RunOutcome = Pick<RunReport, 'run_id' | 'kind' | 'state' | 'as_of' | 'totals'>;

/** Runs and back-tests of rules as background work. */
export function ruleJobs({ rules }: Pick<Workspace, 'rules'>): {
  readonly run: JobKind<RulesRunInput, RunOutcome>;
  readonly backTest: JobKind<BackTestInput, BackTest>;
} {
  return {
    run: {
      ...{ name: RULES_RUN_JOB, title: '运行规则', exclusive: WHOLE_CITY_WORK, retries: 0 },
      run: async (input, { actor, signal, progress }) => {
        const base = { actor, signal, progress };
        const report =
          input.mode === 'incremental'
            ? await runIncrementally(rules, base)
            : await startRun(rules, {
                ...{ ...base, asOf: input.as_of ?? null },
                ...(input.mode === 'rules' && { rules: input.rules ?? [] }),
              });
        signal.throwIfAborted();
        const { run_id, kind, state, as_of, totals } = report;
        return { run_id, kind, state, as_of, totals };
      },
    },
    backTest: {
      ...{ name: RULES_BACKTEST_JOB, title: '规则回测', exclusive: WHOLE_CITY_WORK, retries: 0 },
      run: async ({ rule, params, as_of: asOf }, { signal, progress }) => {
        const result = await backTest(rules, { rule, params, asOf, signal, progress });
        signal.throwIfAborted();
        return result;
      },
    },
  };
}
