import type { Principal } from '../../server/src/contract/index.ts';
import { WHOLE_CITY } from '../../server/src/contract/index.ts';
import type { Progress } from '../../server/src/kernel/index.ts';
import {
  importLog,
  listVariants,
  type ProcessWorld,
  processMap,
} from '../../server/src/process/index.ts';

/** What this benchmark needs of an opened data folder. */
export interface ProcessWorkspace {
  readonly process: ProcessWorld;
  close(): Promise<void>;
}

export type OpenProcessWorkspace = (options: {
  readonly dataDir: string;
  readonly purpose: string;
  readonly memoryLimit: string;
}) => Promise<ProcessWorkspace>;

export interface OursInput {
  readonly dataDir: string;
  readonly xes: string;
  readonly memoryLimit: string;
}

export interface OursFigures {
  readonly import_seconds: number;
  /** Map with all times, variants with all times, case durations: asked for the first time. */
  readonly discover_seconds: number;
  /** The map of a third of the cases, chosen by a filter, asked for the first time. */
  readonly filtered_seconds: number;
  readonly cases: number;
  readonly events: number;
  readonly variants: number;
  readonly median_s: number | null;
  readonly edges: readonly (readonly [string, string, number])[];
}

const OPERATOR: Principal = {
  ...{ accountId: null, actor: 'bench', name: 'bench', department: null, roles: [] },
  ...{ permissions: new Set<string>(), scope: WHOLE_CITY, operatorId: null, sessionId: null },
};

/** Imports a log and asks what PM4Py is asked. */
export async function measureOurs(
  input: OursInput,
  progress: Progress,
  open: OpenProcessWorkspace,
): Promise<OursFigures> {
  const { dataDir, memoryLimit } = input;
  const workspace = await open({ dataDir, memoryLimit, purpose: '测速' });
  try {
    const world = workspace.process;
    const began = performance.now();
    await importLog(world, OPERATOR, {
      ...{ path: input.xes, log: 'bench', format: 'xes', map: {}, objectType: null },
      ...{ progress, origin: 'bench' },
    });
    const imported = performance.now();
    const question = { log: 'bench', scope: WHOLE_CITY, filters: [] };
    const map = await processMap(world, question);
    await listVariants(world, { ...question, page: 1, pageSize: 1_000_000 });
    const discovered = performance.now();
    await processMap(world, {
      ...question,
      filters: [{ kind: 'contains', activities: ['补正'], mode: 'any' }],
    });
    const filtered = performance.now();
    return {
      import_seconds: (imported - began) / 1000,
      discover_seconds: (discovered - imported) / 1000,
      filtered_seconds: (filtered - discovered) / 1000,
      ...{ cases: map.cases, events: map.events, variants: map.variants },
      median_s: map.duration.median_s,
      edges: map.edges.map(({ from, to, count }) => [from, to, count] as const),
    };
  } finally {
    await workspace.close();
  }
}
