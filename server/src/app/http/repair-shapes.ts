import { Type } from '@fastify/type-provider-typebox';
import { Text, TextOrNull, Whole, WholeOrNull } from './fields.ts';

export const Reason = Type.String({ minLength: 4, maxLength: 500, title: '原因' });
export const Short = (title: string) => Type.String({ minLength: 1, maxLength: 60, title });
export const PackageParams = Type.Object({
  package_id: Type.String({ minLength: 1, maxLength: 100, title: '包号' }),
});
/** A row of a package: data set and line in its file. */
export const Place = {
  dataset: Short('数据集'),
  line: Type.Integer({ minimum: 1, title: '行号' }),
};

const FaultSchema = Type.Object({
  code: Text('原因代码'),
  title: Text('原因'),
  advice: Text('怎么改'),
  column: TextOrNull('列'),
  column_title: Text('列名'),
  raw_value: TextOrNull('收到的值（已遮盖）'),
});
const MarkSchema = Type.Object({
  kind: Text('sent 已发县区，waived 不再处理'),
  agency: TextOrNull('发给'),
  due_on: TextOrNull('期限'),
  reason: Text('原因'),
  marked_by: Text('登记人'),
  marked_at: Text('登记时间'),
});
const ROW = {
  dataset: Text('数据集'),
  line: Whole('行号'),
  agency: TextOrNull('经办机构'),
  state: Text('状态'),
  state_title: Text('状态名称'),
  faults: Type.Array(FaultSchema, { title: '问题' }),
  marks: Type.Array(MarkSchema, { title: '办理' }),
};

/** A quarantined row with everything that is wrong with it (问题行). */
export const RowSchema = Type.Object({
  ...ROW,
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

/** A repair with what was changed, masked (更正). */
export const RepairSchema = Type.Object({
  repair_id: Whole('更正编号'),
  kind: Text('edit 改值，code_map 代码对照'),
  state: Text('状态'),
  state_title: Text('状态名称'),
  src: Text('来源'),
  package_id: TextOrNull('包号'),
  dataset: TextOrNull('数据集'),
  line: WholeOrNull('行号'),
  workbook: WholeOrNull('更正表编号'),
  field: TextOrNull('字段'),
  changes: Type.Array(
    Type.Object({
      column: Text('列'),
      title: Text('列名'),
      before: TextOrNull('原值'),
      after: TextOrNull('新值'),
    }),
    { title: '改动（已遮盖）' },
  ),
  reason: Text('原因'),
  proposed_by: Text('提出人'),
  proposed_at: Text('提出时间'),
  decided_by: TextOrNull('审核人'),
  decided_at: TextOrNull('审核时间'),
  decision_reason: TextOrNull('退回原因'),
  outcome: TextOrNull('结果'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

export const RowDetailSchema = Type.Object({
  ...RowSchema.properties,
  fields: Type.Array(
    Type.Object({
      column: Text('列'),
      title: Text('列名'),
      value: TextOrNull('收到的值（已遮盖）'),
      faulty: Type.Boolean({ title: '有问题' }),
      editable: Type.Boolean({ title: '可更正' }),
    }),
  ),
  pending_repair: WholeOrNull('待审核的更正'),
});
