export { accessContentInvalid, accessTampered, quotaExceeded } from './errors.ts';
export { loadAccessPolicy } from './load-policy.ts';
export { accessMigrations } from './migrations.ts';
export { matrixCsv, type PermissionMatrix, permissionMatrix } from './permission-matrix.ts';
export {
  type AccessLimits,
  type AccessPolicy,
  ADMINISTRATORS,
  dutyOf,
  needsSecondFactor,
  type PermissionDef,
  permissionsOf,
  type RoleDef,
} from './policy.ts';
export { ALARM_KINDS, type AlarmKind, handleAlarm, listAlarms } from './queries/alarms.ts';
export { checkPersonQuota } from './queries/check-person-quota.ts';
export { forWholeCity, scopedTable, withinScope } from './scoped.ts';
export {
  findScreenPrincipal,
  issueScreenToken,
  listScreenTokens,
  revokeScreenToken,
  type ScreenToken,
} from './screen/screen-tokens.ts';
