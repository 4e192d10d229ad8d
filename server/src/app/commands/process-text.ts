import {
  type ExportReport,
  type LatePage,
  type LogInfo,
  type ProcessMap,
  roleText,
  type VariantPage,
} from '../../process/index.ts';
import { count } from './figures-text.ts';

const SHOWN = 20;

/** Writes seconds as people say them. */
export function spanText(seconds: number | null): string {
  if (seconds === null) return '—';
  if (seconds < 120) return `${seconds.toFixed(1)} 秒`;
  if (seconds < 7_200) return `${(seconds / 60).toFixed(1)} 分`;
  if (seconds < 172_800) return `${(seconds / 3_600).toFixed(1)} 小时`;
  return `${(seconds / 86_400).toFixed(1)} 天`;
}

export function importText(info: LogInfo): string {
  const { report } = info;
  const { no_case, no_activity, no_time } = report.set_aside;
  const aside = no_case + no_activity + no_time;
  const columns = Object.entries(report.columns).map(
    ([column, role]) => `${column} → ${roleText(role)}`,
  );
  return [
    `已导入日志 ${info.log}（${info.format}）：${count(info.cases)} 个案件、${count(info.events)} 个事件、${info.activities} 种活动、${info.variants} 个变体`,
    ...(columns.length === 0 ? [] : [`列的对应：${columns.join('，')}`]),
    ...(aside === 0
      ? []
      : [
          `${count(aside)} 个事件不能参与：缺案件号 ${no_case}、缺活动名 ${no_activity}、缺时刻 ${no_time}`,
        ]),
    ...(report.out_of_order === 0
      ? []
      : [`${count(report.out_of_order)} 个事件在文件里先后颠倒，已按时刻排好`]),
    ...(report.merged_cases === 0
      ? []
      : [`${report.merged_cases} 条轨迹与别的案件号相同，已并为一件`]),
    ...(report.repeated_event_ids === 0
      ? []
      : [`${report.repeated_event_ids} 个事件号重复，都保留`]),
    ...report.notes,
  ].join('\n');
}

export function logsText(logs: readonly LogInfo[]): string {
  return logs
    .map(
      ({ log, title, format, cases, events, imported_at }) =>
        `${log}  ${title}  ${format}  ${count(cases)} 件 ${count(events)} 个事件  ${imported_at}`,
    )
    .join('\n');
}

export function mapText(map: ProcessMap): string {
  const { duration, shown } = map;
  const edges = new Set(shown.edges.map(({ from, to }) => `${from}\u0001${to}`));
  return [
    `${map.title}：${count(map.cases)} 件、${count(map.events)} 个事件、${map.activities} 种活动、${map.variants} 个变体、${map.edges.length} 种流转`,
    `历时：中位 ${spanText(duration.median_s)}，平均 ${spanText(duration.mean_s)}，九成以内 ${spanText(duration.p90_s)}，最长 ${spanText(duration.max_s)}`,
    shown.text,
    ...map.edges
      .filter(({ from, to }) => edges.has(`${from}\u0001${to}`))
      .map(
        ({ from, to, count: times, median_s, p90_s }) =>
          `  ${from} → ${to}  ${count(times)} 次  中位 ${spanText(median_s)}  九成 ${spanText(p90_s)}`,
      ),
  ].join('\n');
}

export function variantsText(page: VariantPage): string {
  return [
    `${count(page.cases)} 件共 ${count(page.total)} 个变体`,
    ...page.rows.map(
      ({ key, activities, cases, share, cumulative_share, median_s }) =>
        `  ${key}  ${count(cases)} 件  ${(share * 100).toFixed(1)}%（累计 ${(cumulative_share * 100).toFixed(1)}%）  中位 ${spanText(median_s)}  ${activities.join(' → ')}`,
    ),
  ].join('\n');
}

const STATES = {
  overdue: '已超期',
  near: '将到期',
  on_time: '期限内',
  no_limit: '无时限',
  unknown: '日历未录全',
} as const;

export function lateText(page: LatePage): string {
  const { counts } = page;
  return [
    `到 ${page.as_of} 在办：已超期 ${counts.overdue}，将到期 ${counts.near}，期限内 ${counts.on_time}，无时限 ${counts.no_limit}，日历未录全 ${counts.unknown}`,
    ...page.rows.slice(0, SHOWN).map((row) => {
      const limit = row.limit_unit === 'work' ? '工作日' : '日';
      const used =
        row.limit_days === null
          ? ''
          : `已用 ${row.used_days ?? '—'} / ${row.limit_days} ${limit}，应于 ${row.due_on ?? '—'} 前办结`;
      const risk =
        row.breach_probability === null
          ? ''
          : `，按历史有 ${(row.breach_probability * 100).toFixed(0)}% 会超期`;
      return `  ${STATES[row.state]}  ${row.case_id}  ${row.matter_title ?? row.matter}  停在 ${row.current_activity}  ${used}${risk}`;
    }),
  ].join('\n');
}

export function exportText(report: ExportReport, path: string): string {
  return `已写出 ${count(report.cases)} 件、${count(report.events)} 个事件到 ${path}（${report.format}）`;
}
