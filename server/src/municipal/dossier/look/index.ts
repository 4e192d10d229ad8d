export { listOwnAccesses } from './access-history.ts';
export {
  fieldUnknown,
  lookUnknown,
  reasonInvalid,
  searchInvalid,
  unmaskRefused,
} from './errors.ts';
export { LOOK_MINUTES, type LookWorld, ROWS_AT_FIRST, UNMASK_SECONDS } from './look-world.ts';
export { type Look, type OpenLook, openLook } from './open-look.ts';
export { pageSection, type SectionPage } from './page-section.ts';
export { loadPurposes, type Purpose, type Purposes } from './purposes.ts';
export { checkReason, type Reason } from './reason.ts';
export { type DossierSummary, summarise } from './summary.ts';
export { type UnmaskedField, type UnmaskField, unmaskField } from './unmask-field.ts';
