import type { DuckSession, SqlParams } from '../../store/index.ts';
import { findLog } from '../log/find-log.ts';
import type { LogQuestion, PreparedLog } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { filterKey } from './filter.ts';
import { type CaseCondition, caseCondition } from './filter-sql.ts';

/** A log with the cases somebody asks about; SQL of the module is written against it. */
export interface Chosen {
  readonly log: PreparedLog;
  readonly at: string;
  readonly condition: CaseCondition;
  readonly params: SqlParams;
  /** FROM item `c`: the chosen cases. */
  readonly cases: string;
  /** FROM item `e`: the events of the chosen cases. */
  readonly events: string;
}

/** Finds the log and makes the choice of cases that a question asks for. */
export async function choose(world: ProcessWorld, question: LogQuestion): Promise<Chosen> {
  const log = await findLog(world, question.scope, question.log);
  return chosenFrom(log, question);
}

export function chosenFrom(
  log: PreparedLog,
  { scope, filters }: Pick<LogQuestion, 'scope' | 'filters'>,
): Chosen {
  const { at } = log;
  const condition = caseCondition(at, scope, filters);
  const cases = condition.all
    ? `${at}.cases c`
    : `(select * from ${at}.cases c where ${condition.sql}) c`;
  const events = condition.all
    ? `${at}.events e`
    : `(select e.* from ${at}.events e semi join ${cases} on c.case_no = e.case_no) e`;
  return { log, at, condition, params: condition.params, cases, events };
}

/** Answers a question once for each log, edition, scope and set of filters. */
export async function answerOnce<T>(
  world: ProcessWorld,
  question: LogQuestion,
  what: string,
  work: (session: DuckSession, chosen: Chosen) => Promise<T>,
): Promise<T> {
  const chosen = await choose(world, question);
  const scope = [question.scope.agencies, question.scope.insurances].map(String).join('/');
  const key = [chosen.log.stamp, scope, filterKey(question.filters), what].join('\n');
  const engine = await world.logs.engine();
  return world.cache.once(key, () => engine.read((session) => work(session, chosen)));
}
