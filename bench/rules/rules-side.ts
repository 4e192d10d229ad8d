import type { MunicipalContent } from '../../server/src/contract/index.ts';
import type { Progress } from '../../server/src/kernel/index.ts';
import { evaluateRules, type RuleDef, type RulesWorld } from '../../server/src/rules/index.ts';
import type { DuckEngine } from '../../server/src/store/index.ts';
import { type Protection, readProtection } from '../figures/index.ts';
import { scannedColumns } from './scanned-columns.ts';

/** What this benchmark needs of an opened data folder. */
export interface RulesWorkspace {
  readonly content: MunicipalContent;
  readonly duck: DuckEngine;
  readonly rules: RulesWorld;
  close(): Promise<void>;
}

/** Opens the data folder as the application does. @throws STORE_FOLDER_HELD */
export type OpenRulesWorkspace = (options: {
  readonly dataDir: string;
  readonly purpose: string;
}) => Promise<RulesWorkspace>;

export interface RulesSideInput {
  readonly dataDir: string;
  /** Only these rules; null is every rule that would run. */
  readonly rules: readonly string[] | null;
}

export interface RuleTime {
  readonly id: string;
  readonly state: 'ran' | 'not_run';
  readonly hits: number;
  readonly ms: number;
  readonly reason: string | null;
}

export interface RulesSide {
  readonly persons: number;
  readonly as_of: string;
  readonly protection: Protection;
  readonly seconds: number;
  readonly rules: readonly RuleTime[];
  /** Time of the rules' own queries; the rest made the shared views. */
  readonly query_seconds: number;
}

/** Evaluates the rules over everybody, as `rules run` does; nothing is written down. */
export async function measureRules(
  input: RulesSideInput,
  progress: Progress,
  open: OpenRulesWorkspace,
): Promise<RulesSide> {
  const workspace = await open({ dataDir: input.dataDir, purpose: '测速' });
  try {
    const chosen = runnable(workspace.rules, input.rules);
    const began = performance.now();
    const { outcomes, state } = await evaluateRules(workspace.rules, chosen, { progress });
    const seconds = (performance.now() - began) / 1000;
    const rules = outcomes.map(({ rule, state: ran, findings, durationMs, reason }) => ({
      ...{ id: rule.id, state: ran, hits: findings.length, ms: durationMs, reason },
    }));
    const query = rules.reduce((sum, { ms }) => sum + ms, 0) / 1000;
    return {
      ...{ persons: await countPersons(workspace.duck), as_of: state.asOf, seconds, rules },
      query_seconds: query,
      protection: await workspace.duck.read(readProtection),
    };
  } finally {
    await workspace.close();
  }
}

export interface ScanSide {
  readonly seconds: number;
  readonly rows: number;
  readonly columns: number;
}

/** The baseline: reads every column the rules read once, whole, and does nothing with it. */
export async function measureScan(
  input: RulesSideInput,
  progress: Progress,
  open: OpenRulesWorkspace,
): Promise<ScanSide> {
  const workspace = await open({ dataDir: input.dataDir, purpose: '测速' });
  try {
    const { content, duck, rules } = workspace;
    const columns = scannedColumns(runnable(rules, input.rules), rules.pack, content.tables);
    let rows = 0;
    const began = performance.now();
    for (const [table, names] of columns) {
      if (names.length === 0) continue;
      progress.report(`扫描 ${table}`, 0, null, 'rows');
      // The condition keeps the engine from answering out of its statistics.
      const largest = names.map((name) => `max("${name}")`).join(', ');
      const row = await duck.read((session) =>
        session.first<{ n: bigint }>(
          `select count(*) as n, ${largest} from rows.${table} where edition_to is null`,
        ),
      );
      rows += Number(row?.n ?? 0n);
    }
    const seconds = (performance.now() - began) / 1000;
    const count = [...columns.values()].reduce((sum, names) => sum + names.length, 0);
    return { seconds, rows, columns: count };
  } finally {
    await workspace.close();
  }
}

export function runnable({ pack }: RulesWorld, ids: readonly string[] | null): RuleDef[] {
  return [...pack.rules.values()].filter(({ id, status }) =>
    ids === null ? status === 'trial' || status === 'active' : ids.includes(id),
  );
}

async function countPersons(duck: DuckEngine): Promise<number> {
  const row = await duck.read((session) =>
    session.first<{ n: bigint }>('select count(*) as n from main.person'),
  );
  return Number(row?.n ?? 0n);
}
