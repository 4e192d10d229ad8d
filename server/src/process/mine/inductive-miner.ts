import { findCut } from './find-cut.ts';
import { activity, block, type ProcessTree, silent } from './process-tree.ts';
import { splitLog } from './split-log.ts';
import { cases, followGraph, merged, type TraceLog, withoutNoise } from './trace-log.ts';

/**
 * Inductive miner, infrequent (归纳挖掘 IMf): parts the activities by a cut of the directly-follows
 * graph and goes on with each part. The tree is sound by construction; without noise (threshold 0)
 * it can replay every trace of the log.
 * @source Leemans, Fahland, van der Aalst: Discovering block-structured process models from event
 * logs containing infrequent behaviour (BPM workshops 2013)
 */
export function mineTree(log: TraceLog, noise: number): ProcessTree {
  return mine(merged(log), noise);
}

function mine(log: TraceLog, noise: number): ProcessTree {
  const filled = log.filter(({ trace }) => trace.length > 0);
  if (filled.length === 0) return silent;
  const empty = cases(log) - cases(filled);
  if (empty > 0) {
    if (empty < noise * cases(log)) return mine(filled, noise);
    return block('exclusive', [silent, mine(filled, noise)]);
  }
  const graph = followGraph(filled);
  const [only] = graph.activities;
  if (only !== undefined && graph.activities.length === 1) return mineSingle(filled, only, noise);
  const cut = findCut(graph) ?? (noise > 0 ? findCut(withoutNoise(graph, noise)) : null);
  if (cut === null) return fallThrough(filled, noise);
  return block(
    cut.kind,
    splitLog(filled, cut).map((part) => mine(part, noise)),
  );
}

/** One activity: done once, or again and again when that happens often enough. */
function mineSingle(log: TraceLog, name: string, noise: number): ProcessTree {
  const repeated = cases(log.filter(({ trace }) => trace.length > 1));
  if (repeated === 0 || repeated < noise * cases(log)) return activity(name);
  return block('loop', [activity(name), silent]);
}

/** No cut: part off what can be, and at last allow everything in any order. */
function fallThrough(log: TraceLog, noise: number): ProcessTree {
  const graph = followGraph(log);
  const once = graph.activities.find((name) =>
    log.every(({ trace }) => trace.filter((each) => each === name).length === 1),
  );
  if (once !== undefined) {
    return block('parallel', [activity(once), mine(merged(without(log, once)), noise)]);
  }
  const concurrent = graph.activities.find(
    (name) =>
      findCut(followGraph(merged(without(log, name)).filter(({ trace }) => trace.length > 0))) !==
      null,
  );
  if (concurrent !== undefined) {
    const own = log.map(({ trace, count }) => ({
      ...{ trace: trace.filter((name) => name === concurrent), count },
    }));
    return block('parallel', [
      mine(merged(own), noise),
      mine(merged(without(log, concurrent)), noise),
    ]);
  }
  const turns = cutIntoTurns(log);
  if (cases(turns) > cases(log)) return block('loop', [mine(merged(turns), noise), silent]);
  return block('loop', [silent, ...graph.activities.map(activity)]);
}

function without(log: TraceLog, name: string): TraceLog {
  return log.map(({ trace, count }) => ({ trace: trace.filter((each) => each !== name), count }));
}

/** Cuts traces where an activity that can end a case is followed by one that can begin one. */
function cutIntoTurns(log: TraceLog): TraceLog {
  const { start, end } = followGraph(log);
  return log.flatMap(({ trace, count }) => {
    const turns: string[][] = [[]];
    for (const [at, name] of trace.entries()) {
      const before = trace[at - 1];
      if (before !== undefined && end.has(before) && start.has(name)) turns.push([]);
      turns.at(-1)?.push(name);
    }
    return turns.map((turn) => ({ trace: turn, count }));
  });
}
