import type { MunicipalContent } from '../../contract/index.ts';
import type {
  BackTest,
  findRule,
  listRuns,
  QualityScore,
  RuleCheck,
  RuleLine,
  RunReport,
  ShownFinding,
} from '../../rules/index.ts';
import { yuan } from './figures-text.ts';

const LEVELS = { high: '高', medium: '中', low: '低' } as const;
const STATUSES = { draft: '草拟', trial: '影子', active: '启用', retired: '停用' } as const;
const RUN_STATES = {
  ...{ running: '进行中', finished: '完成', cancelled: '已取消', interrupted: '中断' },
} as const;
const CHANGE_STATES = { asked: '待批准', approved: '已批准', refused: '未批准' } as const;
const KINDS = {
  full: '全量',
  rules: '指定规则',
  person: '单人',
  incremental: '增量',
  repeat: '重做',
} as const;

const SHOWN = 50;

/** One run for people: the rules that found something or could not run, then the sums. */
export function runText(report: RunReport): string {
  const { totals } = report;
  const notable = report.rules.filter(({ hits, state }) => hits > 0 || state === 'not_run');
  const lines = notable.map(({ id, title, state, hits, amount_fen, reason }) =>
    state === 'ran'
      ? `  ${id}  ${String(hits).padStart(7)} 条  ${yuan(amount_fen)}  ${title}`
      : `  ${id}  未运行：${reason}`,
  );
  return [
    `规则运行 ${report.run_id}（${KINDS[report.kind]}），数据截至 ${report.as_of}`,
    ...lines,
    `运行 ${totals.ran} 条规则，未运行 ${totals.not_run} 条；疑点 ${totals.hits} 条，合并为 ${totals.groups} 张疑点单，涉及 ${totals.persons} 人，涉险金额上限 ${yuan(totals.amount_fen)}；用时 ${(totals.duration_ms / 1000).toFixed(1)} 秒。`,
    '疑点不等于违规，停发、追回须经人核实。',
  ].join('\n');
}

export function runListText(runs: Awaited<ReturnType<typeof listRuns>>): string {
  if (runs.length === 0) return '还没有运行过规则。用 ./huiliu rules run 运行一次。';
  return runs
    .map(
      ({ run_id, kind, state, as_of, started_at, totals }) =>
        `${run_id}  ${KINDS[kind]}  ${RUN_STATES[state]}  数据截至 ${as_of}  开始 ${started_at}  疑点 ${totals?.hits ?? '—'}`,
    )
    .join('\n');
}

/** Findings with their facts; `titleOf` names a field as people do. */
export function findingText(
  findings: readonly ShownFinding[],
  titleOf: (field: string) => string,
): string {
  if (findings.length === 0) return '没有疑点。';
  const lines = findings.slice(0, SHOWN).map((finding) => {
    const key = Object.values(finding.key).join(' ');
    const facts = Object.entries(finding.evidence).map(
      ([field, value]) => `${titleOf(field)}：${String(value)}`,
    );
    return `${finding.rule} ${LEVELS[finding.level]} ${key}  ${yuan(finding.amount_fen)}  ${facts.join(' ')}  依据 ${finding.provenance.length} 行`;
  });
  const more = findings.length - SHOWN;
  if (more > 0) lines.push(`……另有 ${more} 条，用 --json 全部列出。`);
  return lines.join('\n');
}

export function checkText(checks: readonly RuleCheck[]): string {
  const bad = checks.filter(({ problems }) => problems.length > 0);
  const cases = checks.reduce((sum, { cases }) => sum + cases, 0);
  return [
    ...bad.flatMap(({ id, problems }) => [id, ...problems.map((problem) => `    ${problem}`)]),
    `核对 ${checks.length} 条规则、${cases} 个用例，${bad.length === 0 ? '全部通过' : `${bad.length} 条有问题`}。`,
  ].join('\n');
}

