export { answerSide, type Sides } from './answer-side.ts';
export { sideEnded } from './errors.ts';
export { type MemoryPeak, type MemoryWatch, watchMemory } from './memory.ts';
export { runSide, type SideOutcome } from './run-side.ts';
