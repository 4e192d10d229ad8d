/** One dataset (数据集) of a package: its columns and where its rows come from. */
export interface Dataset {
  readonly name: string;
  /**
   * master: the whole table in every package; state: rows as of a month, later packages hold what
   * changed; flow: rows of a span of months, never changed afterwards.
   */
  readonly kind: 'master' | 'state' | 'flow';
  /** Header (LD/T code or our name) → SQL expression. */
  readonly columns: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
  readonly money: readonly string[];
  readonly newline: '\r\n' | '\n';
  /** Rows per person over a full history, where the table is too large to be made in one piece. */
  readonly large?: number;
  /** FROM … WHERE … ORDER BY over the city's tables, for rows seen in months `from`–`to`. */
  source(from: number, to: number): string;
}

/** Makes the SELECT of a dataset, of all its columns or of these. */
export function selectSql(
  dataset: Dataset,
  from: number,
  to: number,
  headers: readonly string[] = Object.keys(dataset.columns),
): string {
  const columns = headers.map((header) => `(${dataset.columns[header]}) as "${header}"`);
  return `select ${columns.join(', ')} ${dataset.source(from, to)}`.replaceAll(':W', String(to));
}

export const personNo = (pid: string) => `'P' || lpad(${pid}::VARCHAR, 9, '0')`;
export const unitNo = (uid: string) => `'U' || lpad(${uid}::VARCHAR, 7, '0')`;
export const enrolmentNo = (id: string) => `'E' || lpad(${id}::VARCHAR, 14, '0')`;
export const staffNo = (oid: string) => `'OP' || lpad(${oid}::VARCHAR, 4, '0')`;
export const accountNo = (pid: string, gen: string) =>
  `'Z' || lpad(${pid}::VARCHAR, 9, '0') || ${gen}`;
export const timestamp = (day: string, seconds: string) =>
  `strftime(${day}::TIMESTAMP + to_seconds((${seconds})::BIGINT), '%Y%m%d%H%M%S')`;
export const entitlementNo = (pid: string, no: string) =>
  `'T' || lpad(${pid}::VARCHAR, 9, '0') || case when ${no} > 1 then '-' || ${no} else '' end`;
