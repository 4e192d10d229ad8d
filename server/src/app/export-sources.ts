import type { MunicipalContent, TableDef } from '../contract/index.ts';
import type {
  ExportColumn,
  ExportFilters,
  ExportReader,
  ExportRow,
  ExportSource,
  ExportValue,
} from '../exports/index.ts';
import { rowCodeTitle } from '../ingest/index.ts';
import { listFindingRows } from '../rules/index.ts';
import type { DuckEngine } from '../store/index.ts';
import { alertExportSources } from './export-alert-sources.ts';
import type { Workspace } from './workspace.ts';

type Sources = Pick<Workspace, 'duck' | 'content' | 'rules' | 'alerts'>;

/** Rows read at a time: enough to be quick, few enough to stay small. */
const PAGE = 5_000;

/** Columns of a person that leave the platform in a list; masked unless approved otherwise. */
const PERSON_COLUMNS = [
  ...['person_id', 'id_no', 'name', 'sex', 'birth_date', 'person_status', 'life_status'],
  ...['mobile', 'live_addr', 'agency'],
] as const;

/** Lists that can be exported (导出数据源); a new list is one entry here. */
export function exportSources(world: Sources): readonly ExportSource[] {
  return [
    ...[personSource(world), quarantineSource(world), ledgerSource(world), findingSource(world)],
    ...alertExportSources(world),
  ];
}

function personSource({ duck, content }: Sources): ExportSource {
  const def = content.tables.get('person');
  if (def === undefined) throw new Error('content has no table person');
  const filters = { agency: '经办机构', person_status: '人员状态', life_status: '生存状态' };
  const where = (reader: ExportReader, given: ExportFilters) =>
    conditions(reader, given, Object.keys(filters));
  return {
    ...{ name: 'persons', title: '人员名单', permission: 'dossier.read', filters },
    columns: PERSON_COLUMNS.map((name) => columnOf(def, name)),
    count: (reader, given) => countRows(duck, 'main.person', where(reader, given)),
    open: (reader, given) => {
      const { sql, params } = where(reader, given);
      return inPages<string>(duck, (after) => ({
        sql: `select ${PERSON_COLUMNS.map((name) => `cast(${name} as varchar)`).join(', ')}
          from main.person where ${sql} and person_id > $after order by person_id limit ${PAGE}`,
        params: { ...params, after: after ?? '' },
      }));
    },
  };
}

function quarantineSource({ duck }: Sources): ExportSource {
  const filters = { agency: '经办机构', package_id: '包号', dataset: '数据集', code: '原因代码' };
  const from = `(select b.package_id, q.dataset, q.line, f.label, f.code, q.agency, q.state,
      format('{:012d} {} {:012d} {} {}', q.batch, q.dataset, q.line, coalesce(f.label, ''), f.code) as place
    from feed.quarantine_row q join feed.batch b using (batch)
    join feed.quarantine f on f.batch = q.batch and f.dataset = q.dataset and f.line = q.line)`;
  const where = (reader: ExportReader, given: ExportFilters) =>
    conditions(reader, given, Object.keys(filters));
  return {
    ...{ name: 'quarantine', title: '问题行清单', permission: 'feed.read', filters },
    columns: [
      ...[text('place', '位置', 40), text('package_id', '包号', 26), text('dataset', '数据集', 18)],
      ...[count('line', '行号'), text('column', '列', 14), text('code', '原因代码', 12)],
      ...[text('reason', '原因', 30), text('agency', '经办机构', 12), text('state', '状态', 10)],
    ],
    count: (reader, given) => countRows(duck, from, where(reader, given)),
    open: async function* (reader, given) {
      const { sql, params } = where(reader, given);
      const pages = inPages<string>(duck, (after) => ({
        sql: `select place, package_id, dataset, line, label, code, '' as reason, agency, state
          from ${from} where ${sql} and place > $after order by place limit ${PAGE}`,
        params: { ...params, after: after ?? '' },
      }));
      for await (const row of pages) {
        const code = String(row[5] ?? '');
        yield row.map((value, at) => (at === 6 ? rowCodeTitle(code) : value));
      }
    },
  };
}

