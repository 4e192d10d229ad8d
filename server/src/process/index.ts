export { type AnswerCache, answerCache } from './answer-cache.ts';
export { loadProcessContent } from './content/load-process-content.ts';
export type { ProcessContent, ProcessDef, TimeLimit } from './content/process-content.ts';
export type { Abstraction, AbstractionLevel } from './discover/abstraction.ts';
export { type MapRequest, type ProcessMap, processMap } from './discover/process-map.ts';
export type { Clock as MapClock } from './discover/times-sql.ts';
export { listVariants, type Variant, type VariantPage } from './discover/variants.ts';
export * from './errors.ts';
export { type Filter, filterKey } from './filter/filter.ts';
export { findLog, listLogs } from './log/find-log.ts';
export { type ImportRequest, importLog } from './log/import-log.ts';
export { type LogStore, openLogStore } from './log/log-store.ts';
export { processMigrations } from './migrations.ts';
export {
  CITY_LOG,
  type ImportReport,
  type LogInfo,
  type LogQuestion,
  type Times,
} from './model.ts';
export type { FormatName } from './read/stage-source.ts';
export type { ProcessWorld } from './world.ts';
