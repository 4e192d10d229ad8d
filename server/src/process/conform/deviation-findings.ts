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

interface DeviationRow {
  readonly kind: DeviationKind;
  readonly case_id: string;
  readonly matter: string;
  readonly person_id: string | null;
  readonly agency: string | null;
  readonly insurance: string | null;
  /** Codes of the steps, `030→040` where two are concerned. */
  readonly steps: readonly string[];
  readonly last_at: string;
}

/** Where a case lies in the municipal database. */
interface CasePlace {
  readonly row_no: bigint;
  readonly unit_id: string | null;
}

/**
 * Every deviation of the whole city's cases from their described process as findings `CFM-…`
 * (流程偏差), one per case and kind, of the kinds the content has on trial or active. Where a rule
 * tells the same fact (`covered_by`), alerts open none.
 */
export async function deviationFindings(world: ProcessWorld): Promise<FindingDelivery> {
  const log = await cityLog(world);
  const defs = [...world.definitions.deviations.values()].filter(({ status }) => status !== 'off');
  const chosen = chosenFrom(log, { scope: WHOLE_CITY, filters: [] });
  const engine = await world.logs.engine();
  const rows = await engine.scratch((session) => readDeviations(world, session, chosen, defs));
  const places = await placesOf(world, rows);
  const defOf = new Map(defs.map((def) => [def.kind, def]));
  return {
    source: 'process',
    runId: log.stamp,
    asOf: log.info.as_of ?? shanghaiDay(world.clock.now()),
    ranRules: defs.map(({ id }) => id),
    persons: null,
    findings: rows.flatMap((row) => {
      const def = defOf.get(row.kind);
      return def === undefined ? [] : [candidate(world, def, row, places.get(row.case_id))];
    }),
  };
}

async function readDeviations(
  world: ProcessWorld,
  session: DuckSession,
  chosen: Chosen,
  defs: readonly DeviationDef[],
): Promise<DeviationRow[]> {
  await openDescriptions(session, world.definitions);
  return session.rows<DeviationRow>(
    `with ${deviationsSql(chosen, world.definitions)}
     select d.kind, j.case_id, j.matter, j.person_id, j.agency, j.insurance, max(d.at_time) as last_at,
       array_agg(d.step || coalesce('→' || d.other_step, '') order by d.step, d.other_step) as steps
     from deviation d join judged j on j.case_no = d.case_no
     where d.kind = any($kinds::VARCHAR[])
     group by d.kind, j.case_id, j.matter, j.person_id, j.agency, j.insurance
     order by d.kind, j.case_id`,
    { ...chosen.params, kinds: defs.map(({ kind }) => kind) },
  );
}

function candidate(
  world: ProcessWorld,
  def: DeviationDef,
  row: DeviationRow,
  place: CasePlace | undefined,
): AlertCandidate {
  const { matter, steps, last_at } = row;
  const key = { case_id: row.case_id };
  const evidence = {
    ...{ biz_type: matter, matter_title: titleOf(world, matter) },
    ...{ steps: steps.map((each) => stepTitles(world, each)), last_at },
  };
  return {
    ...{ rule: def.id, version: 1, level: def.severity, key, personId: row.person_id },
    ...{ unitId: place?.unit_id ?? null, agency: row.agency, amountFen: null, matchGrade: 'A' },
    ...{ evidence, sources: place === undefined ? {} : { biz_case: [place.row_no] } },
    // Of the codes: another name for a step is no other fact.
    fingerprint: sm3Hex(canonicalJson([def.id, key, matter, steps, last_at])),
    ...{ title: def.title, topic: def.topic, owner: def.owner, basis: def.basis },
    insurance: row.insurance === null ? [] : [row.insurance],
    ...{ action: def.action, trial: def.status === 'trial', coveredBy: def.covered_by },
  };
}

function stepTitles({ content }: ProcessWorld, steps: string): string {
  const values = content.codeLists.get('CL_STEP')?.values ?? [];
  const title = (step: string) => values.find(({ value }) => value === step)?.label ?? step;
  return steps.split('→').map(title).join('→');
}

async function placesOf(
  world: ProcessWorld,
  rows: readonly DeviationRow[],
): Promise<ReadonlyMap<string, CasePlace>> {
  const found = await world.duck.read((session) =>
    session.rows<CasePlace & { case_id: string }>(
      `select case_id, unit_id, cast(batch as bigint) * 10000000000 + line as row_no from main.biz_case
       where case_id = any($ids::VARCHAR[])`,
      { ids: [...new Set(rows.map(({ case_id }) => case_id))] },
    ),
  );
  return new Map(found.map((place) => [place.case_id, place]));
}
