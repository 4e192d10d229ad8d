import { join } from 'node:path';
import { loadContent } from '../../municipal/index.ts';
import { loadDeathsPack } from '../content/load-pack.ts';

const ROOTS = ['content/base', 'content/jincheng'].map((path) =>
  join(import.meta.dirname, '../../../..', path),
);

/** Content as shipped; loaded once a process. */
export const CONTENT = loadContent(ROOTS);
export const PACK = loadDeathsPack(ROOTS, CONTENT);
