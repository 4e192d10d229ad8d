export {
  packageUnknown,
  personAmbiguous,
  personKeyInvalid,
  personUnknown,
  sectionUnknown,
} from './errors.ts';
export {
  type DossierQuery,
  findDossier,
  listDossierRows,
  ROWS_PER_SECTION,
} from './find-dossier.ts';
export * from './look/index.ts';
export { maskDossier } from './mask-dossier.ts';
export {
  type Cell,
  type Dossier,
  type DossierPerson,
  type DossierRow,
  type DossierSection,
  type FieldSource,
  type InsuranceTimeline,
  type MonthSpan,
  type Provenance,
  rowsOf,
} from './model.ts';
export { type DossierWorld, type OpenDossierRequest, openDossier } from './open-dossier.ts';
export { checkDigit, upgradeIdNo } from './person-key.ts';
export * from './search/index.ts';
export { sectionName } from './sections.ts';
