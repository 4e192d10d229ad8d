import { globSync } from 'node:fs';

/** Test files of the repository, relative to its root, by the step that runs them. */
export interface TestFiles {
  readonly architecture: readonly string[];
  readonly ordinary: readonly string[];
  /** They need Chromium and run last. */
  readonly browser: readonly string[];
}

const architecture = 'tools/architecture.test.ts';

/** Finds every `*.test.ts` of the server, the tools, the benchmarks and the web. */
export function findTests(root: string): TestFiles {
  const files = globSync('{server/src,tools,bench,web}/**/*.test.ts', {
    cwd: root,
    exclude: ['**/node_modules/**'],
  })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
  const isBrowser = (file: string): boolean => file.endsWith('.browser.test.ts');
  return {
    architecture: files.filter((file) => file === architecture),
    ordinary: files.filter((file) => file !== architecture && !isBrowser(file)),
    browser: files.filter(isBrowser),
  };
}
