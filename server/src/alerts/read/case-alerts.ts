import type { EvidenceValue, Principal } from '../../contract/index.ts';
import { seesTrials } from '../access.ts';
import type { CaseRow } from '../handle/find-case.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';

/** Rows of the municipal database are numbered batch × 10^10 + line. */
const BATCH = 10_000_000_000n;
const MOST_SOURCES = 200;

type Evidence = Readonly<Record<string, EvidenceValue>>;

/** The hits of a case: what each rule says, the values that made it fire, and where they stand. */
export async function alertsOf(
  world: AlertsWorld,
  db: AlertsTransaction,
  principal: Principal,
  found: CaseRow,
) {
  const rows = await db
    .selectFrom('alert')
    .selectAll()
    .where('case_id', '=', found.case_id)
    .orderBy('alert_id')
    .execute();
  const ids = rows.map(({ alert_id }) => alert_id);
  const versions =
    ids.length === 0
      ? []
      : await db
          .selectFrom('alert_version')
          .selectAll()
          .where('alert_id', 'in', ids)
          .orderBy('version')
          .execute();
  const packages = await packageNames(world);
  return rows
    .filter(({ trial, owner }) => !trial || owner === principal.department || seesTrials(principal))
    .map((row) => {
      const before = versions.filter(({ alert_id }) => alert_id === row.alert_id).at(-1);
      return {
        alert_id: String(row.alert_id),
        ...{ rule: row.rule, rule_version: row.rule_version, title: row.title, basis: row.basis },
        ...{ advice: row.action, level: row.level, match_grade: row.match_grade, trial: row.trial },
        amount_fen: row.amount_fen === null ? null : Number(row.amount_fen),
        evidence: row.evidence,
        values: valuesOf(world, row.evidence),
        ...{ run_id: row.run_id, as_of: row.as_of, fingerprint: row.fingerprint },
        ...{ version: row.version, vanished_on: row.vanished_on, changed_at: row.changed_at },
        changes: before === undefined ? [] : changesOf(world, before.evidence, row.evidence),
        provenance: provenanceOf(row.sources, packages),
      };
    });
}

/** A value with the name people know it by: of the content, else of the data dictionary. */
function valuesOf(world: AlertsWorld, evidence: Evidence) {
  return Object.entries(evidence).map(([field, value]) => ({
    field,
    title: fieldTitle(world, field),
    value,
  }));
}

/** The name people know a field of the evidence by (证据字段). */
export function fieldTitle(
  { handling, content }: Pick<AlertsWorld, 'handling' | 'content'>,
  field: string,
): string {
  const named = handling.fields[field];
  if (named !== undefined) return named;
  for (const table of content.tables.values()) {
    const column = table.columns.find(({ name }) => name === field);
    if (column !== undefined) return column.title;
  }
  return field;
}

/** What is different since the facts before (命中后数据已更新). */
function changesOf(world: AlertsWorld, before: Evidence, after: Evidence) {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({
      ...{ field, title: fieldTitle(world, field) },
      ...{ before: before[field] ?? null, after: after[field] ?? null },
    }));
}

function provenanceOf(
  sources: Readonly<Record<string, readonly string[]>>,
  packages: ReadonlyMap<bigint, string>,
) {
  return Object.entries(sources)
    .flatMap(([table, rows]) =>
      rows.map((text) => {
        const row = BigInt(text);
        return { package_id: packages.get(row / BATCH) ?? null, table, line: Number(row % BATCH) };
      }),
    )
    .slice(0, MOST_SOURCES);
}

async function packageNames({ duck }: AlertsWorld): Promise<ReadonlyMap<bigint, string>> {
  const rows = await duck.read((session) =>
    session.rows<{ batch: number; package_id: string }>('select batch, package_id from feed.batch'),
  );
  return new Map(rows.map(({ batch, package_id }) => [BigInt(batch), package_id]));
}
