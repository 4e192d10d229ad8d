import { Type } from '@fastify/type-provider-typebox';
import { Count, Text, TextOrNull, WholeOrNull } from '../fields.ts';

export const BoardRowSchema = Type.Object({
  interface_id: Text('接口编号'),
  kind: Text('方式：app 对方报送，connector 我方取数'),
  title: Text('名称'),
  death_source: TextOrNull('死亡信息来源'),
  custody_source: TextOrNull('服刑信息来源'),
  agencies: Type.Array(Type.String(), { title: '县区' }),
  state: Text(
    '状态：ok 正常，idle 未开始，late 偏少，silent 久未到数，failing 失败，held 暂停呼叫，ended 停用',
  ),
  last_success_at: TextOrNull('最近成功'),
  last_received_at: TextOrNull('最近收到数据'),
  last_event_at: TextOrNull('最新事件时刻'),
  lag_s: WholeOrNull('距最近收到数据的秒数'),
  received_today: Count('今日收到件数'),
  daily_mean: Count('前七日日均件数'),
  expected_per_day: WholeOrNull('约定每日件数'),
  backlog: Count('待处理件数'),
  dead_letters: Count('未能处理件数'),
  failures_in_row: Count('连续失败次数'),
  last_failure_at: TextOrNull('最近失败'),
  last_failure_kind: TextOrNull(
    '失败类别：timeout、refused、http、garbage、signature、secret、clock、address、breaker',
  ),
  last_failure: TextOrNull('失败原因'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

export const AlarmSchema = Type.Object({
  alarm_no: Text('告警号'),
  interface_id: Text('接口编号'),
  kind: Text('类别'),
  detail: Text('说明'),
  opened_at: Text('发生时间'),
});

export const DeadLetterSchema = Type.Object({
  inbox_no: Text('收件号'),
  receipt: Text('回执号'),
  subject: Text('内容：death、custody'),
  source: Text('来源'),
  interface_id: Text('接口编号'),
  agency: TextOrNull('县区'),
  received_at: Text('收到时间'),
  tries: Count('已试次数'),
  reason_code: TextOrNull('原因代码'),
  reason: TextOrNull('原因'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

export const LetterSchema = Type.Object({
  letter_no: Text('编号'),
  connector_id: Text('接口编号'),
  reason_code: Text('原因代码'),
  reason: Text('原因'),
  is_row: Type.Boolean({ title: '是一行数据（否则为整次取数）' }),
  failed_at: Text('发生时间'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

export const AppSchema = Type.Object({
  app_id: Text('应用编号'),
  name: Text('名称'),
  death_source: TextOrNull('死亡信息来源'),
  custody_source: TextOrNull('服刑信息来源'),
  agencies: Type.Array(Type.String(), { title: '县区' }),
  addresses: Type.Array(Type.String(), { title: '允许的地址' }),
  per_second: Count('每秒件数'),
  created_at: Text('登记时间'),
  revoked_at: TextOrNull('停用时间'),
  keys: Type.Array(
    Type.Object({
      key_no: Count('密钥序号'),
      algorithm: Text('算法'),
      expires_at: TextOrNull('到期'),
      revoked_at: TextOrNull('停用'),
    }),
  ),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

export const IssuedKeySchema = Type.Object({
  app_id: Text('应用编号'),
  key_no: Count('密钥序号'),
  algorithm: Text('算法'),
  secret: TextOrNull('密钥，只显示这一次；用自有 SM2 密钥的为空'),
});

const Algorithm = Type.Union(
  [Type.Literal('SM2'), Type.Literal('HMAC-SM3'), Type.Literal('ED25519')],
  {
    title: '算法',
  },
);
const OptionalKey = {
  public_key: Type.Optional(Type.String({ maxLength: 130, title: '公钥（十六进制）' })),
  algorithm: Type.Optional(Algorithm),
};

export const NewAppSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 50, title: '名称' }),
    death_source: Type.Optional(Type.String({ maxLength: 2, title: '死亡信息来源' })),
    custody_source: Type.Optional(Type.String({ maxLength: 2, title: '服刑信息来源' })),
    agencies: Type.Array(Type.String({ maxLength: 6 }), {
      minItems: 1,
      maxItems: 20,
      title: '县区',
    }),
    addresses: Type.Optional(
      Type.Array(Type.String({ maxLength: 50 }), { maxItems: 50, title: '允许的地址' }),
    ),
    per_second: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, title: '每秒件数' })),
    expected_per_day: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, title: '约定每日件数' }),
    ),
    silent_after_hours: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 8760, title: '多少小时无数据告警' }),
    ),
    ...OptionalKey,
  },
  { additionalProperties: false },
);

export const RotateSchema = Type.Object(
  {
    app_id: Type.String({ maxLength: 40, title: '应用编号' }),
    days: Type.Optional(Type.Integer({ minimum: 0, maximum: 90, title: '旧密钥保留天数' })),
    ...OptionalKey,
  },
  { additionalProperties: false },
);

export const RevokeSchema = Type.Object(
  {
    app_id: Type.String({ maxLength: 40, title: '应用编号' }),
    key_no: Type.Optional(Type.Integer({ minimum: 1, title: '密钥序号，不写则停用整个应用' })),
  },
  { additionalProperties: false },
);
