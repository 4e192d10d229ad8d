import type {
  CustodyRecord,
  DeathRecord,
  ImportReport,
  ListPreview,
  RegistryStatus,
  RunTarget,
  ShownCase,
  ShownCustody,
  ShownRun,
} from '../../deaths/index.ts';

const VERDICTS: Readonly<Record<string, string>> = {
  '0': '待核',
  '1': '确认死亡',
  '2': '确认健在',
  '3': '矛盾',
};
const STATES = { open: '待提意见', opinion: '待确认', decided: '已裁决', lapsed: '矛盾已消失' };
const TRIGGERS = { event: '随事件', publication: '随发布', schedule: '定时', manual: '人工' };

const yuan = (fen: number | null): string => (fen === null ? '—' : `${(fen / 100).toFixed(2)} 元`);

export function statusText(found: RegistryStatus): string {
  const { by_verdict: by, target } = found;
  return [
    `死亡人员信息库：${found.persons} 人。待核 ${by['0']}，确认死亡 ${by['1']}，确认健在 ${by['2']}，矛盾 ${by['3']}；已撤回或非死亡 ${found.withdrawn}；未匹配到本市人员 ${found.not_matched}。`,
    `死亡后仍有发放：${found.overpaid_persons} 人，${yuan(found.overpaid_fen)}。未结冲突 ${found.open_cases} 件，待确认的登记、作废 ${found.waiting_requests} 项。`,
    `${target.year} 年比对 ${target.done} 次，目标 ${target.target} 次（另有随事件比对 ${target.of_events} 次，不计）。`,
    ...found.by_source.map(({ source, title, persons }) => `  ${source} ${title}：${persons} 人`),
  ].join('\n');
}

export function runsText(rows: readonly ShownRun[], target: RunTarget): string {
  const lines = rows.map((run) => {
    const counts = `比对 ${run.compared ?? '—'} 人，匹配 ${run.matched ?? '—'}，矛盾 ${run.conflicts ?? '—'}，新疑点 ${run.new_suspicions ?? '—'}，用时 ${run.duration_ms ?? '—'} 毫秒`;
    return `${run.started_at}  ${run.run_id}  ${TRIGGERS[run.trigger]}  ${run.failure ?? counts}`;
  });
  const head = `${target.year} 年比对 ${target.done} 次，目标 ${target.target} 次。`;
  return [head, ...(lines.length === 0 ? ['还没有比对过。'] : lines)].join('\n');
}

export function personText(found: DeathRecord): string {
  const verdict = found.verdict === null ? '无在报的死亡信息' : (VERDICTS[found.verdict] ?? '');
  const lines = found.reports.map((report) => {
    const day = report.death_date ?? report.cremated_on ?? report.hukou_cancel_on ?? '无日期';
    const state = report.state === 'live' ? '现行' : '已被更正、撤回或取代';
    const why = report.not_counted === null ? '' : `（${report.not_counted}）`;
    return `  ${report.source} ${report.source_title}  ${day}  ${state}${why}  收到 ${report.received_at}  ${report.event_id}`;
  });
  return [
    `${found.name ?? '（无姓名）'}  ${found.id_no ?? '（无号码）'}  ${found.person_id ?? '未匹配'}`,
    `认定：${verdict}${found.died_on === null ? '' : `，死亡日 ${found.died_on}`}。${found.match_reason}。`,
    `死亡后发放：${yuan(found.overpaid_fen)}`,
    ...(found.open_case === null ? [] : [`未结冲突案件：${found.open_case}`]),
    '各来源：',
    ...lines,
  ].join('\n');
}

const CUSTODY_STATES = { held: '在押', ended: '已期满', other: '社区矫正等', withdrawn: '已撤回' };

function paidText({ paid, paid_fen }: ShownCustody): string {
  if (paid === null) return '期间没有发放';
  const months = `${paid.from_month.slice(0, 7)} 至 ${paid.to_month.slice(0, 7)}`;
  return `期间仍有发放 ${paid.months} 个月（${months}），${yuan(paid_fen)}`;
}

export function custodyText(rows: readonly ShownCustody[], total: number): string {
  const lines = rows.map((row) => {
    const who = `${row.name ?? '（无姓名）'} ${row.id_no ?? ''}  ${row.person_id ?? '未匹配'}`;
    return `${who}  ${CUSTODY_STATES[row.state]}  ${paidText(row)}`;
  });
  return [`服刑羁押人员 ${total} 人。`, ...lines].join('\n');
}

export function custodyRecordText(found: CustodyRecord): string {
  const lines = found.reports.map((one) => {
    const term = `${one.start_on} 至 ${one.end_on ?? '未释放'}`;
    const state = one.state === 'live' ? '现行' : '已被更正或撤回';
    return `  ${one.source} ${one.source_title}  ${one.custody_title}  ${term}  ${state}  收到 ${one.received_at}  ${one.event_id}`;
  });
  return [
    `${found.name ?? '（无姓名）'}  ${found.id_no ?? '（无号码）'}  ${found.person_id ?? '未匹配'}`,
    `${CUSTODY_STATES[found.state]}。${found.match_reason}。${paidText(found)}。`,
    '各来源：',
    ...lines,
  ].join('\n');
}

export function conflictsText(rows: readonly ShownCase[], total: number): string {
  const lines = rows.map(
    (row) =>
      `${row.case_no}  ${row.name ?? ''} ${row.id_no ?? ''}  ${STATES[row.state]}  ${row.kinds.map(({ title }) => title).join('；')}`,
  );
  return [`冲突案件 ${total} 件。`, ...lines].join('\n');
}

export function importText(report: ImportReport): string {
  const { rows, accepted, duplicate, conflict, bad, findings } = report;
  return [
    `导入号 ${report.file_no}：${rows} 行，收下 ${accepted}，早已有 ${duplicate}，与此前内容不同 ${conflict}，不能收 ${rows - accepted - duplicate - conflict}；疑点 ${findings} 条。`,
    ...bad.map(({ line, reason }) => `  第 ${line} 行：${reason}`),
  ].join('\n');
}

export function previewText(found: ListPreview): string {
  const mapping = Object.entries(found.remembered ?? found.proposed);
  const how =
    found.remembered === null ? '拟定的列对应（请核对后用 --map 确认）' : '已确认过的列对应';
  return [
    `表头：${found.headers.join('、')}；${found.rows} 行。`,
    `${how}：`,
    ...mapping.map(([field, header]) => `  --map ${field}=${header}`),
    ...(found.problem === null ? [] : [`还不能导入：${found.problem}`]),
  ].join('\n');
}
