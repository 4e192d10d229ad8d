import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileUnreadable } from '../errors.ts';
import { columnRoles, type Role } from './column-roles.ts';
import { instantSql } from './instant.ts';
import { encodingOf, textStream } from './open-file.ts';
import type { SourceRequest, StagedSource } from './source.ts';

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const name = (value: string): string => `"${value.replaceAll('"', '""')}"`;

/** Reads a table of events with a header line; the engine itself splits the rows. */
export async function stageCsv(request: SourceRequest): Promise<StagedSource> {
  const encoding = encodingOf(request.head);
  const copy = join(request.folder, 'events.csv');
  const out = await open(copy, 'w', 0o600);
  let header = '';
  let read = 0;
  try {
    for await (const part of textStream(request.path, request.gzip, encoding)) {
      if (!header.includes('\n')) header += part;
      await out.write(part);
      read += part.length;
      request.onBytes(read);
    }
  } finally {
    await out.close();
  }
  const line = headerLine(header);
  const delimiter = delimiterOf(line);
  const columns = splitLine(line, delimiter);
  const repeated = columns.find((each, at) => columns.indexOf(each) !== at);
  if (repeated !== undefined) throw fileUnreadable({ reason: `有两列都叫“${repeated}”` });
  const roles = columnRoles(columns, request.map);
  const source = `read_csv(${text(copy)}, delim = ${text(delimiter)}, quote = '"', escape = '"', header = true,
    auto_detect = false, strict_mode = true,
    columns = {${columns.map((each) => `${text(each)}: 'VARCHAR'`).join(', ')}})`;
  return {
    ...{ format: 'CSV', objectType: null, notes: [] },
    columns: Object.fromEntries(roles),
    load: async (session, at) => {
      await session.run(`create table ${at}.csv_row as
        select row_number() over () - 1 as ord, * from ${source}`);
      await session.run(csvEvents(at, columns, roles));
      await session.run(`drop table ${at}.csv_row`);
      return { mergedCases: 0 };
    },
  };
}

function csvEvents(
  at: string,
  columns: readonly string[],
  roles: ReadonlyMap<string, Role>,
): string {
  const of = new Map([...roles].map(([column, role]) => [role, name(column)]));
  const column = (role: Role): string => of.get(role) ?? 'null::VARCHAR';
  const first = (role: Role): string => {
    const found = of.get(role);
    return found === undefined ? 'null::VARCHAR' : `arg_min(${found}, ord)`;
  };
  const start = of.get('start');
  const rest = columns.filter((each) => !roles.has(each));
  const ofCase = rest.filter((each) => each.startsWith('case:'));
  const ofEvent = rest.filter((each) => !each.startsWith('case:'));
  return `
    create table ${at}.staged_event as
    select ord, ${column('case')} as case_id, ${column('activity')} as activity, null::VARCHAR as code,
      ${instantSql(column('time'))} as done_at,
      ${start === undefined ? 'null::TIMESTAMP' : instantSql(start)} as start_at,
      ${column('resource')} as resource, ${column('resource')} as actor, ${column('unit')} as unit,
      ${column('channel')} as channel, ${column('action')} as action, false as sent_back,
      ${column('event_id')} as event_id, ${attributesSql(ofEvent, (each) => name(each))} as attributes
    from ${at}.csv_row;
    create temp table raw_case as
    select ${column('case')} as case_id, ${first('agency')} as agency, ${first('matter')} as matter,
      ${first('channel')} as channel, null::VARCHAR as insurance, null::VARCHAR as person_id,
      null::TIMESTAMP as opened_at, null::TIMESTAMP as closed_at, null::INTEGER as promised_days,
      null::TIMESTAMP as due_at, null::VARCHAR as result,
      ${attributesSql(ofCase, (each) => `arg_min(${name(each)}, ord)`)} as attributes
    from ${at}.csv_row where ${column('case')} is not null group by ${column('case')}`;
}

/** The other columns as attributes; a column that is empty in a row is not there. */
function attributesSql(columns: readonly string[], value: (column: string) => string): string {
  if (columns.length === 0) return 'null::VARCHAR';
  const parts = columns.map((column) => {
    const key = JSON.stringify(column.replace(/^case:/, ''));
    const held = value(column);
    return `case when ${held} is not null then ${text(`${key}:{"t":"string","v":`)} || to_json(${held})::VARCHAR || '}' end`;
  });
  return `nullif('{' || concat_ws(',', ${parts.join(', ')}) || '}', '{}')`;
}

function headerLine(start: string): string {
  const line = start.split(/\r?\n/, 1)[0]?.replace(/^\ufeff/, '') ?? '';
  if (line.trim() === '') throw fileUnreadable({ reason: '第一行没有列名' });
  return line;
}

/** The separator that cuts the header into the most columns. */
function delimiterOf(line: string): string {
  const counts = [',', ';', '\t', '|'].map((each) => [each, splitLine(line, each).length] as const);
  const best = counts.reduce((a, b) => (b[1] > a[1] ? b : a));
  if (best[1] < 3)
    throw fileUnreadable({ reason: '列名行分不出三列，分隔符应为逗号、分号、制表符或竖线' });
  return best[0];
}

/** Splits one line with quotes as RFC 4180 has them. */
function splitLine(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const c = line[at];
    if (quoted && c === '"' && line[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (c === '"') quoted = !quoted;
    else if (c === delimiter && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += c;
  }
  return [...cells, cell];
}
