import Type, { type Static } from 'typebox';

/** Every node says in Chinese what it expects; {@link describeManifestFaults} reads it. */
const text = (pattern: string, description: string) => Type.String({ pattern, description });
const count = (minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER, description });

const ID = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
const idText = '字母或数字开头，由字母、数字、点、横线、下划线组成，不超过 64 个字符';
const mode = Type.Union([Type.Literal('F'), Type.Literal('I')], {
  description: 'F（全量）或 I（增量）',
});
const columnName = text(
  '^[A-Za-z_][A-Za-z0-9_]{0,63}$',
  '字段代码：字母或下划线开头，由字母、数字、下划线组成',
);

/** One dataset as the manifest states it. Further members are tolerated, and signed. */
const datasetSchema = Type.Object(
  {
    dataset: text('^[a-z][a-z0-9_]{0,62}$', '数据集名：小写字母开头，由小写字母、数字、下划线组成'),
    file: Type.String({ minLength: 1, description: '包内文件的相对路径' }),
    mode: Type.Optional(mode),
    encoding: text(
      '^(?:[Gg][Bb]18030|[Uu][Tt][Ff]-8)$',
      'GB18030 或 UTF-8（GBK、GB2312 请写 GB18030）',
    ),
    // One that may stand within a number would cut amounts and dates, and our own line numbers.
    delimiter: text(
      '^[\\x01-\\x09\\x0b\\x0c\\x0e-\\x2c/\\x3a-\\x7e]$',
      '一个半角字符，不能是换行、数字、点或减号',
    ),
    quote: Type.Optional(text('^[\\x21-\\x2c/\\x3a-\\x7e]$', '一个半角字符，不能是数字、点或减号')),
    newline: Type.Optional(text('^\\r?\\n$', '"\\r\\n" 或 "\\n"')),
    header: Type.Optional(Type.Boolean({ description: 'true 或 false' })),
    null: Type.Optional(
      Type.String({ maxLength: 32, description: '表示空值的文本，不超过 32 个字符' }),
    ),
    columns: Type.Array(columnName, {
      minItems: 1,
      maxItems: 1_000,
      description: '字段代码的列表，至少一个',
    }),
    keys: Type.Optional(
      Type.Array(columnName, { maxItems: 100, description: '主键字段代码的列表' }),
    ),
    rows: count(0, '行数：不小于 0 的整数'),
    distinct_person: Type.Optional(
      Type.Union([count(0, ''), Type.Null()], { description: '人数：不小于 0 的整数' }),
    ),
    sums: Type.Optional(
      Type.Record(
        Type.String(),
        text('^-?\\d{1,24}(?:\\.\\d{1,4})?$', '十进制金额文本，如 "1380432100.55"'),
        { description: '字段代码到合计金额的对照' },
      ),
    ),
    bytes: count(0, '字节数：不小于 0 的整数'),
    sm3: text('^[0-9a-fA-F]{64}$', 'SM3 摘要：64 位十六进制'),
  },
  { description: '一个数据集的声明' },
);

const signSchema = Type.Object(
  {
    alg: Type.String({ minLength: 1, maxLength: 32, description: 'HMAC-SM3 或 SM2' }),
    key_id: text(ID, `密钥编号：${idText}`),
    value: text('^(?:[0-9a-fA-F]{2}){1,256}$', '签名值：十六进制'),
  },
  { description: '签名' },
);

/** The manifest (清单) as it is written, `feed.md` §1. */
export const manifestSchema = Type.Object(
  {
    version: Type.Literal(1, { description: '1' }),
    package_id: text(ID, `包编号：${idText}`),
    src: text(
      '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$',
      '来源编号：字母、数字、横线、下划线，不超过 32 个字符',
    ),
    mode,
    as_of: text('^\\d{4}-\\d{2}-\\d{2}$', '日期，如 "2026-10-31"'),
    seq: count(1, '序号：不小于 1 的整数'),
    prev_package_id: Type.Optional(
      Type.Union([text(ID, ''), Type.Null()], { description: '上一个包的编号，没有则为 null' }),
    ),
    generated_at: text(
      '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:Z|[+-]\\d{2}:\\d{2})$',
      '带时区的时间，如 "2026-11-02T03:00:00+08:00"',
    ),
    datasets: Type.Array(datasetSchema, {
      minItems: 1,
      maxItems: 1_000,
      description: '数据集的列表，至少一个',
    }),
    sign: Type.Optional(Type.Union([signSchema, Type.Null()], { description: '签名' })),
  },
  { description: '清单对象' },
);

export type ManifestJson = Static<typeof manifestSchema>;
export type DatasetJson = ManifestJson['datasets'][number];
export type SignJson = Static<typeof signSchema>;
