import { type AlertCandidate, type FindingDelivery, WHOLE_CITY } from '../../contract/index.ts';
import { canonicalJson, shanghaiDay } from '../../kernel/index.ts';
import { sm3Hex } from '../../security/index.ts';
import type { DuckSession } from '../../store/index.ts';
import type { DeviationDef, DeviationKind } from '../content/process-content.ts';
import { titleOf } from '../discover/list-cases.ts';
import { type Chosen, chosenFrom } from '../filter/ask.ts';
import { cityLog } from '../log/city-log.ts';
import type { ProcessWorld } from '../world.ts';
import { deviationsSql, openDescriptions } from './conformance-sql.ts';

/** Findings of conformance in the form alerts take; which of them are opened is the city's choice. */
export type DeviationDelivery = Omit<FindingDelivery, 'source'> & { readonly source: 'process' };

interface DeviationRow {
  readonly kind: DeviationKind;
  readonly case_id: string;
  readonly matter: string;
  readonly person_id: string | null;
  readonly agency: string | null;
  readonly insurance: string | null;
  readonly steps: readonly { readonly step: string; readonly other: string | null }[];
  readonly at_time: string;
}

/**
 * Delivers every deviation of the whole city as findings `CFM-…` (流程偏差), one per case and kind.
 * CTL-001, CTL-009 and CTL-010 judge the high-risk matters by the law's own definition; these judge
 * every described matter by its description, so a case may show in both.
 */
export async function deviationFindings(
  world: ProcessWorld,
  kinds: readonly DeviationKind[],
): Promise<DeviationDelivery> {
  const log = await cityLog(world);
  const chosen = chosenFrom(log, { scope: WHOLE_CITY, filters: [] });
  const engine = await world.logs.engine();
  const rows = await engine.scratch((session) => readDeviations(world, session, chosen));
  const wanted = rows.filter(({ kind }) => kinds.includes(kind));
  const places = await rowNumbers(world, wanted);
  const defs = kinds.flatMap((kind) => world.definitions.deviations.get(kind) ?? []);
  return {
    source: 'process',
    runId: log.stamp,
    asOf: log.info.as_of ?? shanghaiDay(world.clock.now()),
    ranRules: defs.map(({ id }) => id),
    persons: null,
    findings: wanted.flatMap((row) => {
      const def = world.definitions.deviations.get(row.kind);
      return def === undefined ? [] : [candidate(world, def, row, places.get(row.case_id))];
    }),
  };
}

async function readDeviations(
  world: ProcessWorld,
  session: DuckSession,
  { at, cases, events, params }: Chosen,
): Promise<DeviationRow[]> {
  await openDescriptions(session, world.definitions);
  return session.rows<DeviationRow>(
    `with ${deviationsSql(at, cases, events)}
     select d.kind, j.case_id, j.matter, j.person_id, j.agency, j.insurance, max(d.at_time) as at_time,
       array_agg({'step': d.step, 'other': d.other_step} order by d.step, d.other_step) as steps
     from deviation d join judged j on j.case_no = d.case_no
     group by d.kind, j.case_id, j.matter, j.person_id, j.agency, j.insurance
     order by d.kind, j.case_id`,
    params,
  );
}

function candidate(
  world: ProcessWorld,
  def: DeviationDef,
  row: DeviationRow,
  rowNumber: bigint | undefined,
): AlertCandidate {
  const key = { case_id: row.case_id };
  const evidence = {
    ...{ matter: row.matter, matter_title: titleOf(world, row.matter), at: row.at_time },
    steps: row.steps.map(({ step, other }) => (other === null ? step : `${step}→${other}`)),
  };
  return {
    ...{ rule: def.id, version: 1, level: def.severity, key, personId: row.person_id },
    ...{ unitId: null, agency: row.agency, amountFen: null, matchGrade: 'A', evidence },
    sources: rowNumber === undefined ? {} : { biz_case: [rowNumber] },
    fingerprint: sm3Hex(canonicalJson([def.id, key, evidence])),
    ...{ title: def.title, topic: def.topic, owner: def.owner, basis: def.basis },
    insurance: row.insurance === null ? [] : [row.insurance],
    action: def.action,
  };
}

async function rowNumbers(
  world: ProcessWorld,
  rows: readonly DeviationRow[],
): Promise<ReadonlyMap<string, bigint>> {
  const found = await world.duck.read((session) =>
    session.rows<{ case_id: string; row_no: bigint }>(
      `select case_id, cast(batch as bigint) * 10000000000 + line as row_no from main.biz_case
       where case_id = any($ids::VARCHAR[])`,
      { ids: [...new Set(rows.map(({ case_id }) => case_id))] },
    ),
  );
  return new Map(found.map(({ case_id, row_no }) => [case_id, row_no]));
}
