import { Type } from '@fastify/type-provider-typebox';

const Text = (title: string) => Type.String({ title });
const TextOrNull = (title: string) => Type.Union([Type.String(), Type.Null()], { title });

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
