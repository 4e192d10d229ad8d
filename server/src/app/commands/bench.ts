import type { Command } from '../command-line/index.ts';

/** Benchmarks, each printing our figure, the baseline's and the ratio. */
export const benchCommands: readonly Command[] = [];
