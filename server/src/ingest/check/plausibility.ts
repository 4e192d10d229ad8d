import type { SourceProfile } from '../../contract/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { gateRefusal } from '../gate-codes.ts';
import type { Refusal } from '../refusal.ts';

/**
 * Compares a package with the one before it (gate G8): rows and money per dataset and agency
 * against the newest published package of the same source and mode. Returns every objection.
 */
export async function findImplausible(
  session: DuckSession,
  batch: number,
  profile: SourceProfile,
): Promise<Refusal[]> {
  return [
    ...(await unknownColumns(session, batch)),
    ...(await rowJumps(session, batch, profile)),
    ...(await sumJumps(session, batch, profile)),
  ];
}

async function unknownColumns(session: DuckSession, batch: number): Promise<Refusal[]> {
  const rows = await session.rows<{ dataset: string; unknown_columns: string[] }>(
    `select dataset, unknown_columns from feed.dataset
     where batch = ${batch} and len(unknown_columns) > 0 order by dataset`,
  );
  return rows.map(({ dataset, unknown_columns: columns }) =>
    gateRefusal(
      'DRIFT01',
      `${dataset} 有数据字典之外的列 ${columns.join('、')}，内容已忽略。请向来源核实是否改了接口；属实则由负责人填写原因确认（feed accept）后发布。`,
    ),
  );
}

/** Account of the newest earlier package with the same dataset, mode and source. */
export const PREVIOUS = (batch: number) => `previous as (
    select d.dataset, any_value(d.mode) as mode, arg_max(d.batch, b.edition) as batch
    from feed.dataset d join feed.batch b using (batch)
    where b.src = $src and d.batch <> ${batch} and d.state = 'accepted'
      and d.mode = (select mode from feed.dataset own where own.batch = ${batch} and own.dataset = d.dataset)
    group by d.dataset)`;

async function rowJumps(
  session: DuckSession,
  batch: number,
  profile: SourceProfile,
): Promise<Refusal[]> {
  const { rowShare, incrementFactor, minRows } = profile.plausibility;
  const rows = await session.rows<{ dataset: string; agency: string; was: bigint; now: bigint }>(
    `with ${PREVIOUS(batch)},
     was as (select l.dataset, l.agency, l.landed from feed.ledger l
       join previous p on p.dataset = l.dataset and p.batch = l.batch),
     now as (select dataset, agency, landed from feed.ledger
       where batch = ${batch} and dataset in (select dataset from previous))
     select dataset, agency, coalesce(was.landed, 0) as was, coalesce(now.landed, 0) as now
     from was full join now using (dataset, agency) join previous using (dataset)
     where greatest(coalesce(was.landed, 0), coalesce(now.landed, 0)) >= ${minRows}
       and ${tooFar('coalesce(was.landed, 0)', 'coalesce(now.landed, 0)', rowShare, incrementFactor)}
     order by dataset, agency`,
    { src: profile.src },
  );
  return rows.map(({ dataset, agency, was, now }) =>
    gateRefusal(
      'ROWS02',
      `${dataset} 经办机构 ${agency} 上期 ${was} 行，本期 ${now} 行，变动超出设定的范围。请向来源核实原因；属实则由负责人填写原因确认（feed accept）后发布。`,
    ),
  );
}

async function sumJumps(
  session: DuckSession,
  batch: number,
  profile: SourceProfile,
): Promise<Refusal[]> {
  const { sumShare, incrementFactor, minRows } = profile.plausibility;
  const rows = await session.rows<{ dataset: string; agency: string; column_name: string }>(
    `with ${PREVIOUS(batch)},
     was as (select s.*, l.landed from feed.ledger_sum s join previous p using (dataset, batch)
       join feed.ledger l using (batch, dataset, agency)),
     now as (select s.*, l.landed from feed.ledger_sum s join feed.ledger l using (batch, dataset, agency)
       where s.batch = ${batch})
     select was.dataset, was.agency, was.column_name
     from was join now using (dataset, agency, column_name) join previous using (dataset)
     where greatest(was.landed, now.landed) >= ${minRows}
       and ${tooFar('was.total_fen', 'now.total_fen', sumShare, incrementFactor)}
     order by all`,
    { src: profile.src },
  );
  return rows.map(({ dataset, agency, column_name: column }) =>
    gateRefusal(
      'SUM03',
      `${dataset} 经办机构 ${agency} 的 ${column} 合计与上期相差超出设定的范围。请向来源核实原因；属实则由负责人填写原因确认（feed accept）后发布。`,
    ),
  );
}

/** A full table may change by a share of itself; an increment by a factor, either way. */
function tooFar(was: string, now: string, share: number, factor: number): string {
  const full = `abs(${now} - ${was}) > ${share} * abs(${was})`;
  const increment = `greatest(abs(${now}), abs(${was})) > ${factor} * least(abs(${now}), abs(${was}))`;
  return `case previous.mode when 'F' then ${full} else ${increment} end`;
}
