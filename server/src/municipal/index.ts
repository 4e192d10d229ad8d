export * from './calendar/index.ts';
export * from './content/index.ts';
export * from './dossier/index.ts';
export * from './schema.ts';
