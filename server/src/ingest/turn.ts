import type { DuckEngine } from '../store/index.ts';
import type { IngestWorld } from './world.ts';

const turns = new WeakMap<DuckEngine, Promise<unknown>>();

/**
 * Lets what changes the published state go one after another: a package is judged against what is
 * published when its reading begins, so nothing else may be published until it is.
 */
export function takeTurn<T>(world: IngestWorld, work: () => Promise<T>): Promise<T> {
  const before = turns.get(world.duck) ?? Promise.resolve();
  const mine = before.then(work, work);
  turns.set(
    world.duck,
    mine.catch(() => undefined),
  );
  return mine;
}
