import type { ProcessTest } from './process-world.ts';

/** One step of an invented case: step, day and time, operator; more where it matters. */
export type GivenStep = readonly [
  step: string,
  at: string,
  operator: string,
  more?: { readonly action?: string; readonly channel?: string; readonly start?: string },
];

export interface GivenCase {
  readonly id: string;
  readonly matter?: string;
  readonly agency?: string;
  readonly channel?: string;
  readonly person?: string | null;
  readonly promised?: number | null;
  readonly result?: string;
  /** Default: the moment of the last step. */
  readonly finished?: string;
  readonly steps: readonly GivenStep[];
}

const text = (value: string | null | undefined): string =>
  value === null || value === undefined ? 'null' : `'${value.replaceAll("'", "''")}'`;

/** Publishes invented cases as the next edition, in place of those before. */
export async function publishCases(
  { world }: Pick<ProcessTest, 'world'>,
  cases: readonly GivenCase[],
  asOf = '2026-10-31',
): Promise<void> {
  await world.duck.transaction(async (session) => {
    const row = await session.first<{ n: number }>(
      'select coalesce(max(edition), 0)::INTEGER + 1 as n from feed.edition',
    );
    const edition = row?.n ?? 1;
    await session.run(`
      delete from rows.biz_case; delete from rows.biz_event;
      insert into feed.edition (edition, kind) values (${edition}, 'package');
      insert into feed.batch values (${edition}, 'T-${edition}', 'SX', 'F', '${asOf}', ${edition}, ${edition})`);
    for (const [line, given] of cases.entries()) {
      const first = given.steps[0]?.[1] ?? '2026-01-01 09:00:00';
      const last = given.steps.at(-1)?.[1] ?? first;
      const result = given.result ?? '1';
      await session.run(`
        insert into rows.biz_case by name
        select ${text(given.id)} as case_id, ${text(given.matter ?? 'B10100')} as biz_type, '2' as subject_type,
          ${text(given.person)} as person_id, '110' as insurance, ${text(given.channel ?? '01')} as channel,
          '${first}'::TIMESTAMP as applied_at, ${text(given.agency ?? '140502')} as agency,
          ${given.promised ?? 'null'} as time_limit_days,
          ${result === '0' ? 'null' : `'${given.finished ?? last}'::TIMESTAMP`} as finished_at, '${result}' as result,
          ${edition} as batch, ${line + 2} as line, ${edition} as edition_from`);
      for (const [seq, [step, at, operator, more]] of given.steps.entries()) {
        await session.run(`
          insert into rows.biz_event by name
          select '${given.id}-${seq}' as event_id, ${text(given.id)} as case_id, ${seq + 1} as seq,
            '${step}' as step, '${more?.action ?? '02'}' as action, '${operator}' as operator_id,
            'R' as role, ${text(given.agency ?? '140502')} as org, '${more?.channel ?? '01'}' as channel,
            ${more?.start === undefined ? 'null' : `'${more.start}'`}::TIMESTAMP as start_at,
            '${at}'::TIMESTAMP as end_at, ${edition} as batch, ${line * 100 + seq} as line,
            ${edition} as edition_from`);
      }
    }
  });
}
