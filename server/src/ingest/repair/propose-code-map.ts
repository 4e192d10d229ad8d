import type { CodeList, MunicipalContent } from '../../contract/index.ts';
import { mapCode } from '../../municipal/index.ts';
import type { Repair } from '../register/repair-model.ts';
import type { IngestWorld } from '../world.ts';
import { requireAct } from './audit-act.ts';
import { effectiveProfile } from './code-map.ts';
import { codeFieldUnknown, codeKnown, codeTargetUnknown, repairEmpty } from './errors.ts';
import type { Act } from './model.ts';
import { requireRepair } from './propose-edit.ts';
import { writeProposal } from './write-proposal.ts';

/** What one foreign code of a source means. */
export interface CodeMapRequest extends Act {
  readonly src: string;
  /** LD/T code of the field, or our column name where it has none. */
  readonly field: string;
  /** The code as the source sends it. */
  readonly from: string;
  /** A value of the field's code list. */
  readonly to: string;
}

/**
 * Proposes the meaning of a foreign code (提出代码对照): approved by a second person, it lets in the
 * quarantined rows of that source and is used for every later package.
 * @throws INGEST_REASON_MISSING, INGEST_SOURCE_UNKNOWN, INGEST_REPAIR_FIELD_UNKNOWN,
 *   INGEST_REPAIR_TARGET_UNKNOWN, INGEST_REPAIR_CODE_KNOWN, INGEST_REPAIR_PENDING
 */
export async function proposeCodeMap(world: IngestWorld, request: CodeMapRequest): Promise<Repair> {
  const act = requireAct(request);
  const { src, field, from, to } = request;
  if (from === '') throw repairEmpty({});
  const profile = await effectiveProfile(world, src);
  const lists = codeListsOf(world.content, field);
  if (lists.length === 0) throw codeFieldUnknown({ field });
  const fitting = lists.filter((list) => list.values.some(({ value }) => value === to));
  if (fitting.length === 0) {
    throw codeTargetUnknown({ field, to, lists: lists.map((list) => list.title) });
  }
  for (const list of lists) {
    const meaning = mapCode(profile, list, field, from);
    if (meaning !== null) throw codeKnown({ field, from, meaning });
  }
  const repairId = await writeProposal(world, act, {
    ...{ src, what: { kind: 'code_map', field, from, to } },
    ...{ object: `${src} ${field}`, title: `${src} 的 ${field}“${from}”` },
  });
  return requireRepair(world, repairId);
}

/** The code lists of every column that has this code; one code may stand in several tables. */
function codeListsOf(content: MunicipalContent, field: string): CodeList[] {
  const ids = new Set<string>();
  for (const def of content.tables.values()) {
    for (const column of def.columns) {
      if (column.codes !== null && (column.code ?? column.name) === field) ids.add(column.codes);
    }
  }
  return [...ids].flatMap((id) => content.codeLists.get(id) ?? []);
}
