import type { Principal } from '../../contract/index.ts';
import { inputRefused } from '../errors.ts';
import type { AlertsWorld, Colleague } from '../world.ts';

/** Somebody as a page offers them. */
export type Assignable = Pick<Colleague, 'account' | 'login' | 'name' | 'department'>;

/** Lists the people within whose scope some of the asker's cases may lie, by department and name. */
export async function listAssignable(
  world: AlertsWorld,
  principal: Principal,
): Promise<readonly Assignable[]> {
  const { agencies } = principal.scope;
  const all = await world.listColleagues();
  return all
    .filter((each) => agencies === 'all' || agencies.some((agency) => covers(each, agency)))
    .map(({ account, login, name, department }) => ({ account, login, name, department }))
    .sort((a, b) => order(a).localeCompare(order(b), 'zh'));
}

/** Whether somebody may see cases of an agency at all. */
export function covers({ agencies }: Colleague, agency: string): boolean {
  return agencies.includes('*') || agencies.includes(agency);
}

/**
 * Finds whom a case is given to, by account or login: a name typed wrong must not make a case
 * vanish from everybody's desk.
 * @throws ALERTS_INPUT_REFUSED
 */
export async function findColleague(world: AlertsWorld, given: string): Promise<Colleague> {
  const wanted = given.trim().replace(/^user:/, '');
  const found = (await world.listColleagues()).find(
    ({ account, login }) => account === wanted || login === wanted,
  );
  if (found === undefined) {
    throw inputRefused({ what: '没有这个承办人，或其没有核查权限。请从名单中选择。' });
  }
  return found;
}

const order = ({ department, name }: Assignable): string => `${department ?? ''} ${name}`;
