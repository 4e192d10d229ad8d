export { type AnswerCache, answerCache } from './answer-cache.ts';
export { type ChannelReport, reportChannels } from './compare/channel-shares.ts';
export { type CompareRequest, type Comparison, compareGroups } from './compare/compare-groups.ts';
export { type ConformanceReport, checkConformance } from './conform/check-conformance.ts';
export { deviationFindings } from './conform/deviation-findings.ts';
export { loadProcessContent } from './content/load-process-content.ts';
export type {
  DeviationKind,
  ProcessContent,
  ProcessDef,
  TimeLimit,
} from './content/process-content.ts';
export type { Abstraction, AbstractionLevel } from './discover/abstraction.ts';
export { type CaseStep, caseHistory } from './discover/case-history.ts';
export { type HandoverReport, reportHandover } from './discover/handover.ts';
export { type CasePage, type CaseRow, listCases, titleOf } from './discover/list-cases.ts';
export { type MapRequest, type ProcessMap, processMap } from './discover/process-map.ts';
export { type ReworkReport, reportRework } from './discover/rework.ts';
export type { Clock as MapClock } from './discover/times-sql.ts';
export { listVariants, type Variant, type VariantPage } from './discover/variants.ts';
export { reportWaiting, type WaitingReport } from './discover/waiting.ts';
export * from './errors.ts';
export { type Filter, filterKey } from './filter/filter.ts';
export { findLog, listLogs } from './log/find-log.ts';
export { type ImportRequest, importLog } from './log/import-log.ts';
export { type LogStore, openLogStore } from './log/log-store.ts';
export { processMigrations } from './migrations.ts';
export { DEFAULT_NOISE, discoverModel, type ProcessModel } from './mine/discover-model.ts';
export type { ProcessTree } from './mine/process-tree.ts';
export {
  CITY_LOG,
  type ImportReport,
  type LogInfo,
  type LogQuestion,
  type Times,
} from './model.ts';
export { roleText } from './read/column-roles.ts';
export type { FormatName } from './read/stage-source.ts';
export {
  type LateCase,
  type LatePage,
  type LateState,
  lateCases,
  showLateCases,
} from './time/late-cases.ts';
export { type LateReminders, lateReminders } from './time/late-reminders.ts';
export type { ProcessWorld } from './world.ts';
export { type ExportReport, exportLog } from './write/export-log.ts';
