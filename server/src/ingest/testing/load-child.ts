import { silentProgress } from '../../kernel/index.ts';
import type { DuckEngine, DuckSession } from '../../store/index.ts';
import { loadPackages } from '../load-packages.ts';
import { recoverLoads } from '../recover.ts';
import type { LoadStep } from '../world.ts';
import { openWorld } from './open-world.ts';
import { TWO_SOURCES } from './two-sources.ts';

/**
 * Loads packages in a process of its own that ends itself with SIGKILL at a given point, as a power
 * cut would. Run with one argument, a {@link ChildTask} as JSON; prints `open` and then `done`.
 */
export interface ChildTask {
  readonly dataDir: string;
  readonly postgresUrl: string;
  readonly packages: readonly string[];
  readonly die: DeathPoint;
  /** Rows from which the first of a table are staged in place. */
  readonly inPlaceRows?: number | undefined;
}

/** At the first such step, before the n-th statement of any transaction, or only from outside. */
export type DeathPoint =
  | { readonly at: LoadStep }
  | { readonly at: 'statement'; readonly number: number }
  | { readonly at: 'never' };

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
}

/** Counts the statements of transactions and dies before one of them. */
function dyingAt(duck: DuckEngine, number: number): DuckEngine {
  let seen = 0;
  const counted = (session: DuckSession): DuckSession => ({
    ...session,
    run: (sql, params) => {
      seen += 1;
      if (seen === number) die();
      return session.run(sql, params);
    },
  });
  return { ...duck, transaction: (work) => duck.transaction((session) => work(counted(session))) };
}

const task = JSON.parse(process.argv[2] ?? '') as ChildTask;
const { die: point } = task;
const opened = await openWorld({
  dataDir: task.dataDir,
  postgresUrl: task.postgresUrl,
  content: TWO_SOURCES,
  inPlaceRows: task.inPlaceRows,
  onStep: (step) => {
    if (step === point.at) die();
  },
});
const { duck } = opened.world;
const world = {
  ...opened.world,
  duck: point.at === 'statement' ? dyingAt(duck, point.number) : duck,
};
process.stdout.write('open\n');
await recoverLoads(world, silentProgress);
for (const path of task.packages) await loadPackages(world, [path], silentProgress);
process.stdout.write('done\n');
await opened.close();
