export { accessContentInvalid, accessTampered, quotaExceeded } from './errors.ts';
export { loadAccessPolicy } from './load-policy.ts';
export { accessMigrations } from './migrations.ts';
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
export { forWholeCity, scopedTable, withinScope } from './scoped.ts';
