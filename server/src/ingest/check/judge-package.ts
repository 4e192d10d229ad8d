import type { MunicipalContent, SourceProfile } from '../../contract/index.ts';
import { pickRecords } from '../decode/index.ts';
import { gateRefusal } from '../gate-codes.ts';
import type { JudgedDataset } from '../ledger/write-account.ts';
import type { PackageDataset, PackageManifest, RawSource } from '../receive/index.ts';
import type { Refusal } from '../refusal.ts';
import { fileFormat, type StagedDataset, stageDataset } from '../stage/stage-dataset.ts';
import type { StagingDatabase } from '../stage/staging-database.ts';
import { requireControlTotals } from './control-totals.ts';
import { findDuplicateKeys, markSharedIds } from './duplicate-keys.ts';

/** The raw file of a dataset. */
export interface RawFile {
  readonly source: RawSource;
  readonly gzip: boolean;
}

/** Units and persons first: everything else refers to them. */
const FIRST = ['unit', 'person'];

/**
 * Reads every file of a package and judges it: gates G4 to G7. Nothing is visible yet.
 * @throws RefusalError when the package must be refused whole (G4, G5)
 */
export async function judgePackage(
  staging: StagingDatabase,
  input: {
    manifest: PackageManifest;
    files: ReadonlyMap<string, RawFile>;
    content: MunicipalContent;
    onRows: (dataset: PackageDataset, rows: number) => void;
    onStaged: () => void;
  },
): Promise<JudgedDataset[]> {
  const judged: JudgedDataset[] = [];
  for (const manifest of inReadingOrder(input.manifest.datasets)) {
    judged.push(await readDataset(staging, manifest, input));
  }
  input.onStaged();
  for (const { staged } of judged) {
    if (staged !== null) await requireControlTotals(staging, staged);
  }
  const checked: JudgedDataset[] = [];
  for (const item of judged) checked.push(await checkKeys(staging, item, input.files));
  return checked;
}

function inReadingOrder(datasets: readonly PackageDataset[]): PackageDataset[] {
  const rank = ({ dataset }: PackageDataset) => {
    const index = FIRST.indexOf(dataset);
    return index < 0 ? FIRST.length : index;
  };
  return [...datasets].sort((a, b) => rank(a) - rank(b));
}

async function readDataset(
  staging: StagingDatabase,
  manifest: PackageDataset,
  input: Parameters<typeof judgePackage>[1],
): Promise<JudgedDataset> {
  const { dataset, mode, rows: declared } = manifest;
  const base = { dataset, mode, declared, lateRaw: new Map(), duplicateLines: [] };
  const def = input.content.tables.get(dataset);
  const file = input.files.get(dataset);
  if (def === undefined || file === undefined) {
    const what = `${dataset} 不在 24 张表之内，未入库。请核对数据集名称。`;
    return { ...base, staged: null, refusal: gateRefusal('TABLE01', what) };
  }
  const outcome = await stageDataset(staging, {
    def,
    manifest,
    ...file,
    onRows: (rows) => input.onRows(manifest, rows),
  });
  if (outcome.kind === 'refused') return { ...base, staged: null, refusal: outcome.refusal };
  const { staged } = outcome;
  if (FIRST.includes(dataset)) {
    const shared = dataset === 'person' ? await markSharedIds(staging, staged) : [];
    await staging.learnReferences(def, staged.plan.accepted);
    return { ...base, staged, refusal: null, lateRaw: await rawOf(staged, file, shared) };
  }
  return { ...base, staged, refusal: null };
}

/** Refuses a dataset whose file names a key twice (G6), keeping the lines to show. */
async function checkKeys(
  staging: StagingDatabase,
  judged: JudgedDataset,
  files: ReadonlyMap<string, RawFile>,
): Promise<JudgedDataset> {
  const { staged } = judged;
  if (staged === null) return judged;
  const { count, lines } = await findDuplicateKeys(staging, staged);
  if (count === 0) return judged;
  const { def, manifest } = staged;
  const key = def.key.join('、');
  const file = files.get(judged.dataset);
  return {
    ...judged,
    refusal: gateRefusal(
      'KEY01',
      `${manifest.file} 有 ${count} 行的主键（${key}）重复，首见于第 ${lines[0]} 行，该数据集未入库。请来源去重后重报。`,
    ),
    duplicateLines: lines,
    lateRaw: file === undefined ? new Map() : await rawOf(staged, file, lines),
  };
}

function rawOf(
  staged: StagedDataset,
  file: RawFile,
  lines: readonly number[],
): Promise<ReadonlyMap<number, string[]>> {
  if (lines.length === 0) return Promise.resolve(new Map());
  return pickRecords(file.source, fileFormat(staged.manifest, file.gzip), lines);
}

/** Why refused datasets (G6) refuse the whole package: nothing is left, or the source wants it so. */
export function refusalOfWhole(
  profile: SourceProfile,
  judged: readonly JudgedDataset[],
): Refusal | null {
  const refusals = judged.flatMap((item) => (item.refusal === null ? [] : [item.refusal]));
  return profile.refuseWhole || refusals.length === judged.length ? (refusals[0] ?? null) : null;
}
