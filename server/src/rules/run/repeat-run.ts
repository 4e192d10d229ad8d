import { runUnknown } from '../errors.ts';
import type { RuleDef, RulePack } from '../model.ts';
import { readKeptGround, readKeptRule } from '../register/definitions.ts';
import type { RulesWorld } from '../world.ts';
import { evaluateRules } from './run-rules.ts';
import { given, type RunReport, type RunRequest, recordRun } from './start-run.ts';
import type { DataState } from './state.ts';

/**
 * Runs an earlier run again word by word: its rules, parameters, shared views and whitelist as they
 * were kept, on what was known then. The findings are the same however the files have changed.
 * @throws RULES_RUN_UNKNOWN
 */
export async function repeatRun(
  world: RulesWorld,
  runId: string,
  request: Pick<RunRequest, 'actor' | 'progress' | 'signal'>,
): Promise<RunReport> {
  const { db } = world;
  const run = await db
    .selectFrom('rule_run')
    .innerJoin('rule_definition', 'hash', 'ground_hash')
    .selectAll()
    .where('run_id', '=', runId)
    .executeTakeFirst();
  if (run === undefined) throw runUnknown({ id: runId });
  const rows = await db
    .selectFrom('rule_run_rule')
    .innerJoin('rule_definition', 'hash', 'definition_hash')
    .select(['rule_id', 'body'])
    .where('run_id', '=', runId)
    .orderBy('rule_id')
    .execute();
  const rules: RuleDef[] = rows.map(({ body }) => readKeptRule(body));
  const ground = readKeptGround(run.body);
  const pack: RulePack = { ...ground.pack, rules: new Map(rules.map((rule) => [rule.id, rule])) };
  const state: DataState = {
    edition: run.edition,
    asOf: run.as_of,
    covered: new Map(Object.entries(run.covered)),
  };
  const { person } = run.request as { person: string | null };
  const record = { ...request, kind: 'repeat', pack, state, baseRun: runId } as const;
  return recordRun(world, { ...record, whitelist: ground.whitelist }, () =>
    evaluateRules({ ...world, pack }, rules, {
      ...given(request),
      ...{ state, whitelist: ground.whitelist, persons: person === null ? null : [person] },
    }),
  );
}
