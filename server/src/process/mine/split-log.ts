import type { Cut } from './find-cut.ts';
import { merged, type TraceLog } from './trace-log.ts';

/** Splits a log along a cut; events that contradict it are left out (IMf). */
export function splitLog(log: TraceLog, cut: Cut): TraceLog[] {
  const partOf = new Map(cut.parts.flatMap((part, at) => part.map((name) => [name, at] as const)));
  const at = (name: string): number => partOf.get(name) ?? 0;
  const size = cut.parts.length;
  const out: { trace: readonly string[]; count: number }[][] = cut.parts.map(() => []);
  for (const { trace, count } of log) {
    const pieces = {
      exclusive: () => exclusivePieces(trace, at, size),
      sequence: () => sequencePieces(trace, at, size),
      parallel: () =>
        cut.parts.map((_, part) => ({ part, trace: trace.filter((n) => at(n) === part) })),
      loop: () => loopPieces(trace, at),
    }[cut.kind]();
    for (const piece of pieces) out[piece.part]?.push({ trace: piece.trace, count });
  }
  return out.map(merged);
}

interface Piece {
  readonly part: number;
  readonly trace: readonly string[];
}

/** A trace belongs to the part that most of its events are of. */
function exclusivePieces(
  trace: readonly string[],
  at: (name: string) => number,
  size: number,
): Piece[] {
  const counts = Array.from({ length: size }, () => 0);
  for (const name of trace) counts[at(name)] = (counts[at(name)] ?? 0) + 1;
  const part = counts.indexOf(Math.max(...counts));
  return [{ part, trace: trace.filter((name) => at(name) === part) }];
}

/** Cuts the trace where the fewest events are out of place; parts without events get an empty one. */
function sequencePieces(
  trace: readonly string[],
  at: (name: string) => number,
  size: number,
): Piece[] {
  // best[p]: fewest events out of place when the trace so far ends in part p.
  let best = Array.from({ length: size }, () => 0);
  const choices: number[][] = [];
  for (const name of trace) {
    const from: number[] = [];
    let least = Number.POSITIVE_INFINITY;
    let leastPart = 0;
    best = best.map((cost, part) => {
      if (cost < least) {
        least = cost;
        leastPart = part;
      }
      from.push(leastPart);
      return least + (at(name) === part ? 0 : 1);
    });
    choices.push(from);
  }
  const parts: number[] = [];
  let part = best.indexOf(Math.min(...best));
  for (let place = trace.length - 1; place >= 0; place -= 1) {
    parts.unshift(part);
    part = choices[place]?.[part] ?? 0;
  }
  return Array.from({ length: size }, (_, each) => ({
    part: each,
    trace: trace.filter((name, place) => parts[place] === each && at(name) === each),
  }));
}

/** Body and redo take turns, beginning and ending with the body, which may be empty in between. */
function loopPieces(trace: readonly string[], at: (name: string) => number): Piece[] {
  const pieces: { part: number; trace: string[] }[] = [{ part: 0, trace: [] }];
  for (const name of trace) {
    const part = at(name);
    const last = pieces.at(-1);
    if (last?.part === part) last.trace.push(name);
    else {
      if (last?.part !== 0 && part !== 0) pieces.push({ part: 0, trace: [] });
      pieces.push({ part, trace: [name] });
    }
  }
  if (pieces.at(-1)?.part !== 0) pieces.push({ part: 0, trace: [] });
  return pieces;
}
