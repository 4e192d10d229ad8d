import { defineError } from '../../kernel/index.ts';

type Nothing = Readonly<Record<never, never>>;

/** One answer for an unknown login, a wrong password and a lock: trying tells nothing (R06). */
export const loginRefused = defineError(
  'SECURITY_LOGIN_REFUSED',
  'forbidden',
  (_: Nothing) =>
    '没有登录：账号或口令不正确，或该账号暂不能登录（连续输错会锁定 20 分钟，停用或到期的账号也不能登录）。请核对后再试；仍不行时请联系系统管理员。',
);

export const tooManyLogins = defineError(
  'SECURITY_TOO_MANY_LOGINS',
  'limit',
  (d: { retry_after_s: number }) =>
    `本地址登录失败次数过多，已暂停登录。请 ${Math.ceil(d.retry_after_s / 60)} 分钟后再试。`,
);

export const loginBusy = defineError(
  'SECURITY_LOGIN_BUSY',
  'unavailable',
  (_: Nothing) => '正在登录的人较多，请过几秒再试。',
);

const ENDS: Readonly<Record<string, string>> = {
  logout: '您已退出登录',
  idle: '较长时间没有操作，已自动退出',
  expired: '本次登录已超过最长使用时间',
  replaced: '该账号在另一处登录，本处已下线；如非本人操作，请立即修改口令并告知安全管理员',
  kicked: '管理员已将本次登录下线',
  disabled: '账号已停用或到期',
  rights_changed: '您的角色或数据范围有变动，须重新登录',
  password_changed: '口令已修改，须重新登录',
  factor_changed: '第二因素已变更，须重新登录',
};

export const sessionRequired = defineError(
  'SECURITY_SESSION_REQUIRED',
  'forbidden',
  (d: { reason?: string }) => `${ENDS[d.reason ?? ''] ?? '尚未登录'}。请登录后再试。`,
);

export const stageRequired = defineError(
  'SECURITY_SIGN_IN_INCOMPLETE',
  'forbidden',
  (d: { stage: string }) =>
    ({
      second_factor: '登录还差一步：请用验证码或安全密钥完成第二因素。',
      password: '登录还差一步：请先设置新口令。',
      enrolment: '登录还差一步：您的角色须使用第二因素，请先绑定验证器或登记安全密钥。',
    })[d.stage] ?? '登录尚未完成。',
);

export const stepUpRequired = defineError(
  'STEP_UP_REQUIRED',
  'forbidden',
  (_: Nothing) => '此项操作较为敏感，请再次输入口令、验证码或使用安全密钥确认是您本人，然后重试。',
);

export const codeRefused = defineError(
  'SECURITY_CODE_REFUSED',
  'forbidden',
  (_: Nothing) =>
    '口令或验证码不正确，或验证码已用过、已过期。绑定了验证器的，请等它显示下一个验证码再试；换了手机的，请使用恢复码。',
);

export const keyRefused = defineError(
  'SECURITY_FACTOR_KEY_REFUSED',
  'forbidden',
  (d: { what: string }) =>
    `安全密钥没有通过：${d.what}。请重新点一次按钮再用密钥；仍不行时改用验证码或恢复码，并告知系统管理员。`,
);

export const keyUnknown = defineError(
  'SECURITY_FACTOR_KEY_UNKNOWN',
  'not_found',
  (_: Nothing) => '您的账号上没有这把安全密钥，可能已经删除。请刷新后再试。',
);

export const keysOff = defineError(
  'SECURITY_FACTOR_KEY_OFF',
  'unavailable',
  (d: { why: string }) => `现在不能使用安全密钥：${d.why}。在此之前请用验证码或恢复码。`,
);

export const invitationRefused = defineError(
  'SECURITY_INVITATION_REFUSED',
  'forbidden',
  (_: Nothing) => '邀请码不正确、已用过或已过期。请核对账号与邀请码；过期的请系统管理员重新发放。',
);

export const passwordRefused = defineError(
  'SECURITY_PASSWORD_REFUSED',
  'invalid',
  (d: { problems: readonly string[] }) => `新口令不符合要求：${d.problems.join('；')}。`,
);

export const passwordContentInvalid = defineError(
  'SECURITY_PASSWORD_CONTENT_INVALID',
  'invalid',
  (d: { problems: readonly string[] }) =>
    `口令规则的内容文件有 ${d.problems.length} 处错误，服务不能启动：${d.problems.join('；')}。`,
);

export const loginTaken = defineError(
  'SECURITY_LOGIN_TAKEN',
  'conflict',
  (_: Nothing) =>
    '这个账号名已经用过。账号名不分大小写和全半角，停用后也不再给别人用。请换一个账号名。',
);

export const accountInvalid = defineError(
  'SECURITY_ACCOUNT_INVALID',
  'invalid',
  (d: { what: string }) => `账号内容不符合要求：${d.what}。请改正后重新提交。`,
);

export const accountUnknown = defineError(
  'SECURITY_ACCOUNT_UNKNOWN',
  'not_found',
  (_: Nothing) => '没有这个账号。请刷新账号清单后再试。',
);

export const accountState = defineError(
  'SECURITY_ACCOUNT_STATE',
  'conflict',
  (d: { what: string }) => `账号现在的状态不能这样处理：${d.what}。请刷新后再试。`,
);

export const accountOwn = defineError(
  'SECURITY_ACCOUNT_OWN',
  'forbidden',
  (_: Nothing) => '不能对自己的账号做这项操作。请由另一位管理员办理。',
);

export const auditorProtected = defineError(
  'SECURITY_AUDITOR_PROTECTED',
  'forbidden',
  (_: Nothing) =>
    '审计管理员和安全管理员的账号不能由系统管理员停用、重置或改动（三员分立）。请在服务器命令行由本机负责人办理：./huiliu accounts help。',
);

export const administratorsExist = defineError(
  'SECURITY_ADMINISTRATORS_EXIST',
  'conflict',
  (_: Nothing) =>
    '三名管理员都已启用，首任管理员邀请码不再发放。忘记口令的，由系统管理员重置；管理员本人无法登录的，用 ./huiliu accounts invite --login 账号。',
);

export const oidcRefused = defineError(
  'SECURITY_OIDC_REFUSED',
  'forbidden',
  (_: Nothing) =>
    '统一身份认证没有通过：登录请求已过期，或该身份没有对应的账号。请重新登录；仍不行时请联系系统管理员绑定账号。',
);

export const oidcUnavailable = defineError(
  'SECURITY_OIDC_UNAVAILABLE',
  'unavailable',
  (_: Nothing) => '统一身份认证暂时无法使用（没有配置，或对方没有响应）。请改用账号口令登录。',
);

export const sessionUnknown = defineError(
  'SECURITY_SESSION_UNKNOWN',
  'not_found',
  (_: Nothing) => '没有这个在线会话，或它已结束。请刷新清单后再试。',
);
