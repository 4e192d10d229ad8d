import { modelTooWide } from '../errors.ts';
import { answerOnce } from '../filter/ask.ts';
import type { LogQuestion } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { bpmnXml } from './bpmn-xml.ts';
import { mineTree } from './inductive-miner.ts';
import { type ProcessTree, treeText } from './process-tree.ts';

/** A discovered model (发现的流程模型). */
export interface ProcessModel {
  readonly log: string;
  readonly noise: number;
  readonly cases: number;
  /** Share of the cases whose variants were looked at; below 1 only for logs with very many. */
  readonly case_coverage: number;
  readonly tree: ProcessTree;
  readonly tree_text: string;
  readonly bpmn: string;
}

/** Rare variants change the model little and the time much. */
const MOST_VARIANTS = 20_000;
const MOST_ACTIVITIES = 150;

export const DEFAULT_NOISE = 0.2;

/**
 * Discovers a model of the chosen cases with the inductive miner.
 * @throws PROCESS_MODEL_TOO_WIDE
 */
export function discoverModel(
  world: ProcessWorld,
  question: LogQuestion,
  noise: number = DEFAULT_NOISE,
): Promise<ProcessModel> {
  return answerOnce(world, question, `model/${noise}`, async (session, chosen) => {
    const { at, cases, params, log } = chosen;
    const rows = await session.rows<{ names: string[]; n: bigint; total: bigint }>(
      `select list_transform(v.activities, lambda x: d.dictionary[x]) as names, w.n, w.total
       from (select c.variant, count(*) as n, sum(count(*)) over ()::BIGINT as total from ${cases} group by c.variant) w
       join ${at}.variants v on v.variant = w.variant,
         (select array_agg(name order by id) as dictionary from ${at}.activities) d
       order by w.n desc, w.variant limit ${MOST_VARIANTS}`,
      params,
    );
    const traces = rows.map(({ names, n }) => ({ trace: names, count: Number(n) }));
    const activities = new Set(traces.flatMap(({ trace }) => trace)).size;
    if (activities > MOST_ACTIVITIES) throw modelTooWide({ activities, limit: MOST_ACTIVITIES });
    const total = Number(rows[0]?.total ?? 0);
    const covered = traces.reduce((sum, { count }) => sum + count, 0);
    const tree = mineTree(traces, noise);
    return {
      ...{ log: log.info.log, noise, cases: total },
      case_coverage: total === 0 ? 1 : covered / total,
      ...{ tree, tree_text: treeText(tree), bpmn: bpmnXml(tree, log.info.title) },
    };
  });
}
