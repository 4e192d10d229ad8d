import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadAccessPolicy } from './load-policy.ts';
import { matrixCsv, permissionMatrix } from './permission-matrix.ts';
import { ADMINISTRATORS, needsSecondFactor, permissionsOf } from './policy.ts';

const BASE = join(import.meta.dirname, '../../../../content/base');
const dir = mkdtempSync(join(tmpdir(), 'policy-'));
after(() => rmSync(dir, { recursive: true }));
let overlays = 0;

function overlay(file: string, text: string): string[] {
  overlays += 1;
  const root = join(dir, String(overlays));
  mkdirSync(join(root, 'access'), { recursive: true });
  writeFileSync(join(root, 'access', file), text);
  return [BASE, root];
}

function problemsOf(roots: readonly string[]): readonly string[] {
  try {
    loadAccessPolicy(roots);
  } catch (error) {
    return (error as { details: { problems: string[] } }).details.problems;
  }
  return [];
}

test('the three administrators hold no business right, and every role only rights there are', () => {
  const policy = loadAccessPolicy([BASE]);
  for (const name of ADMINISTRATORS) {
    const held = policy.roles.get(name)?.permissions ?? [];
    assert.equal(
      held.some((right) => /^(dossier|alerts|exports|deaths|feed)\./.test(right)),
      false,
    );
  }
  const auditors = [...policy.roles].filter(([, { permissions }]) =>
    permissions.includes('audit.read'),
  );
  assert.deepEqual(
    auditors.map(([role]) => role),
    ['audit_admin'],
    'R51',
  );
});

test('who requests grants cannot confirm them, whatever role they hold', () => {
  const { roles } = loadAccessPolicy([BASE]);
  for (const [role, { permissions }] of roles) {
    const both = ['accounts.write', 'accounts.confirm'].every((name) => permissions.includes(name));
    assert.equal(both, false, role);
  }
});

test('everything wrong in the files is told at once', () => {
  const roots = overlay(
    'roles.yaml',
    `roles:
  clerk: { title: 办事员, permissions: [dossier.read, nothing.there, dossier.read] }
  boss: { title: 老板, exclusive: true, permissions: [dossier.read] }
  system_admin: { title: 系统, exclusive: true, permissions: [accounts.write, dossier.read] }
`,
  );
  const problems = problemsOf(roots).join('\n');
  for (const part of [
    'nothing.there',
    '重复',
    'boss',
    'system_admin 不得有业务权限 dossier.read',
  ]) {
    assert.ok(problems.includes(part), `${part} in ${problems}`);
  }
});

test('files of the wrong form, and limits that would switch a safeguard off, stop the start', () => {
  for (const [file, text] of [
    ['roles.yaml', 'roles: [a]'],
    ['roles.yaml', 'roles: {a: {title: A, permissions: [docs.read], extra: 1}}'],
    ['roles.yaml', 'roles: {a: {title: A'],
    ['permissions.yaml', 'permissions: {NotAName: {title: A}}'],
    ['limits.yaml', 'session: {}'],
  ] as const) {
    assert.ok(problemsOf(overlay(file, text)).length > 0, text);
  }
  assert.ok(problemsOf([dir]).length > 0, 'no file at all');
});

test('an overlay replaces a role of the base and leaves the others', () => {
  const roots = overlay(
    'roles.yaml',
    'roles: { leader: { title: 局领导, permissions: [screen.read] } }',
  );
  const policy = loadAccessPolicy(roots);
  assert.deepEqual([...permissionsOf(policy, ['leader'])], ['screen.read']);
  assert.ok(permissionsOf(policy, ['inspector']).has('alerts.verify'));
  assert.deepEqual([...permissionsOf(policy, ['unknown'])], []);
});

test('whoever may see unmasked data or administers needs a second factor', () => {
  const policy = loadAccessPolicy([BASE]);
  const needs = (role: string) => needsSecondFactor(policy, permissionsOf(policy, [role]));
  const plain = ['inspector', 'controller', 'benefit_officer', 'supervisor'];
  for (const role of [...ADMINISTRATORS, ...plain]) {
    assert.equal(needs(role), true, role);
  }
  for (const role of [
    'window_clerk',
    'county_officer',
    'county_reviewer',
    'leader',
    'fund_officer',
  ]) {
    assert.equal(needs(role), false, role);
  }
});

test('the matrix names each right once with its roles; as CSV no cell is calculated', () => {
  const policy = loadAccessPolicy([BASE]);
  const matrix = permissionMatrix(policy);
  assert.equal(matrix.rows.length, policy.permissions.size);
  const read = matrix.rows.find(({ permission }) => permission === 'audit.read');
  assert.deepEqual([read?.roles, read?.sensitive], [['audit_admin'], true]);
  const lines = matrixCsv(matrix).trimEnd().split('\r\n');
  assert.equal(lines.length, matrix.rows.length + 1);
  const hostile = { ...matrix, roles: [{ role: 'x', title: '=1+1' }], rows: [] };
  assert.match(matrixCsv(hostile), /,'=1\+1\r\n$/);
});
