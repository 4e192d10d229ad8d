import { type Static, Type } from 'typebox';
import type { Permission } from '../../contract/index.ts';

const Text = Type.String({ minLength: 1 });
const Count = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const closed = { additionalProperties: false } as const;
const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });

export const PermissionFile = Type.Object(
  {
    permissions: Type.Record(
      Type.String({ pattern: '^[a-z]+\\.[a-z_]+$' }),
      Type.Object({ title: Text, sensitive: Type.Optional(Type.Boolean()) }, closed),
      closed,
    ),
  },
  closed,
);

export const RoleFile = Type.Object(
  {
    roles: Type.Record(
      Type.String({ pattern: '^[a-z_]+$' }),
      Type.Object(
        {
          title: Text,
          exclusive: Type.Optional(Type.Boolean()),
          permissions: Type.Array(Text, { minItems: 1 }),
        },
        closed,
      ),
      closed,
    ),
  },
  closed,
);

/** Bounds keep a slip of the pen from switching a safeguard off. */
export const LimitFile = Type.Object(
  {
    session: Type.Object(
      {
        idle_minutes: Count(1, 60),
        absolute_hours: Count(1, 24),
        concurrent: Count(1, 5),
        step_up_minutes: Count(1, 15),
      },
      closed,
    ),
    login: Type.Object(
      {
        window_minutes: Count(5, 120),
        free_failures: Count(1, 10),
        lock_failures: Count(3, 50),
        lock_minutes: Count(5, 1_440),
        longest_delay_seconds: Count(0, 15),
        address_failures: Count(5, 1_000),
        account_failures: Count(10, 1_000),
        known_address_days: Count(1, 90),
      },
      closed,
    ),
    accounts: Type.Object(
      {
        unused_days: Count(30, 180),
        invitation_hours: Count(1, 72),
        external_days: Count(1, 30),
      },
      closed,
    ),
    grants: Type.Object({ longest_days: Count(1, 732) }, closed),
    queries: Type.Object(
      {
        persons_per_hour: Count(1, 1_000),
        persons_per_day: Count(1, 5_000),
        sequential: Count(3, 100),
        work_hours: Type.Array(Clock, { minItems: 2, maxItems: 2 }),
      },
      closed,
    ),
    screen: Type.Object({ token_days: Count(1, 366) }, closed),
    audit: Type.Object({ online_months: Count(6, 120) }, closed),
    administrators: Type.Object({ addresses: Type.Array(Text) }, closed),
  },
  closed,
);

/** Limits of sign-in, sessions, grants and queries (限度). */
export type AccessLimits = Static<typeof LimitFile>;

export interface PermissionDef {
  readonly title: string;
  /** Only with a second factor may somebody sign in who holds it. */
  readonly sensitive: boolean;
}

export interface RoleDef {
  readonly title: string;
  /** One of the three administrators (三员): no other role beside it. */
  readonly exclusive: boolean;
  readonly permissions: readonly Permission[];
}

/** Rights, roles and limits as content states them. */
export interface AccessPolicy {
  readonly permissions: ReadonlyMap<Permission, PermissionDef>;
  readonly roles: ReadonlyMap<string, RoleDef>;
  readonly limits: AccessLimits;
}

/**
 * The three administrators, whose separation the database enforces too (三员分立).
 * @source GB/T 22239-2019 8.1.5
 */
export const ADMINISTRATORS = ['system_admin', 'security_admin', 'audit_admin'] as const;

/** What an account may be used for: one of the administrators' duties or business, never two. */
export type Duty = (typeof ADMINISTRATORS)[number] | 'business';

/** Finds the duty a role belongs to. */
export function dutyOf(role: string): Duty {
  return ADMINISTRATORS.find((name) => name === role) ?? 'business';
}

/** Collects the rights of roles; roles that content no longer knows give none. */
export function permissionsOf(
  policy: AccessPolicy,
  roles: readonly string[],
): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role) => policy.roles.get(role)?.permissions ?? []));
}

/** Tells whether somebody with these rights must sign in with a second factor (R07). */
export function needsSecondFactor(
  policy: AccessPolicy,
  permissions: ReadonlySet<Permission>,
): boolean {
  return [...permissions].some((name) => policy.permissions.get(name)?.sensitive === true);
}
