import { sql } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { whoIs, worksForCity } from '../access.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { type CaseFilter, conditions } from './list-cases.ts';
import { newestData } from './newest-data.ts';

interface TodoCounts {
  readonly count: number;
  readonly overdue: number;
  readonly today: number;
  readonly week: number;
}

/** One kind of thing to do on the workbench, and how much of it presses. */
export interface TodoLine extends TodoCounts {
  readonly kind: string;
  readonly title: string;
  /** What the inbox shows when it is opened. */
  readonly filter: CaseFilter;
}

type TodoKind = Omit<TodoLine, keyof TodoCounts> & { readonly right: string };

const MINE: CaseFilter = { assignee: 'me', states: ['assigned', 'verifying'] };
const FREE: CaseFilter = { assignee: 'none', states: ['new', 'assigned'], snoozed: false };
const UNASSIGNED: CaseFilter = { states: ['new'], snoozed: false };

function todoKinds(principal: Principal): readonly TodoKind[] {
  const tier = worksForCity(principal) ? {} : ({ tier: 'county' } as const);
  const free = { ...tier, ...FREE };
  const state = (each: 'concluded' | 'disposing' | 'recovering' | 'closing'): CaseFilter => ({
    states: [each],
  });
  return [
    { kind: 'mine', title: '我承办的核查', right: 'alerts.verify', filter: MINE },
    { kind: 'free', title: '可领取的疑点', right: 'alerts.verify', filter: free },
    { kind: 'assign', title: '待派发', right: 'alerts.assign', filter: UNASSIGNED },
    { kind: 'review', title: '待复核', right: 'alerts.review', filter: state('concluded') },
    { kind: 'dispose', title: '处置中', right: 'alerts.dispose', filter: state('disposing') },
    { kind: 'recover', title: '追回中', right: 'recovery.read', filter: state('recovering') },
    { kind: 'close', title: '待销号', right: 'alerts.close', filter: state('closing') },
  ];
}

/** What waits for whoever signs in (工作台待办), by kind, with overdue, due today and within 7 days. */
export async function workbench(world: AlertsWorld, principal: Principal) {
  const today = shanghaiDay(world.clock.now());
  const wanted = todoKinds(principal).filter(({ right }) => principal.permissions.has(right));
  return withinScope(world.db, principal.scope, async (db) => {
    const todo: TodoLine[] = [];
    for (const { right: _, ...line } of wanted) {
      todo.push({ ...line, ...(await countTodo(db, principal, line, today)) });
    }
    const my_month = await monthOf(db, principal, today);
    return { today, as_of: await newestData(db), todo, my_month };
  });
}

async function countTodo(
  db: AlertsTransaction,
  principal: Principal,
  { kind, filter }: Pick<TodoLine, 'kind' | 'filter'>,
  today: string,
): Promise<TodoCounts> {
  const where = sql.join(conditions(principal, filter, today), sql` and `);
  // Nobody reviews their own conclusion, so it is no todo of theirs.
  const others = kind === 'review' ? sql`c.concluded_by <> ${whoIs(principal)}` : sql`true`;
  const { rows } = await sql<TodoCounts>`select
        cast(count(*) as integer) as count,
        cast(count(*) filter (where c.due_on < ${today}) as integer) as overdue,
        cast(count(*) filter (where c.due_on = ${today}) as integer) as today,
        cast(count(*) filter (where c.due_on between ${today}::date and ${today}::date + 7) as integer) as week
      from alert_case c where ${where} and ${others}`.execute(db);
  return rows[0] ?? { count: 0, overdue: 0, today: 0, week: 0 };
}

/** What the reader has done since the month began. */
async function monthOf(db: AlertsTransaction, principal: Principal, today: string) {
  const month = `${today.slice(0, 7)}-01`;
  const { rows } = await sql<{ concluded: number; reviewed: number; closed: number }>`select
        cast(count(*) filter (where s.action = 'conclude') as integer) as concluded,
        cast(count(*) filter (where s.action in ('pass', 'refuse')) as integer) as reviewed,
        cast(count(*) filter (where s.action = 'close') as integer) as closed
      from alert_step s where s.actor = ${whoIs(principal)} and s.at >= ${month}::date`.execute(db);
  return rows[0] ?? { concluded: 0, reviewed: 0, closed: 0 };
}
