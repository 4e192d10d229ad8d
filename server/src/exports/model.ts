import type { DataScope, MaskKind, Permission, Principal } from '../contract/index.ts';

/** `text` also holds numbers that name something: they stay text in a spreadsheet. */
export interface ExportColumn {
  readonly name: string;
  readonly title: string;
  readonly kind: 'text' | 'count' | 'money_fen';
  /** How the value is masked unless an approved request asks for it plain. */
  readonly mask: MaskKind;
  /** Characters wide in a spreadsheet. */
  readonly width: number;
}

export type ExportValue = string | number | bigint | null;
/** Values in the order of the columns. */
export type ExportRow = readonly ExportValue[];
export type ExportFilters = Readonly<Record<string, string>>;

/** Whose rows a source gives: what of a principal outlives the session. */
export interface ExportReader {
  readonly actor: string;
  readonly scope: DataScope;
  readonly department: string | null;
}

/** A list that can be exported (导出数据源); modules own the lists, `app` registers them. */
export interface ExportSource {
  readonly name: string;
  readonly title: string;
  /** What somebody needs besides `exports.request`. */
  readonly permission: Permission;
  readonly columns: readonly ExportColumn[];
  /** Filters it knows: name → Chinese title. Others are refused. */
  readonly filters: Readonly<Record<string, string>>;
  count(reader: ExportReader, filters: ExportFilters): Promise<number>;
  /** Gives plain rows, a few at a time, within the reader's scope and in a stable order. */
  open(reader: ExportReader, filters: ExportFilters): AsyncIterable<ExportRow>;
}

export type ExportFormat = 'xlsx' | 'csv';

/**
 * asked → approved → running → ready → expired | revoked; asked → refused | withdrawn;
 * running → failed → running. Without need of approval a request begins as approved.
 */
export type ExportState =
  | 'asked'
  | 'approved'
  | 'refused'
  | 'withdrawn'
  | 'running'
  | 'ready'
  | 'failed'
  | 'expired'
  | 'revoked';

export const EXPORT_STATES: Readonly<Record<ExportState, string>> = {
  asked: '待批准',
  approved: '排队中',
  refused: '未批准',
  withdrawn: '已撤回',
  running: '生成中',
  ready: '可下载',
  failed: '失败',
  expired: '已过期',
  revoked: '已撤销',
};

/** Limits of this installation (`content/*\/exports/limits.yaml`). */
export interface ExportLimits {
  /** More masked rows than this need another person's approval. */
  readonly approvalAboveRows: number;
  readonly mostRows: number;
  readonly expiryHours: number;
  readonly mostDownloads: number;
}

/** Who may see a request: the one who asked, and approvers of its agency. */
export function seesExport(
  principal: Principal,
  request: { readonly asked_by: string; readonly agency: string },
): boolean {
  if (request.asked_by === principal.actor) return true;
  return principal.permissions.has('exports.approve') && covers(principal.scope, request.agency);
}

function covers({ agencies }: DataScope, agency: string): boolean {
  return agencies === 'all' || agencies.includes(agency);
}
