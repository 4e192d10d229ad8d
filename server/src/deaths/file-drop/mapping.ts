import { sm3Hex } from '../../security/index.ts';
import type { HeadersDef } from '../content/model.ts';

/** Fields of a report that a column may hold. */
export const FIELDS = [
  ...(['id_no', 'name', 'sex', 'birth_date', 'death_date', 'cert_no', 'cremation_no'] as const),
  ...(['cremated_on', 'hukou_cancel_on', 'hukou_cancel_reason', 'event_id'] as const),
] as const;
export type Field = (typeof FIELDS)[number];

/** Field → header of its column (列对应). */
export type Mapping = Readonly<Partial<Record<Field, string>>>;

/** One header set has one key, whatever the order of its columns. */
export function headerKey(headers: readonly string[]): string {
  return sm3Hex(JSON.stringify([...headers].map(plain).sort()));
}

/**
 * Proposes which column holds what, from the usual names of content: equal names first, then names
 * that contain one. A column about somebody else (申请人、家属) is left alone. A proposal only: a
 * person confirms it once.
 */
export function proposeMapping(headers: readonly string[], def: HeadersDef): Mapping {
  const mapping: Partial<Record<Field, string>> = {};
  const free = new Set(
    headers.filter(
      (header) => header !== '' && !def.not.words.some((word) => header.includes(word)),
    ),
  );
  const passes = [
    (header: string, known: string) => header === known,
    (header: string, known: string) => known.length > 1 && header.includes(known),
  ];
  for (const fits of passes) {
    for (const field of FIELDS) {
      if (mapping[field] !== undefined) continue;
      const names = (def.fields[field] ?? []).map(plain);
      const header = [...free].find((one) => names.some((known) => fits(plain(one), known)));
      if (header === undefined) continue;
      mapping[field] = header;
      free.delete(header);
    }
  }
  return mapping;
}

/** Whether a row is a header row: it names at least two fields, one of them who the person is. */
export function looksLikeHeader(cells: readonly string[], def: HeadersDef): boolean {
  const mapping = proposeMapping(
    cells.map((cell) => cell.trim()),
    def,
  );
  const who = mapping.id_no !== undefined || mapping.name !== undefined;
  return who && Object.keys(mapping).length >= 2;
}

/** Says in Chinese what is wrong with a mapping somebody confirmed; null when it can be used. */
export function mappingProblem(mapping: Mapping, headers: readonly string[]): string | null {
  for (const [field, header] of Object.entries(mapping)) {
    if (!FIELDS.some((known) => known === field)) return `没有字段 ${field}。`;
    if (!headers.includes(header)) return `表头里没有“${header}”这一列。`;
  }
  const used = Object.values(mapping);
  if (new Set(used).size !== used.length) return '同一列不能对应两个字段。';
  if (
    mapping.id_no === undefined &&
    (mapping.name === undefined || mapping.birth_date === undefined)
  ) {
    return '至少要有公民身份号码，或者姓名和出生日期。';
  }
  const { death_date, cremated_on, hukou_cancel_on } = mapping;
  if (death_date === undefined && cremated_on === undefined && hukou_cancel_on === undefined) {
    return '至少要有死亡日期、火化日期、户籍注销日期之一。';
  }
  return null;
}

function plain(header: string): string {
  return header
    .normalize('NFKC')
    .replace(/[\s\p{P}\p{S}]/gu, '')
    .toLowerCase();
}
