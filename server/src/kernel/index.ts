export * from './canonical-json.ts';
export * from './clock.ts';
export * from './errors.ts';
export * from './gb18030.ts';
export * from './progress.ts';
