import type { Colleague } from '../alerts/index.ts';
import { shanghaiDay } from '../kernel/index.ts';
import type { IdentityWorld } from '../security/index.ts';
import type { PostgresEngine } from '../store/index.ts';

/** Right of those cases are given to. */
const VERIFIES = 'alerts.verify';

/** Everybody in office with a grant in force that lets them verify cases, and whose cases they see. */
export async function listColleagues(
  { pool }: PostgresEngine,
  { policy, clock }: Pick<IdentityWorld, 'policy' | 'clock'>,
): Promise<readonly Colleague[]> {
  const roles = [...policy.roles].flatMap(([role, { permissions }]) =>
    permissions.includes(VERIFIES) ? [role] : [],
  );
  const { rows } = await pool.query<Colleague>(
    `select a.account_id as account, a.login, a.name, a.department, array_agg(distinct agency) as agencies
     from identity_account a
     join identity_grant g on g.account_id = a.account_id
     cross join lateral unnest(g.agencies) as agency
     where a.state = 'active' and g.state = 'confirmed' and g.valid_to >= $1 and g.role = any($2)
     group by a.account_id, a.login, a.name, a.department order by a.name`,
    [shanghaiDay(clock.now()), roles],
  );
  return rows;
}

/** Relatives an account has declared, for standing back from their matters (回避). */
export async function relativesOf(
  { pool }: PostgresEngine,
  id: string,
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ relatives: string[] }>(
    'select relatives from identity_account where account_id = $1',
    [id],
  );
  return rows[0]?.relatives ?? [];
}
