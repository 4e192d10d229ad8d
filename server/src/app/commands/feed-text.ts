import type { MunicipalContent } from '../../contract/index.ts';
import {
  type AgencyAccount,
  type PackageReport,
  type RebuildReport,
  ROW_STATES,
  type RowFault,
  rowCodeTitle,
  UNREADY_CODE,
} from '../../ingest/index.ts';
import { count } from './figures-text.ts';

const STATES: Record<PackageReport['state'], string> = {
  published: '已发布',
  refused: '已拒收',
  held: '暂存',
  duplicate: '重复（已发布）',
  awaiting: '待确认',
};

/** A package for the reader at the terminal. */
export function packageText(report: PackageReport): string {
  const head = `${report.package_id ?? '（无法识别的包）'}  ${stateOf(report)}${signature(report)}`;
  const why =
    report.reason === null
      ? []
      : [`  ${[report.gate, report.code].filter(Boolean).join(' ')} ${report.reason}`];
  const rates =
    report.return_rate === null
      ? []
      : [`  回流率 ${percent(report.return_rate)}  合格率 ${percent(report.acceptance_rate ?? 0)}`];
  const datasets = report.datasets.map(
    (item) =>
      `  ${item.dataset.padEnd(18)} 申报 ${count(item.declared)}  合格 ${count(item.accepted)}  隔离 ${count(item.quarantined)}  问题 ${count(item.issues)}${item.reason === null ? '' : `\n    ${item.code} ${item.reason}`}`,
  );
  return [head, ...why, ...rates, ...datasets].join('\n');
}

function stateOf({ state, code }: PackageReport): string {
  return code === UNREADY_CODE ? '未写完' : STATES[state];
}

function signature({ signature: state }: PackageReport): string {
  if (state === 'demo') return '  演示密钥签名';
  return state === 'unsigned' ? '  未签名' : '';
}

/** Faulty rows as a list; raw values are personal and stay in the database. */
export function rowFaultText(
  found: { rows: readonly RowFault[]; total: number },
  kind: 'quarantine' | 'issue',
  page: { number: number; size: number },
): string {
  if (found.total === 0) return '没有这样的行。';
  const lines = found.rows.map(
    (row) =>
      `${row.dataset} 第 ${row.line} 行  ${row.column ?? '整行'}  ${rowCodeTitle(row.code)}  ${rowState(row, kind)}`,
  );
  const pages = Math.ceil(found.total / page.size);
  return [...lines, `共 ${count(found.total)} 处，第 ${page.number}/${pages} 页`].join('\n');
}

/** An issue is in the database already: somebody may look into it, nobody must. */
function rowState({ state }: RowFault, kind: 'quarantine' | 'issue'): string {
  return kind === 'issue' ? '已入库，待查' : (ROW_STATES[state] ?? state);
}

/** The ledger by dataset and agency. */
export function ledgerText(ledger: readonly AgencyAccount[], content: MunicipalContent): string {
  const lines = ledger.map((item) => {
    const agency = content.agencies.get(item.agency) ?? item.agency;
    const change =
      item.landed_change === null
        ? ''
        : `  较上期 ${item.landed_change >= 0 ? '+' : ''}${count(item.landed_change)}`;
    return `${item.dataset.padEnd(18)} ${agency}  落库 ${count(item.landed)}  合格 ${count(item.accepted)}  隔离 ${count(item.quarantined)}  人数 ${count(item.persons)}  覆盖率 ${percent(item.coverage)}${change}`;
  });
  return lines.length === 0 ? '这个数据包没有入账的行。' : lines.join('\n');
}

/** Proof of a rebuild, table by table. */
export function rebuildText(report: RebuildReport): string {
  const tables = report.tables.map(
    (table) =>
      `${table.same ? '一致' : '不同'}  ${table.table.padEnd(24)} ${count(table.rows_before)} → ${count(table.rows_after)} 行  ${table.before} ${table.after}`,
  );
  const sealed =
    report.raw_sealed === 0
      ? []
      : [`${count(report.raw_sealed)} 个原始文件已改用当前密钥加密存放。`];
  return [...tables, ...sealed, rebuildEnd(report)].join('\n');
}

function rebuildEnd({ packages, reason, identical, kept }: RebuildReport): string {
  if (identical) return `重建完成：${packages} 次发布逐一重放，全部表一致。`;
  const old = kept === null ? '' : `，原数据库保留为 ${kept}`;
  return `重建完成：${OUTCOMES[reason]}${old}。共重放 ${packages} 次发布。`;
}

const OUTCOMES: Readonly<Record<RebuildReport['reason'], string>> = {
  checked: '有表不一致，已换用由原始文件重建的数据库',
  missing: '原来没有市级数据库或缺少已发布的数据，已由原始文件和登记重建',
  damaged: '原来的市级数据库已损坏，已由原始文件重建',
  unencrypted: '原来的市级数据库没有加密，已由原始文件重建为加密存放，未加密的旧文件已删除',
  reshaped: '原来的表与现在的数据标准不一致，已按现在的数据标准由原始文件重建',
};

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
