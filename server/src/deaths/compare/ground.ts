import type { MunicipalContent, TableDef } from '../../contract/index.ts';
import { columnList, identifier } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import type { DeathsPack, SharedParam } from '../content/model.ts';

/** Named one by one in SQL up to this many, so that the engine finds their blocks. */
export const NAMED_PERSONS = 50;

/** One person to be compared: known as dead from a day on, paid lawfully up to a month. */
export interface Suspect {
  readonly personId: string;
  readonly diedOn: string;
  /** First day of the last month whose payment is lawful. */
  readonly lastMonth: string;
}

export interface GroundRequest {
  readonly content: MunicipalContent;
  readonly pack: DeathsPack;
  readonly asOf: string;
  readonly suspects: readonly Suspect[];
  /** Names of tables and shared views that are wanted. */
  readonly reads: readonly string[];
}

/**
 * Puts the registry into the session as table `suspect`, and makes the wanted tables and shared
 * views (the same files the rules read) over its people only.
 */
export async function openGround(session: DuckSession, request: GroundRequest): Promise<void> {
  const { suspects, pack, content } = request;
  await session.run(
    `create or replace temp table suspect as
     select unnest($persons::VARCHAR[]) as person_id, unnest($days::VARCHAR[])::DATE as died_on,
       unnest($months::VARCHAR[])::DATE as last_month`,
    {
      persons: suspects.map(({ personId }) => personId),
      days: suspects.map(({ diedOn }) => diedOn),
      months: suspects.map(({ lastMonth }) => lastMonth),
    },
  );
  const wanted = closureOf(request.reads, pack);
  const { params, views } = pack.shared;
  const statements = [
    ...calledBy(request, wanted).map(
      ({ name, args, sql }) =>
        `create or replace temp macro ${name}(${args.join(', ')}) as (${sql})`,
    ),
    ...[...params.values()].filter(({ name }) => wanted.has(name)).map(paramTable),
    ...[...content.tables.values()]
      .filter(({ name }) => wanted.has(name))
      .map((def) => tableView(def, suspects)),
    ...viewOrder(wanted, pack).map((name) => {
      const bound = (views.get(name)?.sql ?? '').replaceAll(':as_of', `date '${request.asOf}'`);
      return `create or replace temp view ${name} as ${bound}`;
    }),
  ];
  // One call for all of them: each call costs more than the statement.
  await session.run(statements.join(';\n'));
}

/** Functions that the wanted views or the signs of life call, and those these call, in order. */
function calledBy(
  { pack }: GroundRequest,
  wanted: ReadonlySet<string>,
): DeathsPack['shared']['functions'] {
  const { functions, views } = pack.shared;
  const texts = [...wanted].map((name) => views.get(name)?.sql ?? '');
  texts.push(...[...pack.signs.values()].map(({ sql }) => sql));
  const called = new Set<string>();
  for (const text of texts) {
    for (const { name, sql } of functions) {
      if (called.has(name) || !text.includes(`${name}(`)) continue;
      called.add(name);
      texts.push(sql);
    }
  }
  return functions.filter(({ name }) => called.has(name));
}

function tableView(def: TableDef, suspects: readonly Suspect[]): string {
  const conditions = ['edition_to is null'];
  if (def.person !== null) {
    const named = suspects.map(({ personId }) => `'${personId.replaceAll("'", "''")}'`);
    const few = suspects.length <= NAMED_PERSONS;
    const list = few ? named.join(', ') || "''" : 'select person_id from suspect';
    conditions.push(`${identifier(def.person)} in (${list})`);
  }
  return `create or replace temp view ${def.name} as
    select ${columnList(def)}, cast(batch as bigint) * 10000000000 + line as row_no
    from rows.${def.name} where ${conditions.join(' and ')}`;
}

function closureOf(names: readonly string[], { shared }: DeathsPack): Set<string> {
  const all = new Set<string>();
  const waiting = [...names];
  for (const name of waiting) {
    if (all.has(name)) continue;
    all.add(name);
    waiting.push(...(shared.views.get(name)?.reads ?? []));
  }
  return all;
}

/** Views so that each comes after those it reads. */
function viewOrder(wanted: ReadonlySet<string>, { shared }: DeathsPack): string[] {
  const ordered: string[] = [];
  const place = (name: string): void => {
    const view = shared.views.get(name);
    if (view === undefined || ordered.includes(name)) return;
    for (const read of view.reads) place(read);
    ordered.push(name);
  };
  for (const name of wanted) place(name);
  return ordered;
}

const SQL_TYPES: Readonly<Record<string, string>> = {
  int: 'INTEGER',
  fen: 'BIGINT',
  rate: 'DECIMAL(18,8)',
  date: 'DATE',
  month: 'DATE',
  flag: 'BOOLEAN',
};

function paramTable({ name, columns, rows }: SharedParam): string {
  const typed = (row: Readonly<Record<string, unknown>>) =>
    [...columns].map(([column, type]) => {
      const value = row[column] ?? null;
      const text = type === 'month' && value !== null ? `${String(value)}-01` : value;
      const literal = text === null ? 'null' : `'${String(text).replaceAll("'", "''")}'`;
      return `cast(${literal} as ${SQL_TYPES[type] ?? 'VARCHAR'}) as ${identifier(column)}`;
    });
  const none = [...columns].map(
    ([column, type]) => `cast(null as ${SQL_TYPES[type] ?? 'VARCHAR'}) as ${identifier(column)}`,
  );
  const body =
    rows.length === 0
      ? `select ${none.join(', ')} where false`
      : rows.map((row) => `select ${typed(row).join(', ')}`).join(' union all ');
  return `create or replace temp table ${name} as ${body}`;
}
