/**
 * CPU seconds of this process, all threads, since `start`. On a busy machine they tell more than the
 * clock does.
 */
export function cpuSecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000_000;
}
