import { sql } from 'kysely';
import { type DataScope, WHOLE_CITY } from '../../contract/index.ts';
import { type BoardRow, type BoardWorld, showBoard } from './board.ts';

/** Failures in a row of one kind before somebody is told. */
const SIGNATURE_FAILURES = 5;

/** Something about an interface that a person should look at (接口告警). */
export interface InterfaceAlarm {
  readonly alarm_no: string;
  readonly interface_id: string;
  readonly kind: string;
  readonly detail: string;
  readonly opened_at: string;
}

/** What is wrong with an interface as it stands; each lasts until it is no longer so. */
function troublesOf(row: BoardRow): ReadonlyMap<string, string> {
  const troubles = new Map<string, string>();
  if (row.state === 'ended') return troubles;
  if (row.state === 'silent') troubles.set('silent', '超过约定时间没有收到任何数据，请与对方核实');
  if (row.state === 'held')
    troubles.set('breaker_open', `连续失败，已暂停呼叫：${row.last_failure ?? ''}`);
  const isKey = row.last_failure_kind === 'signature' || row.last_failure_kind === 'secret';
  if (isKey && row.failures_in_row >= SIGNATURE_FAILURES) {
    troubles.set(
      'signature',
      `签名或密钥连续 ${SIGNATURE_FAILURES} 次以上不符，请核对密钥或排查冒用`,
    );
  }
  if (row.dead_letters > 0)
    troubles.set('dead_letter', '有报送未能处理，等待人工查看原因后重新处理');
  return troubles;
}

const LASTING = ['silent', 'breaker_open', 'signature', 'dead_letter'];

/** Opens alarms for what is wrong now and closes those that no longer hold. */
export async function updateAlarms(world: BoardWorld): Promise<void> {
  const now = world.clock.now().toISOString();
  for (const row of await showBoard(world, WHOLE_CITY)) {
    const troubles = troublesOf(row);
    for (const [kind, detail] of troubles) {
      await sql`insert into interface_alarm (interface_id, kind, detail, opened_at)
        values (${row.interface_id}, ${kind}, ${detail}, ${now})
        on conflict (interface_id, kind) where closed_at is null and kind <> 'event_differs'
        do nothing`.execute(world.db);
    }
    const over = LASTING.filter((kind) => !troubles.has(kind));
    await world.db
      .updateTable('interface_alarm')
      .set({ closed_at: now })
      .where('interface_id', '=', row.interface_id)
      .where('kind', 'in', over)
      .where('closed_at', 'is', null)
      .execute();
  }
}

/** Lists open alarms of the interfaces within a scope, the newest first; 500 at most. */
export async function listAlarms(
  world: BoardWorld,
  scope: DataScope,
): Promise<readonly InterfaceAlarm[]> {
  const visible = (await showBoard(world, scope)).map((row) => row.interface_id);
  if (visible.length === 0) return [];
  const rows = await world.db
    .selectFrom('interface_alarm')
    .select(['alarm_no', 'interface_id', 'kind', 'detail', 'opened_at'])
    .where('closed_at', 'is', null)
    .where('interface_id', 'in', visible)
    .orderBy('alarm_no', 'desc')
    .limit(500)
    .execute();
  return rows.map((row) => ({ ...row, alarm_no: String(row.alarm_no) }));
}
