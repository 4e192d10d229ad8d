export * from './access/index.ts';
export * from './audit/index.ts';
export * from './crypto/index.ts';
export { loadOrCreateKey } from './key-file.ts';
export { HIDDEN, maskIdBesideBirth, maskValue, scrubText } from './masking.ts';
export * from './signing/index.ts';
