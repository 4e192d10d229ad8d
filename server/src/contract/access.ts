/** Name of a right (权限), `area.verb`, as listed in `content/base/access/permissions.yaml`. */
export type Permission = string;

/**
 * Whose data somebody may see (数据范围): agencies of the tree, insurances, and whether personal
 * fields may be asked for in plain form one at a time.
 */
export interface DataScope {
  /** Agency codes, children already included; `all` is the whole city. */
  readonly agencies: readonly string[] | 'all';
  /** Insurance codes (险种, AAE140). */
  readonly insurances: readonly string[] | 'all';
  /** May unmask a field of a person, with a purpose (each time audited). */
  readonly unmask: boolean;
}

/** Who acts: a signed-in person, or the operator of this machine at the command line. */
export interface Principal {
  /** Account number; null for the command line and for tokens without a person. */
  readonly accountId: string | null;
  /** Name in the audit log: `user:<login>`, `cli:<account>`, `app:<id>`. */
  readonly actor: string;
  /** Name shown to people (姓名). */
  readonly name: string;
  readonly department: string | null;
  readonly roles: readonly string[];
  readonly permissions: ReadonlySet<Permission>;
  readonly scope: DataScope;
  /** Operator number in the province's systems (经办人编号), for 回避; null where there is none. */
  readonly operatorId: string | null;
  readonly sessionId: string | null;
}

/** The whole city, for work that belongs to nobody: pipelines, migrations, the command line. */
export const WHOLE_CITY: DataScope = { agencies: 'all', insurances: 'all', unmask: false };
