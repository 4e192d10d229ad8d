import { Type } from '@fastify/type-provider-typebox';
import { Text, TextOrNull, WholeOrNull } from '../fields.ts';

/** One entry of the audit log as people read it. */
export const AccessSchema = Type.Object({
  seq: Type.Integer({ title: '序号' }),
  at: Text('时间'),
  actor: Text('账号'),
  roles: TextOrNull('角色'),
  department: TextOrNull('科室'),
  address: TextOrNull('地址'),
  session_tag: TextOrNull('会话标记'),
  request_id: TextOrNull('请求编号'),
  origin: Text('来处'),
  action: Text('操作'),
  object: TextOrNull('对象'),
  purpose: TextOrNull('事由'),
  matter_no: TextOrNull('业务号'),
  outcome: Text('结果'),
});

/** An archive that cannot be trusted. */
export const BadArchiveSchema = Type.Object({
  archive: Type.Integer({ title: '归档号' }),
  file: Text('出错的文件；登记被改时为表名'),
  fault: Text('种类：missing、truncated、edited、swapped、unregistered'),
  other: WholeOrNull('放错的文件属于第几号归档'),
  first_bad: Type.Integer({ title: '从第几条起不可信' }),
});

const Stretch = {
  first_seq: Type.Integer({ title: '第一条' }),
  last_seq: Type.Integer({ title: '最后一条' }),
  entries: Type.Integer({ title: '条数' }),
};

/** What was asked for. */
export const AskedArchiveSchema = Type.Object({
  request_id: Type.Integer({ title: '申请号' }),
  ...Stretch,
});

/** What a request would archive. */
export const ArchivePreviewSchema = Type.Object({
  online_months: Type.Integer({ title: '在线保存月数' }),
  latest: Text('最晚可选的日期'),
  before: Text('归档这一天以前的'),
  stretch: Type.Union(
    [
      Type.Object({
        ...Stretch,
        first_at: Text('第一条的时间'),
        last_at: Text('最后一条的时间'),
        later: Type.Integer({ title: '超出一次上限、须下次申请的条数' }),
      }),
      Type.Null(),
    ],
    { title: '将归档的一段' },
  ),
  oldest_at: TextOrNull('最早的在线记录'),
});

export const ArchiveRequestSchema = Type.Object({
  request_id: Type.Integer({ title: '申请号' }),
  ...Stretch,
  first_at: TextOrNull('第一条的时间'),
  last_at: Text('最后一条的时间'),
  reason: Text('原因'),
  requested_by: Text('申请人'),
  requested_at: Text('申请时间'),
  state: Type.Enum(['open', 'done', 'refused'], { title: '状态' }),
  decided_by: TextOrNull('确认或退回人'),
  decided_at: TextOrNull('确认或退回时间'),
  opinion: TextOrNull('意见'),
  allowed_actions: Type.Array(Type.String(), { title: '可以进行的操作' }),
});

/** What was archived on a confirmed request. */
export const DoneArchiveSchema = Type.Object({
  archive: Type.Integer({ title: '归档号' }),
  ...Stretch,
});

export const ArchiveSchema = Type.Object({
  archive: Type.Integer({ title: '归档号' }),
  request_id: Type.Integer({ title: '申请号' }),
  ...Stretch,
  first_at: Text('最早的记录'),
  last_at: Text('最晚的记录'),
  file: Text('文件名，同名 .json 为清单'),
  bytes: Type.Integer({ title: '文件字节数' }),
  file_sm3: Text('文件的 SM3'),
  manifest_sm3: Text('清单的 SM3'),
  archived_at: Text('归档时间'),
});
