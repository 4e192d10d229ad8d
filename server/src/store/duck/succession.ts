import type { Generation } from './generation.ts';
import { openGeneration } from './generation.ts';
import type { DuckProfile } from './instance.ts';

/** The openings of one file, each taking over from the one before. */
export interface Succession {
  /** The generation that serves; a broken one is replaced first. */
  live(): Promise<Generation>;
  /** Retires the generation, lets `swap` put another file in its place, and opens it. */
  exchange(swap: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function openSuccession(profile: DuckProfile): Promise<Succession> {
  let closed = false;
  let current: Promise<Generation> = openGeneration(profile);
  await current;

  const succeed = async (before?: Generation, swap?: () => Promise<void>): Promise<Generation> => {
    await before?.retire();
    await swap?.();
    return openGeneration(profile);
  };

  const live = async (): Promise<Generation> => {
    if (closed) throw new Error(`the DuckDB engine of ${profile.file} is closed`);
    const mine = current;
    const generation = await mine.catch(() => undefined);
    if (generation !== undefined && !generation.broken) return generation;
    // Whoever comes first replaces the broken generation; the others wait for the same promise.
    if (mine === current) {
      current = succeed(generation);
      await current;
    }
    return live();
  };

  return {
    live,
    exchange: async (swap) => {
      const before = await live();
      current = succeed(before, swap);
      await current;
    },
    close: async () => {
      if (closed) return;
      closed = true;
      const generation = await current.catch(() => undefined);
      await generation?.retire();
    },
  };
}
