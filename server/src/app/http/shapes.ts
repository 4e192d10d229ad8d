import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox';
import { Count, orNull, Text, TextOrNull, WholeOrNull } from './fields.ts';

const RateOrNull = (title: string) => orNull(Type.Number({ minimum: 0, maximum: 1 }), title);

/** How one dataset of a package came in (回流账). */
export const DatasetAccountSchema = Type.Object({
  dataset: Text('数据集'),
  title: Text('名称'),
  declared: Count('申报行数'),
  accepted: Count('合格行数'),
  quarantined: Count('隔离行数'),
  issues: Count('问题数'),
});

/** One return package as the ledger shows it; rates are shares from 0 to 1. */
export const PackageSummarySchema = Type.Object({
  package_id: TextOrNull('包号'),
  src: TextOrNull('来源'),
  mode: TextOrNull('方式（F 全量，I 增量）'),
  as_of: TextOrNull('数据截止日'),
  seq: WholeOrNull('序号'),
  state: Text('状态'),
  gate: TextOrNull('关口'),
  code: TextOrNull('原因代码'),
  reason: TextOrNull('原因'),
  return_rate: RateOrNull('回流率'),
  acceptance_rate: RateOrNull('合格率'),
  datasets: Type.Array(DatasetAccountSchema, { title: '数据集' }),
});

export const PackageRowKindSchema = Type.Union(
  [Type.Literal('quarantine'), Type.Literal('issue')],
  {
    title: '类别（quarantine 隔离，issue 问题）',
  },
);

/** A quarantined row or an issue; the raw value stays inside, it may be personal. */
export const PackageRowSchema = Type.Object({
  dataset: Text('数据集'),
  line: Type.Integer({ title: '行号' }),
  column: TextOrNull('列'),
  code: Text('代码'),
  state: Text('状态'),
});

export const ErrorSchema = Type.Object({
  code: Text('错误代码'),
  message: Text('说明'),
  details: Type.Record(Type.String(), Type.Unknown(), { title: '细节' }),
});

export type DatasetAccount = Static<typeof DatasetAccountSchema>;
export type PackageSummary = Static<typeof PackageSummarySchema>;
export type PackageRowKind = Static<typeof PackageRowKindSchema>;
export type PackageRow = Static<typeof PackageRowSchema>;

/** Members of a query string that ask for one page of a list. */
export const PageQuery = {
  page: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,5}$', title: '页码' })),
  page_size: Type.Optional(
    Type.String({ pattern: '^([1-9]|[1-9][0-9]|1[0-9]{2}|200)$', title: '每页行数，至多 200' }),
  ),
};

/** Shape of one page of a list. */
export const pageSchema = <T extends TSchema>(row: T) =>
  Type.Object({
    rows: Type.Array(row),
    page: Type.Integer({ title: '页码' }),
    page_size: Type.Integer({ title: '每页行数' }),
    total: Type.Integer({ title: '总行数' }),
  });

const PAGE_SIZE = 50;

/** Reads the page asked for and shapes the answer. */
export async function pageOf<T>(
  query: { readonly page?: string; readonly page_size?: string },
  read: (at: { offset: number; limit: number }) => Promise<{ rows: readonly T[]; total: number }>,
): Promise<{ rows: readonly T[]; page: number; page_size: number; total: number }> {
  const page = Number(query.page ?? '1');
  const limit = Number(query.page_size ?? PAGE_SIZE);
  const { rows, total } = await read({ offset: (page - 1) * limit, limit });
  return { rows, page, page_size: limit, total };
}
