import { AsyncLocalStorage } from 'node:async_hooks';
import type { DuckEngine } from '../store/index.ts';
import type { IngestWorld } from './world.ts';

const turns = new WeakMap<DuckEngine, Promise<unknown>>();
const holding = new AsyncLocalStorage<DuckEngine>();

/**
 * Lets what changes the published state go one after another: a package is judged against what is
 * published when its reading begins, so nothing else may be published until it is. Work inside a
 * turn may ask for one again and goes on at once.
 */
export function takeTurn<T>({ duck }: IngestWorld, work: () => Promise<T>): Promise<T> {
  if (holding.getStore() === duck) return work();
  const held = () => holding.run(duck, work);
  const before = turns.get(duck) ?? Promise.resolve();
  const mine = before.then(held, held);
  turns.set(
    duck,
    mine.catch(() => undefined),
  );
  return mine;
}
