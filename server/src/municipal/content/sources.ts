import type { CodeMapping, SourceProfile } from '../../contract/index.ts';
import { checkShape } from './check-shape.ts';
import { type Loaded, loadKind } from './load-kind.ts';
import type { Report } from './problem.ts';
import { codeMappingShape, type SourceShape, sourceShape } from './shapes.ts';
import type { YamlFile } from './yaml-file.ts';

/** A source profile with the place of each of its mappings in the file. */
export interface ReadSource {
  readonly profile: SourceProfile;
  readonly file: YamlFile;
  /** Index in the file of `profile.codeMap[i]`. */
  readonly positions: readonly number[];
}

/** Reads the source profiles. */
export function readSources(roots: readonly string[], report: Report): ReadSource[] {
  const kind = {
    folder: 'sources',
    suffix: '.source.yaml',
    schema: sourceShape,
    idKey: 'src',
    word: '来源',
  };
  const { items } = loadKind(kind, roots, report);
  return [...items.values()].map((loaded) => readSource(loaded, report));
}

function readSource({ file, shape }: Loaded<SourceShape>, report: Report): ReadSource {
  const codeMap: CodeMapping[] = [];
  const positions: number[] = [];
  for (const [index, written] of (shape.code_map ?? []).entries()) {
    if (!checkShape(codeMappingShape, file, ['code_map', index], written, report)) continue;
    const { code, from, to, note } = written;
    // Empty stands for "known, but nothing here corresponds": no code list holds it.
    codeMap.push({ code, from, to: to ?? '', note: note ?? null });
    positions.push(index);
  }
  return { profile: toProfile(shape, codeMap), file, positions };
}

function toProfile(shape: SourceShape, codeMap: CodeMapping[]): SourceProfile {
  const { row_share, sum_share, increment_factor, min_rows } = shape.plausibility;
  return {
    src: shape.src,
    title: shape.title,
    unsignedAllowed: shape.unsigned_allowed,
    demoKeys: (shape.demo_keys ?? []).map(({ key_id, secret }) => ({ keyId: key_id, secret })),
    codeMap,
    columnMap: shape.column_map ?? {},
    plausibility: {
      rowShare: row_share,
      sumShare: sum_share,
      incrementFactor: increment_factor,
      minRows: min_rows,
    },
    refuseWhole: shape.refuse_whole,
  };
}
