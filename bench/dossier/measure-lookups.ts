import { type Latency, latencyOf } from '../figures/index.ts';

/** Looks up one person for one of the readers and returns the number of rows found. */
export type LookUp<K> = (key: K, reader: number) => Promise<number>;

export interface MeasuredLookups {
  readonly latency: Latency;
  /** Rows of all look-ups together: both sides must find the same. */
  readonly rows: number;
}

/** Times look-ups of the keys, in order and round again, by `readers` that never wait between two. */
export async function measureLookups<K>(
  keys: readonly K[],
  plan: { readonly lookups: number; readonly readers: number },
  lookUp: LookUp<K>,
  onLookUp: (done: number) => void = () => {},
): Promise<MeasuredLookups> {
  const times: number[] = [];
  let next = 0;
  let rows = 0;
  const read = async (reader: number): Promise<void> => {
    for (;;) {
      const key = keys[next % keys.length];
      if (next >= plan.lookups || key === undefined) return;
      next += 1;
      const began = performance.now();
      const found = await lookUp(key, reader);
      times.push(performance.now() - began);
      rows += found;
      onLookUp(times.length);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: plan.readers }, (_, reader) => read(reader)));
  return { latency: latencyOf(times, (performance.now() - began) / 1000), rows };
}
