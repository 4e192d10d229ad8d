import {
  type CasePage,
  type openCaseDetail,
  type overviewCases,
  STATE_TITLES,
} from '../../alerts/index.ts';
import { yuan } from './figures-text.ts';

const LEVELS = { high: '高', medium: '中', low: '低' } as const;
const DISPOSAL_STATES = {
  ...{ proposed: '待复核', approved: '已同意，待办成', refused: '未同意', proved: '已办成' },
} as const;

type Overview = Awaited<ReturnType<typeof overviewCases>>;
type Detail = Awaited<ReturnType<typeof openCaseDetail>>;
type Line = Overview['by_rule'][number];

/** How a due day stands: working days over or left. */
function dueText(daysLeft: number | null): string {
  if (daysLeft === null) return '—';
  if (daysLeft < 0) return `超 ${-daysLeft} 天`;
  return daysLeft === 0 ? '今日到期' : `剩 ${daysLeft} 天`;
}

export function casesText({ rows, total, page }: CasePage): string {
  if (total === 0) return '没有符合条件的疑点单。';
  const lines = rows.map((row) =>
    [
      row.case_id.padStart(6),
      LEVELS[row.level],
      row.agency,
      row.state_title,
      dueText(row.days_left),
      yuan(row.amount_fen),
      `${row.rules.join('、')} ${row.title}`,
      ...(row.vanished ? ['〔事实已消失〕'] : []),
      ...(row.changed ? ['〔数据已更新〕'] : []),
      ...(row.occurrence > 1 ? ['〔复发〕'] : []),
    ].join('  '),
  );
  return [...lines, `共 ${total} 张疑点单，第 ${page} 页 ${rows.length} 张。`].join('\n');
}

export function caseText(detail: Detail): string {
  const alerts = detail.alerts.flatMap((alert) => [
    `规则 ${alert.rule} 第 ${alert.rule_version} 版：${alert.title}`,
    `  依据 ${alert.basis.join('、')}`,
    ...alert.values.map(({ title, value }) => `  ${title}：${String(value)}`),
    ...alert.changes.map(
      ({ title, before, after }) =>
        `  〔命中后已更新〕${title}：${String(before)} → ${String(after)}`,
    ),
    ...(alert.vanished_on === null ? [] : [`  〔${alert.vanished_on} 起事实已消失〕`]),
  ]);
  const steps = detail.timeline.map(
    ({ at, actor_name, to_state, remark }) =>
      `  ${at.slice(0, 16)}  ${STATE_TITLES[to_state]}  ${actor_name}  ${remark ?? ''}`,
  );
  return [
    `疑点单 ${detail.case_id}  ${LEVELS[detail.level]}  ${detail.state_title}  ${dueText(detail.days_left)}`,
    `经办机构 ${detail.agency}，对象 ${detail.person_id ?? detail.unit_id ?? '—'} ${detail.person_name ?? ''}，涉险金额上限 ${yuan(detail.amount_fen)}`,
    ...alerts,
    ...detail.disposals.map(
      ({ title, state, amount_fen }) =>
        `处置：${title} ${DISPOSAL_STATES[state]} ${yuan(amount_fen)}`,
    ),
    '经过：',
    ...steps,
    '疑点不等于违规，停发、追回须经人核实。',
  ].join('\n');
}

export function overviewText(overview: Overview): string {
  const { total } = overview;
  const share = ({ confirmed_share }: Line) =>
    confirmed_share === null ? '—' : `${(confirmed_share * 100).toFixed(1)}%`;
  const table = (title: string, lines: readonly Line[]) => [
    title,
    ...lines.map(
      (line) =>
        `  ${line.value}  ${line.cases} 张  在办 ${line.open}  超期 ${line.overdue}  属实率 ${share(line)}  涉险 ${yuan(line.at_risk_fen)}  核实 ${yuan(line.confirmed_fen)}  追回 ${yuan(line.recovered_fen)}`,
    ),
  ];
  return [
    `疑点单 ${total.cases} 张，在办 ${total.open} 张，超期 ${total.overdue} 张，属实率 ${share(total)}；数据截至 ${overview.as_of ?? '—'}`,
    `涉险金额上限 ${yuan(total.at_risk_fen)}，核实 ${yuan(total.confirmed_fen)}，追回 ${yuan(total.recovered_fen)}`,
    ...table('按规则组', overview.by_rule_group),
    ...table('按经办机构', overview.by_agency),
  ].join('\n');
}
