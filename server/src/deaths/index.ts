export {
  type AppAlgorithm,
  addApp,
  type IssuedKey,
  listApps,
  revoke,
  rotateKey,
} from './apps/index.ts';
export { afterReports } from './compare/after-reports.ts';
export {
  listComparisons,
  type RegistryStatus,
  type RunTarget,
  readRunTarget,
  readStatus,
  type ShownRun,
} from './compare/list-runs.ts';
export { type ComparisonReport, runComparison } from './compare/run-comparison.ts';
export { takePackages } from './compare/take-packages.ts';
export { confirmOpinion, giveOpinion, type Opinion } from './conflicts/decide-case.ts';
export { type CaseStep, findCase, listCases, type ShownCase } from './conflicts/list-cases.ts';
export { type Letter, writeLetter } from './conflicts/write-letter.ts';
export { listLetters, loadInterfaces, replayLetter } from './connectors/index.ts';
export { type DeathsPack, loadDeathsPack, type SourceKind } from './content/index.ts';
export { type CustodyRecord, findCustody } from './custody/find-custody.ts';
export {
  type CustodyQuery,
  findCustodyKey,
  listCustody,
  type ShownCustody,
  searchCustody,
} from './custody/list-custody.ts';
export {
  type ImportReport,
  importList,
  type ListPreview,
  MOST_BYTES as MOST_LIST_BYTES,
  previewList,
} from './file-drop/index.ts';
export { listAlarms, showBoard } from './freshness/index.ts';
export {
  addressRefused,
  appRefused,
  BODY_LIMIT_BYTES,
  clockOutside,
  describeOpenApi,
  listDeadLetters,
  type Receipt,
  replayDeadLetter,
  type Subject,
  signatureWrong,
  tooFast,
} from './inbound/index.ts';
export { type InquiryWorld, inquire } from './inquiry/inquire.ts';
export {
  listInquiries,
  listQueried,
  type QueriedDepartment,
  type ShownInquiry,
} from './inquiry/list-inquiries.ts';
export { deathsMigrations } from './migrations.ts';
export type { CustodyReport, DeathReport, ReportChannel, ReportKind } from './model.ts';
export { type Interfaces, openInterfaces } from './open-interfaces.ts';
export type { Asker } from './registry/audit.ts';
export { type DeathRecord, findDeath, type ShownReport } from './registry/find-death.ts';
export {
  type DecisionEvent,
  evidenceKey,
  foldPerson,
  type PersonState,
  type RegistryEvent,
  type Statement,
} from './registry/fold.ts';
export { readIdNumber, subjectOfId } from './registry/identity.ts';
export {
  type DeathsQuery,
  findRecordKey,
  listDeaths,
  type ShownDeath,
  searchDeaths,
} from './registry/list-deaths.ts';
export { listRequests, type ShownRequest } from './registry/list-requests.ts';
export { mayContact, type NoContact } from './registry/may-contact.ts';
export {
  askRegistration,
  askVoid,
  decideRequest,
  type Registration,
} from './registry/requests.ts';
export { openReport, type TakenIn, takeIn, takeInCustody } from './registry/take-in.ts';
export type { Action as SpdciAction } from './spdci/index.ts';
export type { DeathsWorld } from './world.ts';
