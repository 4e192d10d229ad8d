import { textLiteral } from '../stage/sql-text.ts';
import type { IngestWorld } from '../world.ts';

/** What a code mapping would let in (代码对照预览). */
export interface CodeMapPreview {
  /** Open rows of the source that have this foreign code in this field. */
  readonly rows: number;
  /** Of these, rows with no other fault: they would pass. */
  readonly only_fault: number;
  readonly samples: readonly {
    readonly package_id: string;
    readonly dataset: string;
    readonly line: number;
    readonly agency: string | null;
  }[];
}

const SAMPLES = 10;

/** Counts the quarantined rows a mapping concerns; `field` is the LD/T code or our column name. */
export async function previewCodeMap(
  { duck, content }: IngestWorld,
  { src, field, from }: { readonly src: string; readonly field: string; readonly from: string },
): Promise<CodeMapPreview> {
  const datasets = [...content.tables.values()]
    .filter(({ columns }) =>
      columns.some((column) => column.codes !== null && (column.code ?? column.name) === field),
    )
    .map(({ name }) => textLiteral(name));
  if (datasets.length === 0) return { rows: 0, only_fault: 0, samples: [] };
  const found = `select q.batch, q.dataset, q.line, any_value(q.agency) as agency,
      any_value(b.package_id) as package_id, count(*) filter (where f.code = 'CODE01'
        and f.raw_value = $from) as hits, count(*) as faults
    from feed.quarantine_row q join feed.batch b using (batch)
      join feed.quarantine f on f.batch = q.batch and f.dataset = q.dataset and f.line = q.line
    where q.state = 'open' and b.src = $src and q.dataset in (${datasets.join(', ')})
    group by q.batch, q.dataset, q.line
    having count(*) filter (where f.code = 'CODE01' and f.raw_value = $from) > 0`;
  return duck.read(async (session) => {
    const total = await session.first<{ n: bigint; single: bigint }>(
      `select count(*) as n, count(*) filter (where hits = faults) as single from (${found})`,
      { src, from },
    );
    const samples = await session.rows<{
      package_id: string;
      dataset: string;
      line: bigint;
      agency: string | null;
    }>(
      `select package_id, dataset, line, agency from (${found})
       order by batch, dataset, line limit ${SAMPLES}`,
      { src, from },
    );
    return {
      rows: Number(total?.n ?? 0n),
      only_fault: Number(total?.single ?? 0n),
      samples: samples.map((row) => ({ ...row, line: Number(row.line) })),
    };
  });
}
