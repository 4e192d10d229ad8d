import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Static, TObject } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { parseDocument } from 'yaml';
import { accessContentInvalid } from './errors.ts';
import {
  type AccessPolicy,
  ADMINISTRATORS,
  LimitFile,
  PermissionFile,
  RoleFile,
} from './policy.ts';

/** A right that ends here is no right of administrators: they have no business data (R17). */
const ADMINISTRATIVE = ['accounts', 'audit', 'docs', 'interfaces', 'jobs', 'system'];

/**
 * Loads rights, roles and limits from `access/` below the content roots; a later root's entry
 * replaces an earlier one of the same name. Everything wrong is told at once.
 * @throws SECURITY_ACCESS_CONTENT_INVALID
 */
export function loadAccessPolicy(roots: readonly string[]): AccessPolicy {
  const problems: string[] = [];
  const permissions = new Map<string, Static<typeof PermissionFile>['permissions'][string]>();
  const roles = new Map<string, Static<typeof RoleFile>['roles'][string]>();
  let limits: Static<typeof LimitFile> | null = null;
  for (const root of roots) {
    const at = (name: string) => join(root, 'access', name);
    const given = readYaml(PermissionFile, at('permissions.yaml'), problems);
    for (const [name, def] of Object.entries(given?.permissions ?? {})) permissions.set(name, def);
    const named = readYaml(RoleFile, at('roles.yaml'), problems);
    for (const [name, def] of Object.entries(named?.roles ?? {})) roles.set(name, def);
    limits = readYaml(LimitFile, at('limits.yaml'), problems) ?? limits;
  }
  if (limits === null && problems.length === 0) problems.push('缺少 access/limits.yaml');
  for (const [role, def] of roles) problems.push(...roleProblems(role, def, permissions));
  for (const name of ADMINISTRATORS) {
    if (roles.get(name)?.exclusive !== true) problems.push(`角色 ${name} 必须有且标明 exclusive`);
  }
  if (limits !== null) problems.push(...limitProblems(limits));
  if (problems.length > 0 || limits === null) throw accessContentInvalid({ problems });
  return {
    permissions: new Map(
      [...permissions].map(([name, { title, sensitive }]) => [
        name,
        { title, sensitive: sensitive ?? false },
      ]),
    ),
    roles: new Map(
      [...roles].map(([name, { title, exclusive, permissions: held }]) => [
        name,
        { title, exclusive: exclusive ?? false, permissions: held },
      ]),
    ),
    limits,
  };
}

function readYaml<T extends TObject>(
  schema: T,
  file: string,
  problems: string[],
): Static<T> | null {
  if (!existsSync(file)) return null;
  const document = parseDocument(readFileSync(file, 'utf8'));
  if (document.errors.length > 0) {
    problems.push(...document.errors.map((error) => `${file}：${error.code}`));
    return null;
  }
  const data: unknown = document.toJS();
  if (Check(schema, data)) return data;
  for (const error of Errors(schema, data)) {
    problems.push(`${file} 的 ${error.instancePath || '/'}：${error.message}`);
  }
  return null;
}

function roleProblems(
  role: string,
  def: Static<typeof RoleFile>['roles'][string],
  permissions: ReadonlyMap<string, unknown>,
): string[] {
  const problems = def.permissions
    .filter((name) => !permissions.has(name))
    .map((name) => `角色 ${role} 用了没有的权限 ${name}`);
  if (new Set(def.permissions).size < def.permissions.length) {
    problems.push(`角色 ${role} 的权限有重复`);
  }
  const separate = ADMINISTRATORS.some((name) => name === role);
  if (separate !== (def.exclusive ?? false)) {
    problems.push(`角色 ${role}：只有三员（${ADMINISTRATORS.join('、')}）可以且必须标明 exclusive`);
  }
  const business = def.permissions.filter(
    (name) => separate && !ADMINISTRATIVE.includes(name.split('.')[0] ?? ''),
  );
  if (business.length > 0) problems.push(`角色 ${role} 不得有业务权限 ${business.join('、')}`);
  return problems;
}

function limitProblems({ login, queries, administrators }: Static<typeof LimitFile>): string[] {
  const problems: string[] = [];
  if (login.lock_failures < login.free_failures) {
    problems.push('limits.yaml：lock_failures 不能小于 free_failures');
  }
  if (queries.persons_per_day < queries.persons_per_hour) {
    problems.push('limits.yaml：persons_per_day 不能小于 persons_per_hour');
  }
  const [from = '', to = ''] = queries.work_hours;
  if (from >= to) problems.push('limits.yaml：work_hours 的起止时间颠倒');
  for (const entry of administrators.addresses) {
    const [address = '', prefix = '0'] = entry.split('/');
    const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > most) {
      problems.push(`limits.yaml：administrators.addresses 的 ${entry} 不是地址或网段`);
    }
  }
  return problems;
}
