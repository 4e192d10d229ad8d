export * from './access/index.ts';
export * from './audit/index.ts';
export * from './crypto/index.ts';
export * from './identity/index.ts';
export { loadOrCreateKey } from './key-file.ts';
export { HIDDEN, maskIdBesideBirth, maskValue } from './masking.ts';
export { type MaskedColumn, maskRow } from './masking-row.ts';
export { scrubText } from './scrub.ts';
export * from './signing/index.ts';
