import type { DataScope, Principal } from '../../contract/index.ts';
import { logUnknown } from '../errors.ts';
import { caseCondition } from '../filter/filter-sql.ts';
import { CITY_LOG, type LogInfo, type PreparedLog } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { cityLog } from './city-log.ts';
import { readRegister } from './register.ts';

/**
 * Finds a log by name, the city's own for null. A log without agencies is the whole city's: to
 * somebody whose scope is a county it does not exist.
 * @throws PROCESS_LOG_UNKNOWN
 */
export async function findLog(
  world: ProcessWorld,
  scope: DataScope,
  name: string | null,
): Promise<PreparedLog> {
  if (name === null || name === CITY_LOG) return cityLog(world);
  const found = (await visibleLogs(world, scope)).find((log) => log.info.log === name);
  if (found === undefined) throw logUnknown({ log: name });
  return found;
}

/** Lists the logs one may look at with the cases one may see in them, the city's own first (日志清单). */
export async function listLogs(world: ProcessWorld, principal: Principal): Promise<LogInfo[]> {
  const own = await cityLog(world);
  const others = await visibleLogs(world, principal.scope);
  const logs = [own, ...others.filter(({ info }) => info.log !== CITY_LOG)];
  if (principal.scope.agencies === 'all') return logs.map(({ info }) => info);
  const engine = await world.logs.engine();
  return engine.read(async (session) => {
    const seen: LogInfo[] = [];
    for (const log of logs) {
      const { sql, params } = caseCondition(log.at, principal.scope, []);
      const row = await session.first<Record<'cases' | 'events' | 'variants', bigint>>(
        `select count(*) as cases, coalesce(sum(c.events), 0)::BIGINT as events, count(distinct c.variant) as variants
         from ${log.at}.cases c where ${sql}`,
        params,
      );
      const count = (name: 'cases' | 'events' | 'variants'): number => Number(row?.[name] ?? 0n);
      const mine = { cases: count('cases'), events: count('events'), variants: count('variants') };
      seen.push({ ...log.info, ...mine });
    }
    return seen;
  });
}

async function visibleLogs(world: ProcessWorld, scope: DataScope): Promise<PreparedLog[]> {
  const engine = await world.logs.engine();
  return engine.read(async (session) => {
    const logs = await readRegister(session);
    if (scope.agencies === 'all') return logs;
    const seen: PreparedLog[] = [];
    for (const log of logs) {
      const mine = await session.first(
        `select 1 as found from ${log.at}.cases where agency = any($agencies::VARCHAR[]) limit 1`,
        { agencies: scope.agencies },
      );
      if (mine !== undefined) seen.push(log);
    }
    return seen;
  });
}