export function ruleListText(lines: readonly RuleLine[]): string {
  const count = (status: RuleLine['status']): number =>
    lines.filter((line) => line.status === status).length;
  return [
    ...lines.map(
      ({ id, severity, status, title, missing }) =>
        `${id}  ${LEVELS[severity]}  ${STATUSES[status]}  ${title}${missing === null ? '' : `（缺：${missing}）`}`,
    ),
    `共 ${lines.length} 条：启用 ${count('active')}、影子 ${count('trial')}、草拟 ${count('draft')}、停用 ${count('retired')}。`,
  ].join('\n');
}

export function ruleText({ rule, cases, changes }: Awaited<ReturnType<typeof findRule>>): string {
  const params = [...rule.params].map(([name, { value, unit, min, max, why }]) => {
    const range = min === null && max === null ? '' : `，范围 ${min ?? '不限'}～${max ?? '不限'}`;
    return `  ${name} = ${String(value)} ${unit}${range}（${why}）`;
  });
  return [
    `${rule.id} ${rule.title}（第 ${rule.version} 版，${LEVELS[rule.severity]}，${STATUSES[rule.status]}，${rule.owner}）`,
    `依据：${rule.basis.join('；')}`,
    `理由：${rule.why}`,
    `处置：${rule.action}`,
    `误报：${rule.falsePositives.join('；')}`,
    ...(rule.missing === null ? [] : [`缺少：${rule.missing}`]),
    ...(params.length === 0 ? [] : ['参数：', ...params]),
    `读取：${rule.reads.join('、')}`,
    ...(rule.sql === '' ? [] : ['SQL：', ...rule.sql.split('\n').map((line) => `  ${line}`)]),
    ...(cases.length === 0 ? [] : ['用例：', ...cases.map((name) => `  ${name}`)]),
    ...changes.map(changeText),
  ].join('\n');
}

function changeText(change: Awaited<ReturnType<typeof findRule>>['changes'][number]): string {
  const { change_no, what, before, after, state, asked_by, decided_by } = change;
  const changed =
    what === 'status'
      ? [`状态 ${statusText(before.status)} → ${statusText(after.status)}`]
      : Object.entries(after.params ?? {}).map(
          ([name, value]) =>
            `参数 ${name} ${String(before.params?.[name] ?? '—')} → ${String(value)}`,
        );
  const decided = decided_by === null ? '' : `，审批 ${decided_by}`;
  return `变更 ${change_no}：${changed.join('、')}，${CHANGE_STATES[state]}，申请 ${asked_by}${decided}`;
}

const statusText = (status: RuleLine['status'] | undefined): string =>
  status === undefined ? '—' : STATUSES[status];

export function backTestText(test: BackTest, { agencies }: MunicipalContent): string {
  const changes = Object.entries(test.params).map(
    ([name, { before, after }]) => `${name} ${String(before)} → ${String(after)}`,
  );
  const sum = ({ hits, amount_fen }: BackTest['before']): string =>
    `${hits} 条 ${yuan(amount_fen)}`;
  return [
    `回测 ${test.rule}：${changes.join('，')}；数据截至 ${test.as_of}`,
    `现行 ${sum(test.before)}，改后 ${sum(test.after)}`,
    ...test.counties.map(
      (county) =>
        `  ${agencies.get(county.agency) ?? county.agency}：新增 ${sum(county.new)}，减少 ${sum(county.lost)}，不变 ${sum(county.kept)}`,
    ),
  ].join('\n');
}

export function qualityText(
  scores: readonly QualityScore[],
  { tables, agencies }: Pick<MunicipalContent, 'tables' | 'agencies'>,
): string {
  if (scores.length === 0) return '没有质量问题，各表均为 100 分。';
  return scores
    .map(({ table, column, agency, period, rows, faulty, score }) => {
      const def = tables.get(table);
      const title = def?.columns.find(({ name }) => name === column)?.title ?? column;
      const what = [def?.title ?? table, title].filter((part) => part !== null).join(' ');
      const where = agencies.get(agency) ?? agency;
      return `${score.toFixed(2)}  ${what}  ${where}  ${period}  ${faulty} / ${rows} 行`;
    })
    .join('\n');
}