function ledgerSource({ duck, content }: Sources): ExportSource {
  const filters = { agency: '经办机构', package_id: '包号', dataset: '数据集' };
  const from = `(select l.*, b.package_id, cast(b.as_of as varchar) as as_of,
      format('{:012d} {} {}', b.edition, l.dataset, coalesce(l.agency, '')) as place
    from feed.ledger l join feed.batch b using (batch))`;
  const where = (reader: ExportReader, given: ExportFilters) =>
    conditions(reader, given, Object.keys(filters));
  return {
    ...{ name: 'ledger', title: '回流台账', permission: 'feed.read', filters },
    columns: [
      ...[
        text('place', '位置', 40),
        text('package_id', '包号', 26),
        text('as_of', '数据截止日', 14),
      ],
      ...[text('dataset', '数据集', 18), text('title', '名称', 20), text('agency', '经办机构', 12)],
      ...[count('landed', '收到行数'), count('accepted', '合格行数')],
      ...[count('quarantined', '隔离行数'), count('issues', '问题数'), count('persons', '人数')],
    ],
    count: (reader, given) => countRows(duck, from, where(reader, given)),
    open: async function* (reader, given) {
      const { sql, params } = where(reader, given);
      const pages = inPages<string>(duck, (after) => ({
        sql: `select place, package_id, as_of, dataset, '' as title, agency, landed, accepted,
            quarantined, issues, persons
          from ${from} where ${sql} and place > $after order by place limit ${PAGE}`,
        params: { ...params, after: after ?? '' },
      }));
      for await (const row of pages)
        yield row.map((value, at) => (at === 4 ? titleOf(content, row[3]) : value));
    },
  };
}

function findingSource({ rules }: Sources): ExportSource {
  return {
    ...{ name: 'findings', title: '规则疑点清单', permission: 'rules.read' },
    filters: { run: '运行号', rule: '规则编号', agency: '经办机构', level: '等级' },
    columns: [
      ...[text('rule', '规则编号', 12), text('title', '规则', 30), text('level', '等级', 8)],
      ...[text('person_id', '个人编号', 20), text('unit_id', '单位编号', 20)],
      ...[text('agency', '经办机构', 12), text('match_grade', '匹配等级', 10)],
      ...[{ ...text('amount_fen', '涉及金额', 16), kind: 'money_fen' } as const],
      text('evidence', '证据', 60),
    ],
    count: async (reader, given) =>
      (await listFindingRows(rules, { ...reader, filters: given })).total,
    open: async function* (reader, given) {
      let after: { rule: string; no: number } | null = null;
      for (;;) {
        const request = { ...reader, filters: given, after, limit: PAGE };
        const { rows } = await listFindingRows(rules, request);
        for (const row of rows) {
          yield [
            ...[row.rule, row.title, row.level, row.person_id, row.unit_id, row.agency],
            ...[row.match_grade, row.amount_fen, row.evidence],
          ];
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        after = { rule: last.rule, no: last.no };
      }
    },
  };
}

interface Conditions {
  readonly sql: string;
  readonly params: Readonly<Record<string, string | readonly string[]>>;
}

/** What the reader may see and asked for; rows without agency belong to the city. */
function conditions(
  { scope }: ExportReader,
  given: ExportFilters,
  known: readonly string[],
): Conditions {
  const asked = known.filter((name) => given[name] !== undefined);
  const parts = asked.map((name) => `${name} = $${name}`);
  const params: Record<string, string | readonly string[]> = {};
  for (const name of asked) params[name] = given[name] ?? '';
  if (scope.agencies !== 'all') {
    parts.push('agency in (select unnest($agencies::VARCHAR[]))');
    params.agencies = scope.agencies;
  }
  return { sql: parts.length === 0 ? 'true' : parts.join(' and '), params };
}

async function countRows(
  duck: DuckEngine,
  from: string,
  { sql, params }: Conditions,
): Promise<number> {
  const row = await duck.read((session) =>
    session.first<{ n: bigint }>(`select count(*) as n from ${from} where ${sql}`, params),
  );
  return Number(row?.n ?? 0n);
}

/** Reads page after page by the first column, which orders the rows and names each one. */
async function* inPages<K extends ExportValue>(
  duck: DuckEngine,
  pageAfter: (after: K | null) => Conditions,
): AsyncGenerator<ExportRow> {
  let after: K | null = null;
  for (;;) {
    const { sql, params } = pageAfter(after);
    const rows = await duck.read((session) =>
      session.rows<Record<string, ExportValue>>(sql, params),
    );
    for (const row of rows) {
      const values = Object.values(row);
      after = values[0] as K;
      yield values;
    }
    if (rows.length < PAGE) return;
  }
}

function text(name: string, title: string, width: number): ExportColumn {
  return { name, title, kind: 'text', mask: 'none', width };
}

function count(name: string, title: string): ExportColumn {
  return { name, title, kind: 'count', mask: 'none', width: 12 };
}

function columnOf(def: TableDef, name: string): ExportColumn {
  const column = def.columns.find((each) => each.name === name);
  if (column === undefined) throw new Error(`table ${def.name} has no column ${name}`);
  return { ...text(name, column.title, name === 'live_addr' ? 40 : 20), mask: column.mask };
}

function titleOf(content: MunicipalContent, dataset: ExportValue | undefined): string {
  return content.tables.get(String(dataset))?.title ?? String(dataset);
}
