import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ColumnDef, MunicipalContent, TableDef } from '../../server/src/contract/index.ts';
import { listGateCodes, ROW_CODES } from '../../server/src/ingest/index.ts';
import { commandsPage } from './commands-page.ts';
import { errorsPage } from './errors-page.ts';
import { gateCodesPage } from './gate-codes-page.ts';
import { findDrift, writePages } from './pages-on-disk.ts';
import { tablesPage } from './tables-page.ts';

const plain: ColumnDef = {
  name: 'person_id',
  code: 'AAC001',
  title: '个人编号',
  type: 'id20',
  required: true,
  requiredWhen: null,
  essential: true,
  default: null,
  codes: null,
  references: 'person',
  min: null,
  max: null,
  sensitivity: 2,
  mask: 'none',
  derived: false,
  note: null,
};

const table: TableDef = {
  name: 'enrolment',
  title: '参保',
  standard: 'AC02',
  description: '一人一险一行。',
  owner: 'ingest',
  key: ['person_id'],
  cluster: ['person_id'],
  person: 'person_id',
  unit: null,
  period: null,
  retention: { years: 30, source: '测试用' },
  columns: [
    plain,
    { ...plain, name: 'name', title: '姓名', sensitivity: 4, mask: 'name', note: '一|二\n三' },
    { ...plain, name: 'state', title: '状态', codes: 'CL_STATE', required: false, default: '1' },
    { ...plain, name: 'end', title: '终止', required: false, requiredWhen: "state = '2'" },
  ],
};

const content: MunicipalContent = {
  tables: new Map([[table.name, table]]),
  codeLists: new Map([['CL_STATE', { id: 'CL_STATE', title: '参保状态', values: [] }]]),
  sources: new Map(),
  idRegions: new Set(),
  agencies: new Map(),
  holidays: new Map(),
};

test('the errors page groups codes by module, sorted, whatever order they were registered in', () => {
  const errors = [
    { code: 'STORE_B', kind: 'limit' as const, module: 'STORE' },
    { code: 'INGEST_A', kind: 'invalid' as const, module: 'INGEST' },
    { code: 'STORE_A', kind: 'conflict' as const, module: 'STORE' },
  ];
  const page = errorsPage(errors);
  assert.equal(page, errorsPage(errors.toReversed()));
  const codes = [...page.matchAll(/`([A-Z]+_[AB])`/g)].map((match) => match[1]);
  assert.deepEqual(codes, ['INGEST_A', 'STORE_A', 'STORE_B']);
});

test('the gate codes page says of every code what becomes of the package and what to do', () => {
  const codes = listGateCodes();
  const page = gateCodesPage(codes, ROW_CODES);
  for (const { code, title, advice } of codes) {
    assert.match(page, new RegExp(`^\\| \`${code}\` \\| [^|]+ \\| [^|]+ \\| [^|]+ \\|$`, 'm'));
    assert.ok(page.includes(`${title} | ${advice} |`), code);
  }
  assert.match(page, /`SEQ01` \| 暂存 /);
  assert.match(page, /`DRIFT01` \| 待确认 /);
  assert.match(page, /`HEAD02` \| 该数据集拒收 /);
});

test('the gate codes page tells rows kept out from rows that are only listed', () => {
  const page = gateCodesPage(listGateCodes(), ROW_CODES);
  const issues = [...page.matchAll(/^\| `(\w+)` \| 问题 \|/gm)].map((match) => match[1]);
  assert.deepEqual(issues, ['ID03', 'ID06', 'ID07', 'ID09', 'NAME01']);
  assert.match(page, /^\| `ID05` \| 隔离 \|/m);
});

test('the commands page shows every command as it is typed', () => {
  const page = commandsPage([
    { name: 'feed load', usage: 'PATH…', summary: '装入' },
    { name: 'audit verify', usage: '', summary: '核验' },
  ]);
  assert.match(page, /^\.\/huiliu feed load PATH…\n {4}装入\n\.\/huiliu audit verify\n {4}核验$/m);
});

test('the tables page says for each column what it is and how it is protected', () => {
  const lines = tablesPage(content).split('\n');
  const row = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`| \`${name}\``));
  assert.equal(
    row('person_id'),
    '| `person_id` | AAC001 | 个人编号 | id20 | 是 |  | 2 内部 |  |  |',
  );
  assert.match(row('state') ?? '', /缺省 1 \| CL_STATE 参保状态/);
  assert.match(row('end') ?? '', /当 state = '2'/);
  assert.ok(lines.some((line) => line.includes('30 年（测试用）')));
});

test('a bar or a line break in a note cannot break the table', () => {
  const row = tablesPage(content)
    .split('\n')
    .find((line) => line.startsWith('| `name`'));
  assert.match(row ?? '', /4 可识别身份 \| 姓名 \| 一\\\|二 三 \|$/);
});

test('a missing or edited page is drift until it is written again', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'huiliu-reference-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const pages = new Map([['docs/reference/errors.md', '# 错误代码\n']]);
  assert.deepEqual(findDrift(root, pages), ['docs/reference/errors.md']);
  assert.deepEqual(writePages(root, pages), ['docs/reference/errors.md']);
  assert.deepEqual(findDrift(root, pages), []);
  assert.deepEqual(writePages(root, pages), []);
  writeFileSync(join(root, 'docs/reference/errors.md'), '# 手工修改\n');
  assert.deepEqual(findDrift(root, pages), ['docs/reference/errors.md']);
});
