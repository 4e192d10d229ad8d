import type { DuckSession } from '../../store/index.ts';
import { gateRefusal } from '../gate-codes.ts';
import type { Refusal } from '../refusal.ts';
import { PREVIOUS } from './plausibility.ts';

interface Comparison {
  readonly dataset: string;
  readonly state: string;
  readonly landed: bigint;
  readonly quarantined: bigint;
  readonly was: bigint | null;
}

/**
 * What a person who asked to see a package before publication (先校验，确认后再发布) is shown: rows of
 * each dataset beside those of the period before. The account by agency stands in the ledger.
 */
export async function reviewNotice(
  session: DuckSession,
  batch: number,
  { src, titleOf }: { readonly src: string; readonly titleOf: (dataset: string) => string },
): Promise<Refusal> {
  const rows = await session.rows<Comparison>(
    `with ${PREVIOUS(batch)}
     select now.dataset, now.state, now.landed, now.quarantined, was.landed as was
     from feed.dataset now
       left join previous p on p.dataset = now.dataset
       left join feed.dataset was on was.dataset = p.dataset and was.batch = p.batch
     where now.batch = ${batch} order by now.dataset`,
    { src },
  );
  const lines = rows.map((row) => lineOf(row, titleOf(row.dataset)));
  return gateRefusal('REVIEW01', `${lines.join('；')}。请核对后由负责人填写原因确认发布，或撤回。`);
}

function lineOf({ state, landed, quarantined, was }: Comparison, title: string): string {
  if (state !== 'accepted') return `${title} 被拒收`;
  const before = was === null ? '没有上期' : `上期 ${was} 行`;
  return `${title} ${before}，本期 ${landed} 行，其中隔离 ${quarantined} 行`;
}
