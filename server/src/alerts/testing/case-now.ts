import { sql } from 'kysely';
import { forWholeCity } from '../../security/index.ts';
import { deliverFindings } from '../deliver/deliver-findings.ts';
import type { CaseRow } from '../handle/find-case.ts';
import type { AlertsWorld } from '../world.ts';
import { delivery, finding } from './small-office.ts';

let opened = 0;

/** Opens a case about a person nobody else uses and returns its number. */
export async function openCase(
  world: AlertsWorld,
  changes: Parameters<typeof finding>[0] = {},
): Promise<string> {
  opened += 1;
  const personId = changes.personId ?? `T${opened}`;
  const rule = `TST-${String(opened).padStart(3, '0')}`;
  const found = finding({ rule, key: { person_id: personId }, ...changes, personId });
  await deliverFindings(world, delivery([found], { ranRules: [found.rule] }));
  const { rows } = await forWholeCity(world.db, (db) =>
    sql<{ case_id: bigint }>`select max(case_id) as case_id from alert_case`.execute(db),
  );
  return String(rows[0]?.case_id);
}

/** The case as it is now, whoever asks. */
export async function caseNow(world: AlertsWorld, id: string): Promise<CaseRow> {
  return forWholeCity(world.db, (db) =>
    db
      .selectFrom('alert_case')
      .selectAll()
      .where('case_id', '=', sql<bigint>`${id}::bigint`)
      .executeTakeFirstOrThrow(),
  ) as Promise<CaseRow>;
}

/** What a decision is made on: the case as last seen. */
export async function seen(world: AlertsWorld, id: string) {
  return { case_id: id, version: (await caseNow(world, id)).version };
}
