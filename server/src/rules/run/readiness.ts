import type { MunicipalContent } from '../../contract/index.ts';
import { closure, tableOf } from '../ground/open-ground.ts';
import type { RuleDef, RulePack } from '../model.ts';

export type Readiness =
  | { readonly kind: 'ready'; readonly watermark: string }
  | { readonly kind: 'not_ready'; readonly reason: string };

/**
 * The last month a rule may judge (水位): the earliest of the last months returned of every table it
 * reads. A table that never came makes it not ready: missing data is no violation.
 */
export function ruleWatermark(
  rule: RuleDef,
  known: {
    /** Table → last month returned (first day). */
    covered: ReadonlyMap<string, string>;
    pack: Pick<RulePack, 'views'>;
    content: MunicipalContent;
  },
): Readiness {
  const names = [...closure(rule.reads, known.pack.views)].map(tableOf);
  const tables = [...new Set(names)].filter((name) => known.content.tables.has(name));
  const missing = tables.filter(
    (table) => !known.covered.has(table) && !rule.optional.includes(table),
  );
  if (missing.length > 0) {
    const titles = missing.map((table) => known.content.tables.get(table)?.title ?? table);
    return { kind: 'not_ready', reason: `缺少${titles.join('、')}的回流数据，缺数据不等于违规` };
  }
  const months = tables.flatMap((table) => known.covered.get(table) ?? []).sort();
  return { kind: 'ready', watermark: months[0] ?? '9999-12-01' };
}

/** Says which dated values the rule needs have no value yet; null when all have. */
export function emptyParams(rule: RuleDef, pack: RulePack): string | null {
  const empty = [...closure(rule.reads, pack.views)].flatMap((name) => {
    const param = pack.params.get(name);
    return param !== undefined && param.rows.length === 0 ? [param.title] : [];
  });
  return empty.length === 0 ? null : `政策参数没有取值：${empty.join('、')}，请按文件填入后再运行`;
}
