import { checkProofs, deliverFindings } from '../alerts/index.ts';
import { WHOLE_CITY } from '../contract/index.ts';
import { runComparison } from '../deaths/index.ts';
import { deviationFindings, findLog } from '../process/index.ts';
import { gatherDelivery, keepQuality, runIncrementally } from '../rules/index.ts';
import { stepFailed } from './errors.ts';
import type { PipelineStep } from './pipeline-run.ts';

/**
 * The map of the system: what follows a publication (发布之后), in this order. Producers of findings
 * and those who handle them meet only here. A step that fails is shown and holds up none that
 * does not need it; each may be done again without harm.
 */
export const PIPELINE: readonly PipelineStep[] = [
  {
    name: 'deaths',
    title: '死亡、在押信息比对',
    run: async ({ deaths, alerts }, { actor }) => {
      const { report, delivery } = await runComparison(deaths, { trigger: 'publication', actor });
      return { ...report, ...(await deliverFindings(alerts, delivery)) };
    },
  },
  {
    name: 'rules',
    title: '运行规则',
    // In full where an incremental run could miss something; the module decides.
    run: async ({ rules }, { actor, signal, progress }) => {
      const report = await runIncrementally(rules, { actor, signal, progress });
      if (report.state === 'cancelled') throw stepFailed({ what: '规则运行被取消' });
      return { run_id: report.run_id, kind: report.kind, ...report.totals };
    },
  },
  {
    name: 'quality',
    title: '数据质量评分',
    needs: ['rules'],
    run: async ({ rules }, { resultOf }) => ({
      scores: await keepQuality(rules, String(resultOf('rules').run_id)),
    }),
  },
  {
    name: 'alerts',
    title: '疑点转为预警',
    needs: ['rules'],
    run: async ({ rules, alerts }, { resultOf }) =>
      deliverFindings(alerts, await gatherDelivery(rules, String(resultOf('rules').run_id))),
  },
  {
    name: 'proofs',
    title: '核对处置是否见效',
    run: ({ alerts }) => checkProofs(alerts),
  },
  {
    name: 'process',
    title: '本市办件流程日志',
    // So that whoever opens the panorama first does not wait for the copy.
    run: async ({ process }) => {
      const { info } = await findLog(process, WHOLE_CITY, null);
      return { cases: info.cases, process_events: info.events };
    },
  },
  {
    name: 'deviations',
    title: '流程偏差转为预警',
    // After the alerts of the rules: a fact that a rule tells is no second alert.
    needs: ['alerts', 'process'],
    run: async ({ process, alerts }) => deliverFindings(alerts, await deviationFindings(process)),
  },
];
