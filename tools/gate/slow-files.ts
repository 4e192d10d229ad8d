/**
 * Test files that take longest, longest first. They begin first, so that the last one to end does
 * not leave the other processors idle; the order of the rest makes no difference.
 */
export const slowFiles: readonly string[] = [
  'server/src/app/planted-city.test.ts',
  'server/src/app/clean-city.test.ts',
  'server/src/ingest/kill.test.ts',
  'server/src/app/at-rest.test.ts',
  'bench/bench.test.ts',
];

/** The same files, the slow ones first. */
export function slowFirst(files: readonly string[]): string[] {
  const slow = slowFiles.filter((file) => files.includes(file));
  return [...slow, ...files.filter((file) => !slowFiles.includes(file))];
}
