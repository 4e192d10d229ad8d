import { BrokenCircuitError, type CircuitBreakerPolicy } from 'cockatiel';
import { forWholeCity } from '../../security/index.ts';
import { keepEvents } from '../inbound/index.ts';
import { readIdNumber } from '../registry/identity.ts';
import { ask } from './ask.ts';
import { CallFailure } from './failure.ts';
import { writeLetter } from './letters.ts';
import { type MappedRow, mapRow, valueAt } from './mapping.ts';
import { type ConnectorConfig, interfaceOfConnector, type QueryConfig } from './model.ts';
import { isObject } from './schemes/index.ts';
import type { SecretWorld } from './secret.ts';

/** Whom a department is asked about. */
export interface Question {
  /** Citizen number, 18 characters. */
  readonly idNo: string;
  readonly name: string | null;
}

/** What a department said of one person. */
export interface Answer {
  /** Records it gave; none is an answer, too. */
  readonly rows: number;
  /** Reports that were kept, and how many of them were not known before. */
  readonly events: number;
  readonly fresh: number;
  /** Event numbers of the reports kept, known before or not. */
  readonly eventIds: readonly string[];
  /** Why a record was not taken, without personal data. */
  readonly problems: readonly string[];
  readonly lastEventAt: string | null;
  /** Null: the department answered. */
  readonly failure: CallFailure | null;
}

export type QueriedConnector = ConnectorConfig & { readonly query: QueryConfig };

export function isQueried(config: ConnectorConfig): config is QueriedConnector {
  return config.query !== null;
}

/** Nobody dies or is sentenced more often; more is the answer to another question. */
const MOST_ROWS = 20;
const NOTHING = {
  ...{ rows: 0, events: 0, fresh: 0, eventIds: [], problems: [], lastEventAt: null },
} as const;
const OTHER_PERSON = '答复的公民身份号码不是所问的人';

/**
 * Asks a department about one person and keeps what it says in the inbox, as if it had reported it.
 * Asked once: a person waits, and may ask again. What the department cannot or will not answer is
 * an outcome, not an error.
 */
export async function queryDepartment(
  world: SecretWorld,
  config: QueriedConnector,
  breaker: CircuitBreakerPolicy,
  question: Question,
): Promise<Answer> {
  try {
    const rows = await breaker.execute(async () =>
      rowsOf(
        await ask(world, config, config.query.url, parametersOf(config.query, question)),
        config,
      ),
    );
    return { ...(await keepAnswer(world, config, rows, question)), failure: null };
  } catch (error) {
    if (error instanceof BrokenCircuitError) {
      const held = '连续失败，已暂停呼叫，稍后自动试探';
      return { ...NOTHING, failure: new CallFailure('breaker', held) };
    }
    if (!(error instanceof CallFailure)) throw error;
    return { ...NOTHING, failure: error };
  }
}

function parametersOf({ idField, nameField }: QueryConfig, { idNo, name }: Question) {
  const named = nameField === null || name === null ? {} : { [nameField]: name };
  return { [idField]: idNo, ...named };
}

/** A list, one record by itself, or nothing. @throws CallFailure */
function rowsOf(content: unknown, { query }: QueriedConnector): readonly unknown[] {
  const found = valueAt(content, query.rows);
  if (found === null) {
    if (isObject(content) || content === null || content === undefined) return [];
    throw new CallFailure('garbage', '应答不是约定的形状');
  }
  const rows: readonly unknown[] = Array.isArray(found) ? found : [found];
  if (rows.some((row) => !isObject(row))) {
    throw new CallFailure('garbage', '应答中的数据不是记录');
  }
  if (rows.length > MOST_ROWS) {
    throw new CallFailure('garbage', `问一个人，应答了 ${rows.length} 条记录，没有采用`);
  }
  return rows;
}

async function keepAnswer(
  world: SecretWorld,
  config: QueriedConnector,
  rows: readonly unknown[],
  question: Question,
): Promise<Omit<Answer, 'failure'>> {
  const { id, subject, source } = config;
  const read = rows.map((row) => ({ row, mapped: readRow(world, config, row, question) }));
  const sound = read.flatMap(({ mapped }) => ('event' in mapped ? [mapped] : []));
  const faulty = read.flatMap(({ row, mapped }) =>
    'problems' in mapped ? [{ row, reason: mapped.problems.join('；') }] : [],
  );
  const sender = {
    interfaceId: interfaceOfConnector(id),
    appId: null,
    channel: 'connector',
  } as const;
  const kept = await forWholeCity(world.db, async (transaction) => {
    for (const { row, reason } of faulty) {
      const code = reason === OTHER_PERSON ? 'OTHER_PERSON' : 'ROW_INVALID';
      await writeLetter(transaction, world, config, { cursor: null, code, reason, row });
    }
    return keepEvents(
      transaction,
      sound.map(({ event, agency }) => ({
        sender,
        events: [{ subject, source, agency, body: event }],
      })),
      world.clock.now().toISOString(),
      world.keys,
    );
  });
  const receipts = kept.flatMap((each) => ('receipts' in each ? each.receipts : []));
  const differing = kept.length - receipts.length;
  const times = sound.map(({ event }) => new Date(event.occurred_at).toISOString()).sort();
  return {
    ...{ rows: rows.length, events: receipts.length, lastEventAt: times.at(-1) ?? null },
    fresh: receipts.filter(({ known }) => !known).length,
    eventIds: receipts.map(({ event_id }) => event_id),
    problems: [
      ...new Set(faulty.map(({ reason }) => reason)),
      ...(differing > 0 ? ['同一事件号此前报过不同内容，未采用，已告警'] : []),
    ],
  };
}

/** A record need not repeat whom we asked about; one that names somebody else is not about him. */
function readRow(
  world: SecretWorld,
  config: QueriedConnector,
  row: unknown,
  { idNo, name }: Question,
): MappedRow {
  const asked = name === null ? { id_no: idNo } : { id_no: idNo, name };
  const mapped = mapRow(config, row, world.content, asked);
  if ('problems' in mapped) return mapped;
  const given = String(mapped.event.id_no ?? '');
  return readIdNumber(given).value === idNo ? mapped : { problems: [OTHER_PERSON] };
}
