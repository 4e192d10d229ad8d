import type { World } from './world.ts';

/** A part that was read, or the last one that could be. */
export interface LastGood<T> {
  readonly read_at: string | null;
  readonly stale: boolean;
  readonly value: T | null;
}

/** Parts of each world by name; a few agencies times a few parts. */
const kept = new WeakMap<World, Map<string, { readonly at: string; readonly value: unknown }>>();
const MOST_PARTS = 200;

/**
 * Reads a part of a screen and keeps it: when its source fails later, the last good one is shown with
 * the moment it was read, and the other parts are not held up.
 */
export async function lastGood<T>(
  world: World,
  name: string,
  at: string,
  read: () => Promise<T>,
): Promise<LastGood<T>> {
  const parts = kept.get(world) ?? new Map();
  kept.set(world, parts);
  try {
    const value = await read();
    const oldest = parts.keys().next().value;
    if (parts.size >= MOST_PARTS && oldest !== undefined) parts.delete(oldest);
    parts.set(name, { at, value });
    return { read_at: at, stale: false, value };
  } catch {
    // The source's own pages tell why; the wall says only that and since when.
    const last = parts.get(name);
    return {
      read_at: last?.at ?? null,
      stale: true,
      value: (last?.value as T | undefined) ?? null,
    };
  }
}
