import type { DuckSession } from '../../store/index.ts';
import { planReader } from '../publish/plan-reader.ts';
import { nextEdition } from '../publish/publish-package.ts';
import { settlePersons } from '../publish/settle-persons.ts';
import { releaseKnownReferences } from '../publish/settle-quarantine.ts';
import type { CodeMapRepair, EditRepair, Repair } from '../register/repair-model.ts';
import { rowCodeTitle } from '../row-codes.ts';
import type { StagePlan } from '../stage/plan.ts';
import type { IngestWorld } from '../world.ts';
import { applyCodeMap } from './apply-code-map.ts';
import { type RemainingFault, republishRows } from './republish-rows.ts';

/** What became of repairs applied together. */
export interface Application {
  /** Null when nothing was published. */
  readonly edition: number | null;
  readonly outcomes: readonly RepairOutcome[];
}

export interface RepairOutcome {
  readonly repairId: number;
  readonly applied: boolean;
  /** Chinese, without personal data. */
  readonly text: string;
}

type PlanOf = (batch: number, dataset: string) => Promise<StagePlan | null>;

/**
 * Publishes approved repairs as one edition, in one transaction: their rows, then the rows that
 * waited for a person or unit among them, then the links of events to persons. A row that still
 * has a fault stays as it is.
 */
export function applyRepairs(
  world: IngestWorld,
  repairs: readonly Repair[],
  replay?: { readonly edition: number; readonly repairId: number },
): Promise<Application> {
  const edits = repairs.filter((repair) => repair.kind === 'edit');
  const mapping = repairs.find((repair) => repair.kind === 'code_map') ?? null;
  const planOf = planReader(world, mapping);
  return world.duck.transaction(async (session) => {
    const target = replay?.edition ?? (await nextEdition(session));
    const outcomes = [
      ...(await applyEdits(session, planOf, edits, target)),
      ...(mapping === null ? [] : [await applyMapping(session, planOf, mapping, target)]),
    ];
    const applied = outcomes.filter((item) => item.applied).map((item) => item.repairId);
    // A replayed edition keeps its place even when nothing of it passes any more.
    if (applied.length === 0 && replay === undefined) return { edition: null, outcomes };
    const named = replay?.repairId ?? Math.min(...applied);
    await session.run(`insert into feed.edition values (${target}, 'repair', null, ${named})`);
    await releaseKnownReferences(session, { planOf }, target);
    await settlePersons(session);
    return { edition: target, outcomes };
  });
}

async function applyMapping(
  session: DuckSession,
  planOf: PlanOf,
  repair: CodeMapRepair,
  edition: number,
): Promise<RepairOutcome> {
  const { published, left } = await applyCodeMap(session, planOf, repair, edition);
  const rest = left === 0 ? '' : `，另有 ${left} 行还有其他错误、留在隔离区`;
  const text = `已生效：隔离区 ${published} 行入库${rest}；以后的包按此对照。`;
  return { repairId: repair.repairId, applied: true, text };
}

async function applyEdits(
  session: DuckSession,
  planOf: PlanOf,
  edits: readonly EditRepair[],
  edition: number,
): Promise<RepairOutcome[]> {
  const outcomes: RepairOutcome[] = [];
  for (const group of await inPublishedOrder(session, edits)) {
    const plan = await planOf(group.batch, group.dataset);
    if (plan === null) {
      const text = `数据标准已没有 ${group.dataset} 的这种文件，没有改动。请由来源重报。`;
      outcomes.push(...group.rows.map(({ repairId }) => ({ repairId, applied: false, text })));
      continue;
    }
    const { published, remaining } = await republishRows(session, {
      ...group,
      plan,
      edition,
      carried: false,
    });
    for (const { repairId, line } of group.rows) {
      const applied = published.has(line);
      const text = applied ? '已入库。' : failureText(remaining.get(line));
      outcomes.push({ repairId, applied, text });
    }
  }
  return outcomes;
}

function failureText(faults: readonly RemainingFault[] | undefined): string {
  if (faults === undefined) {
    return '该行已不在隔离区（已更正、已入库或被来源后来的包取代），没有改动。';
  }
  const found = faults.map(({ code, label }) => {
    const at = label === null || label === '' ? '' : `（${label}）`;
    return `${rowCodeTitle(code)}${at}`;
  });
  return `更正后仍有错误：${found.join('、')}。该行留在隔离区，请按这些错误重新提出更正。`;
}

interface EditGroup {
  readonly batch: number;
  readonly dataset: string;
  readonly src: string;
  readonly rows: EditRepair[];
}

/** Edits by dataset: units and persons first, older packages before newer ones. */
async function inPublishedOrder(
  session: DuckSession,
  edits: readonly EditRepair[],
): Promise<EditGroup[]> {
  const editions = await session.rows<{ batch: number; edition: number }>(
    'select batch, edition from feed.batch where batch in (select unnest($batches::INTEGER[]))',
    { batches: edits.map((edit) => edit.batch) },
  );
  const editionOf = new Map(editions.map((row) => [row.batch, row.edition]));
  const groups = new Map<string, EditGroup>();
  for (const edit of edits) {
    const { batch, dataset, src } = edit;
    const name = `${batch} ${dataset}`;
    const group = groups.get(name) ?? { batch, dataset, src, rows: [] };
    group.rows.push(edit);
    groups.set(name, group);
  }
  const rank = ({ dataset }: EditGroup) => ['unit', 'person'].indexOf(dataset) >>> 0;
  const edition = ({ batch }: EditGroup) => editionOf.get(batch) ?? 0;
  return [...groups.values()].sort(
    (a, b) => rank(a) - rank(b) || edition(a) - edition(b) || (a.dataset < b.dataset ? -1 : 1),
  );
}
