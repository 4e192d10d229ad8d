import { type Static, Type } from '@fastify/type-provider-typebox';
import { shanghaiTime } from '../../kernel/index.ts';
import type { IdentityWorld, SignedIn } from '../../security/index.ts';
import { Text, TextOrNull } from './fields.ts';

const AllOr = (title: string) =>
  Type.Union([Type.Literal('all'), Type.Array(Type.String())], { title });

/** Who is signed in (当前登录人), how far, and what they may do. */
export const SessionSchema = Type.Object({
  account_id: TextOrNull('账号编号'),
  login: Text('账号'),
  name: Text('姓名'),
  department: TextOrNull('科室'),
  operator_id: TextOrNull('经办人编号'),
  roles: Type.Array(Type.Object({ role: Text('角色'), title: Text('名称') })),
  permissions: Type.Array(Type.String(), { title: '权限' }),
  scope: Type.Object({
    agencies: AllOr('经办机构'),
    agency_names: Type.Array(Type.String(), { title: '经办机构名称' }),
    insurances: AllOr('险种'),
    unmask: Type.Boolean({ title: '可申请查看未遮盖字段' }),
  }),
  stage: Type.Enum(['second_factor', 'password', 'enrolment', 'open'], { title: '登录阶段' }),
  second_factor_required: Type.Boolean({ title: '须输入第二因素' }),
  must_change_password: Type.Boolean({ title: '须先修改口令' }),
  must_enrol_second_factor: Type.Boolean({ title: '须先绑定第二因素' }),
  second_factor_bound: Type.Boolean({ title: '已绑定第二因素' }),
  second_factors: Type.Array(Type.Enum(['totp', 'security_key'], { title: '第二因素' }), {
    title: '已绑定的第二因素',
  }),
  step_up_until: TextOrNull('再次验证有效至'),
  expires_at: Text('本次登录最长到'),
  idle_minutes: Type.Integer({ title: '无操作退出（分钟）' }),
  password_expires_on: TextOrNull('口令到期日'),
  csrf_token: Text('防跨站令牌'),
  address: Text('来访地址，供屏幕水印'),
  demo: Type.Boolean({ title: '演示环境' }),
  server_time: Text('服务器时间'),
});

/** Shows a session to whom it belongs; before the sign-in is complete no right is shown. */
export function shownSession(
  { policy, agencies, clock }: Pick<IdentityWorld, 'policy' | 'agencies' | 'clock'>,
  signedIn: SignedIn,
  address: string,
): Static<typeof SessionSchema> {
  const { principal, stage } = signedIn;
  const { scope } = principal;
  const codes = scope.agencies === 'all' ? [] : scope.agencies;
  return {
    account_id: principal.accountId,
    login: principal.actor.slice('user:'.length),
    name: principal.name,
    department: principal.department,
    operator_id: principal.operatorId,
    roles: principal.roles.map((role) => ({ role, title: policy.roles.get(role)?.title ?? role })),
    permissions: stage === 'open' ? [...principal.permissions].sort() : [],
    scope: {
      agencies: scope.agencies === 'all' ? 'all' : [...scope.agencies],
      agency_names: codes.map((code) => agencies.get(code) ?? code),
      insurances: scope.insurances === 'all' ? 'all' : [...scope.insurances],
      unmask: scope.unmask,
    },
    stage,
    second_factor_required: stage === 'second_factor',
    must_change_password: stage === 'password',
    must_enrol_second_factor: stage === 'enrolment',
    second_factor_bound: signedIn.secondFactors.length > 0,
    second_factors: [...signedIn.secondFactors],
    step_up_until: signedIn.stepUpUntil,
    expires_at: signedIn.expiresAt,
    idle_minutes: signedIn.idleMinutes,
    password_expires_on: signedIn.passwordExpiresOn,
    csrf_token: signedIn.csrfToken,
    address,
    demo: signedIn.demo,
    server_time: shanghaiTime(clock.now()),
  };
}
