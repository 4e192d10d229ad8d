import type { AccessPolicy } from './policy.ts';

/** The permission matrix (权限矩阵): which role may do what. */
export interface PermissionMatrix {
  readonly roles: readonly { readonly role: string; readonly title: string }[];
  readonly rows: readonly {
    readonly permission: string;
    readonly title: string;
    readonly sensitive: boolean;
    /** Roles that hold it, in the order of `roles`. */
    readonly roles: readonly string[];
  }[];
}

/** Lays out rights against roles, in the order content lists them. */
export function permissionMatrix({ permissions, roles }: AccessPolicy): PermissionMatrix {
  return {
    roles: [...roles].map(([role, { title }]) => ({ role, title })),
    rows: [...permissions].map(([permission, { title, sensitive }]) => ({
      ...{ permission, title, sensitive },
      roles: [...roles]
        .filter(([, def]) => def.permissions.includes(permission))
        .map(([role]) => role),
    })),
  };
}

/** Writes the matrix as CSV for a spreadsheet: one line a right, one column a role. */
export function matrixCsv(matrix: PermissionMatrix): string {
  const head = ['权限', '含义', '须第二因素', ...matrix.roles.map(({ title }) => title)];
  const lines = matrix.rows.map((row) => [
    ...[row.permission, row.title, row.sensitive ? '是' : ''],
    ...matrix.roles.map(({ role }) => (row.roles.includes(role) ? '有' : '')),
  ]);
  // The mark at the beginning makes spreadsheets read it as UTF-8.
  return `\ufeff${[head, ...lines].map((cells) => cells.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

function csvCell(text: string): string {
  // A leading sign would be calculated by a spreadsheet.
  const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
