import type { DuckSession } from '../../store/index.ts';
import type { DeviationKind } from '../content/process-content.ts';
import { matterUndescribed } from '../errors.ts';
import { type Chosen, chosenFrom } from '../filter/ask.ts';
import { filterKey } from '../filter/filter.ts';
import { cityLog } from '../log/city-log.ts';
import type { LogQuestion } from '../model.ts';
import type { ProcessWorld } from '../world.ts';
import { deviationsSql, openDescriptions } from './conformance-sql.ts';

/** How the cases of a matter keep to its description (流程符合性). */
export interface ConformanceReport {
  readonly matter: string | null;
  readonly cases: number;
  /** Cases without any deviation. */
  readonly conforming: number;
  readonly kinds: readonly {
    readonly kind: DeviationKind;
    readonly title: string;
    readonly cases: number;
    readonly count: number;
  }[];
  readonly steps: readonly {
    readonly kind: DeviationKind;
    readonly step: string;
    readonly other_step: string | null;
    readonly cases: number;
  }[];
  readonly variants: readonly {
    readonly key: string;
    readonly activities: readonly string[];
    readonly cases: number;
    readonly deviating: number;
    readonly kinds: readonly DeviationKind[];
  }[];
}

const MOST_VARIANTS = 100;

/**
 * Compares the chosen cases of the city with the described process of their matter.
 * @throws PROCESS_MATTER_UNDESCRIBED
 */
export async function checkConformance(
  world: ProcessWorld,
  request: Omit<LogQuestion, 'log'> & { readonly matter: string | null },
): Promise<ConformanceReport> {
  const { matter } = request;
  if (matter !== null && !world.definitions.processes.has(matter))
    throw matterUndescribed({ matter });
  const filters =
    matter === null
      ? request.filters
      : [...request.filters, { kind: 'matter' as const, values: [matter] }];
  const log = await cityLog(world);
  const chosen = chosenFrom(log, { scope: request.scope, filters });
  const whose = `${request.scope.agencies}/${request.scope.insurances}`;
  const engine = await world.logs.engine();
  return world.cache.once(['conform', log.stamp, whose, filterKey(filters)].join('\n'), () =>
    engine.scratch((session) => readConformance(world, session, chosen, matter)),
  );
}

async function readConformance(
  world: ProcessWorld,
  session: DuckSession,
  chosen: Chosen,
  matter: string | null,
): Promise<ConformanceReport> {
  const { cases, params } = chosen;
  await openDescriptions(session, world.definitions);
  await session.run(
    `create temp table found as with ${deviationsSql(chosen, world.definitions)}
     select d.*, j.variant from deviation d join judged j on j.case_no = d.case_no`,
    params,
  );
  const totals = await session.first<Record<'cases' | 'deviating', bigint>>(
    `select count(*) as cases, (select count(distinct case_no) from found) as deviating from ${cases}
     where c.matter in (select matter from described_step) and coalesce(c.result, '1') not in ('3', '4')`,
    params,
  );
  const kinds = await session.rows<{ kind: DeviationKind; cases: bigint; n: bigint }>(
    'select kind, count(distinct case_no) as cases, count(*) as n from found group by kind order by kind',
  );
  const steps = await session.rows<{
    kind: DeviationKind;
    step: string;
    other_step: string | null;
    cases: bigint;
  }>(
    `select kind, step, other_step, count(distinct case_no) as cases from found
     group by kind, step, other_step order by cases desc, kind, step`,
  );
  return {
    matter,
    cases: Number(totals?.cases ?? 0),
    conforming: Number(totals?.cases ?? 0) - Number(totals?.deviating ?? 0),
    kinds: kinds.map(({ kind, cases: inCases, n }) => ({
      ...{ kind, title: world.definitions.deviations.get(kind)?.title ?? kind },
      ...{ cases: Number(inCases), count: Number(n) },
    })),
    steps: steps.map((row) => ({ ...row, cases: Number(row.cases) })),
    variants: await readVariants(session, chosen),
  };
}

async function readVariants(
  session: DuckSession,
  { at, cases, params }: Chosen,
): Promise<ConformanceReport['variants']> {
  const rows = await session.rows<{
    key: string;
    names: string[];
    n: bigint;
    deviating: bigint;
    kinds: DeviationKind[] | null;
  }>(
    `select v.key, list_transform(v.activities, lambda x: d.dictionary[x]) as names, w.n,
       coalesce(f.deviating, 0) as deviating, f.kinds
     from (select c.variant, count(*) as n from ${cases}
       where c.matter in (select matter from described_step) and coalesce(c.result, '1') not in ('3', '4')
       group by c.variant) w
     join ${at}.variants v on v.variant = w.variant
     left join (select variant, count(distinct case_no) as deviating, list_sort(array_agg(distinct kind)) as kinds
       from found group by variant) f on f.variant = w.variant,
       (select array_agg(name order by id) as dictionary from ${at}.activities) d
     order by w.n desc, w.variant limit ${MOST_VARIANTS}`,
    params,
  );
  return rows.map(({ key, names, n, deviating, kinds }) => ({
    ...{
      key,
      activities: names,
      cases: Number(n),
      deviating: Number(deviating),
      kinds: kinds ?? [],
    },
  }));
}
