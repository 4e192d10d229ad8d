import type {
  IssuedKey,
  listAlarms,
  listApps,
  listDeadLetters,
  QueriedDepartment,
  ShownInquiry,
  showBoard,
} from '../../deaths/index.ts';

type Rows<F extends (...words: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;

const STATES = {
  ...{ ok: '正常', idle: '未开始', late: '偏少', silent: '久未到数' },
  ...{ failing: '失败', held: '暂停呼叫', ended: '停用' },
} as const;

/** A key as it is shown this once. */
export function issuedText({ appId, keyNo, algorithm, secret }: IssuedKey): string {
  const lines = [`应用编号：${appId}`, `第 ${keyNo} 把密钥，算法 ${algorithm}`];
  if (secret === null) return [...lines, '对方用自己的私钥签名。'].join('\n');
  return [
    ...lines,
    `密钥：${secret}`,
    '密钥只显示这一次，请用安全的方式交给对方，不要用聊天工具转发。',
  ].join('\n');
}

export function appsText(apps: Rows<typeof listApps>): string {
  if (apps.length === 0) return '还没有登记任何应用。用 apps add 登记。';
  return apps
    .map((app) => {
      const keys = app.keys.filter((key) => key.revokedAt === null).length;
      const state = app.revokedAt === null ? `有效密钥 ${keys} 把` : '已停用';
      const sources = [
        app.deathSource && `死亡 ${app.deathSource}`,
        app.custodySource && `服刑 ${app.custodySource}`,
      ];
      return `${app.appId}  ${app.name}  ${sources.filter(Boolean).join('、')}  ${app.agencies.join('、')}  ${state}`;
    })
    .join('\n');
}

export function boardText(rows: Rows<typeof showBoard>, alarms: Rows<typeof listAlarms>): string {
  if (rows.length === 0)
    return '还没有部门接口。用 apps add 登记应用，或配置 config/interfaces.yaml。';
  const lines = rows.map((row) => {
    const last = row.last_received_at === null ? '从未到数' : `最近到数 ${row.last_received_at}`;
    const failure =
      row.failures_in_row === 0
        ? ''
        : `，失败 ${row.failures_in_row} 次：${row.last_failure ?? ''}`;
    return `${STATES[row.state]}  ${row.title}（${row.interface_id}）  ${last}，今日 ${row.received_today} 件，待处理 ${row.backlog}，未能处理 ${row.dead_letters}${failure}`;
  });
  const told = alarms.map(
    (alarm) => `告警  ${alarm.interface_id}  ${alarm.detail}（${alarm.opened_at}）`,
  );
  return [...lines, ...told].join('\n');
}

export function lettersText(rows: Rows<typeof listDeadLetters>['rows'], total: number): string {
  if (total === 0) return '没有未能处理的报送。';
  const lines = rows.map(
    (row) => `${row.inbox_no}  ${row.interface_id}  试过 ${row.tries} 次  ${row.reason ?? ''}`,
  );
  return [`共 ${total} 件未能处理：`, ...lines].join('\n');
}

/** Departments that can be asked about one person. */
export function queriedText(rows: readonly QueriedDepartment[]): string {
  if (rows.length === 0) return '没有可以点名查询的接口。在 config/interfaces.yaml 里写 query。';
  const what = { death: '死亡', custody: '服刑羁押' };
  return rows
    .map(
      ({ department, title, subject, source }) =>
        `${department}  ${title}  ${what[subject]} ${source}`,
    )
    .join('\n');
}

const OUTCOMES: Readonly<Record<ShownInquiry['outcome'], string>> = {
  found: '对方有记录',
  none: '对方没有这个人的记录',
  unusable: '对方的答复不能采用',
  failed: '没有得到答复',
  asked: '查询中断',
};

/** What a department answered about one person. */
export function inquiryText(found: ShownInquiry): string {
  const { inquiry_no, title, outcome, reports, fresh, reason } = found;
  const counts = outcome === 'found' ? `，收作证据 ${reports} 条，其中以前没有的 ${fresh} 条` : '';
  const why = reason === null ? '' : `：${reason}`;
  return `查询 Q${inquiry_no}（${title}）：${OUTCOMES[outcome]}${counts}${why}。`;
}
