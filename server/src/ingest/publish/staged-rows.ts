import { columnList, identifier } from '../../municipal/index.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';

/**
 * The accepted rows of a staged dataset. An incremental file may change one key several times:
 * the last moment counts, and of one moment the last line.
 */
export function acceptedRows(staged: Pick<StagedDataset, 'def' | 'plan' | 'table'>): string {
  const { def, plan, table } = staged;
  const columns = columnList(def);
  if (plan.mode === 'F') {
    return `(select line, cast(null as varchar) as op, ${columns} from ${table} where ${plan.accepted})`;
  }
  const key = def.key.map(identifier).join(', ');
  return `(select line, op, ${columns} from ${table} where ${plan.accepted}
    qualify row_number() over (partition by ${key} order by op_time desc, line desc) = 1)`;
}

/** Every key the file names, also of rows in quarantine. */
export function namedKeys(staged: StagedDataset): string {
  return `(select ${staged.def.key.map(identifier).join(', ')} from ${staged.table})`;
}
