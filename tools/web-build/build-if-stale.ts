import { isStale } from './is-stale.ts';

/**
 * Builds the pages when a source is newer than they are; says so and how long it took. The bundler
 * is loaded only then.
 */
export async function buildIfStale(root: string, say: (line: string) => void): Promise<void> {
  if (!isStale(root)) return;
  const started = performance.now();
  say('正在构建网页（约 10–30 秒）……');
  const { buildWeb } = await import('./build.ts');
  await buildWeb(root);
  say(`网页已构建，用时 ${((performance.now() - started) / 1000).toFixed(1)} 秒。`);
}
