import {
  type DataScope,
  type Permission,
  type Principal,
  WHOLE_CITY,
} from '../../../contract/index.ts';

/** Somebody with these rights, for tests. */
export function principalOf(
  actor: string,
  permissions: readonly Permission[],
  scope: DataScope = WHOLE_CITY,
): Principal {
  return {
    ...{ accountId: actor, actor, name: actor, department: null, roles: [] },
    ...{ permissions: new Set(permissions), scope, operatorId: null, sessionId: null },
  };
}
