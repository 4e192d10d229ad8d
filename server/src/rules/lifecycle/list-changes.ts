import type { Selectable } from 'kysely';
import type { RulesTables } from '../register/tables.ts';
import type { RulesWorld } from '../world.ts';

export type RuleChange = Selectable<RulesTables['rule_change']>;

/** Lists requested and decided changes (规则变更), the newest first. */
export async function listChanges(
  { db }: RulesWorld,
  filter: {
    readonly rule?: string;
    readonly state?: RuleChange['state'];
    readonly offset: number;
    readonly limit: number;
  },
): Promise<{ rows: RuleChange[]; total: number }> {
  const query = db
    .selectFrom('rule_change')
    .$if(filter.rule !== undefined, (all) => all.where('rule_id', '=', filter.rule as string))
    .$if(filter.state !== undefined, (all) =>
      all.where('state', '=', filter.state as RuleChange['state']),
    );
  const rows = await query
    .selectAll()
    .orderBy('change_no', 'desc')
    .offset(filter.offset)
    .limit(filter.limit)
    .execute();
  const counted = await query.select((of) => of.fn.countAll<bigint>().as('n')).executeTakeFirst();
  return { rows, total: Number(counted?.n ?? 0n) };
}

export type WhitelistRow = Selectable<RulesTables['rule_whitelist']>;

/** Lists the whitelist (白名单) with documents and ends, the newest first. */
export async function listWhitelist(
  { db }: RulesWorld,
  filter: { readonly rule?: string; readonly offset: number; readonly limit: number },
): Promise<{ rows: WhitelistRow[]; total: number }> {
  const query = db
    .selectFrom('rule_whitelist')
    .$if(filter.rule !== undefined, (all) =>
      all.where('rule_id', 'in', [filter.rule as string, '*']),
    );
  const rows = await query
    .selectAll()
    .orderBy('whitelist_no', 'desc')
    .offset(filter.offset)
    .limit(filter.limit)
    .execute();
  const counted = await query.select((of) => of.fn.countAll<bigint>().as('n')).executeTakeFirst();
  return { rows, total: Number(counted?.n ?? 0n) };
}
