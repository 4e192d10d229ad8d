import type { ColumnDef, MunicipalContent, TableDef } from '../../contract/index.ts';
import { maskIdBesideBirth, maskValue, scrubText } from '../../security/index.ts';
import { type Dossier, type DossierRow, rowsOf } from './model.ts';
import { buildDossierTimelines } from './timelines.ts';

/**
 * Masks a dossier (脱敏) for somebody without the right to plain values: every column by the mask
 * its table definition names. Id numbers show no tail, because a dossier always tells the birth.
 * Timelines are made anew from the masked rows, so they tell nothing the rows do not.
 */
export function maskDossier(dossier: Dossier, content: MunicipalContent): Dossier {
  const person = content.tables.get('person');
  const sections: Record<string, readonly DossierRow[]> = {};
  for (const [name, { table }] of Object.entries(dossier.sections)) {
    const def = content.tables.get(table);
    // Without a definition nothing says what is sensitive: such rows are not shown at all.
    sections[name] = def ? rowsOf(dossier, name).map((row) => maskDossierRow(def, row)) : [];
  }
  const { fields } = dossier.person;
  const masked = person
    ? maskDossierRow(person, dossier.person)
    : { provenance: dossier.person.provenance };
  return {
    person: { ...masked, fields },
    ...sections,
    as_of: dossier.as_of,
    sections: dossier.sections,
    timelines: buildDossierTimelines(sections, dossier.sections),
    units: dossier.units,
  };
}

/** Masks one row of a dossier; the dossier it is from tells the birth. */
export function maskDossierRow(def: TableDef, row: DossierRow): DossierRow {
  const cells: Record<string, DossierRow[string]> = {};
  for (const column of def.columns) cells[column.name] = maskCell(column, row[column.name] ?? null);
  return { ...cells, provenance: row.provenance };
}

function maskCell(column: ColumnDef, value: DossierRow[string]): DossierRow[string] {
  if (value === null || typeof value === 'object') return value;
  if (column.mask === 'id_no') return maskIdBesideBirth(String(value));
  if (column.mask !== 'none') return maskValue(column.mask, String(value));
  // Remarks and old values are free text: people write id numbers and telephones into them.
  return typeof value === 'string' && isFreeText(column) ? scrubText(value) : value;
}

function isFreeText(column: ColumnDef): boolean {
  return column.type.startsWith('text') && Number(column.type.slice(4)) >= 50;
}
