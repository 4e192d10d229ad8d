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
  'server/src/rules/cases/other-cases.test.ts',
  'server/src/rules/cases/pension-cases.test.ts',
  'server/src/ingest/order.test.ts',
  'bench/rules/engine.test.ts',
];

/**
 * Test files that compare how long two answers take, which tells an attacker something. They run
 * alone: beside others they would measure those.
 */
export const clockFiles: readonly string[] = [
  'server/src/app/http/route-objects.test.ts',
  'server/src/security/identity/sign-in/sign-in.test.ts',
];

/** The same files, the slow ones first. */
export function slowFirst(files: readonly string[]): string[] {
  const slow = slowFiles.filter((file) => files.includes(file));
  return [...slow, ...files.filter((file) => !slowFiles.includes(file))];
}
