import type { MunicipalContent } from '../../contract/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { generalExclusions, withoutExcluded } from '../findings/exclusions.ts';
import type { Finding } from '../findings/finding.ts';
import { closure, type GroundStore, openGround, replacedName } from '../ground/open-ground.ts';
import { makeRelation } from '../ground/relations.ts';
import type { CaseRow, RuleCase, RuleDef, RulePack } from '../model.ts';
import { compileRule } from '../run/compile.ts';
import { queryRule } from '../run/query-rule.ts';
import { emptyParams, ruleWatermark } from '../run/readiness.ts';
import { CasePackages, caseRows, replacedRows, versionsSelect } from './case-rows.ts';

/** Data date of cases that do not say theirs. */
const AS_OF = '2026-10-31';
const TIMEOUT_MS = 20_000;

/** What is wrong with a case, in Chinese; null when it came out as it says. */
export async function runCase(
  session: DuckSession,
  world: { pack: RulePack; content: MunicipalContent },
  rule: RuleDef,
  one: RuleCase,
): Promise<string | null> {
  try {
    return await play(session, world, rule, one);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function play(
  session: DuckSession,
  { pack, content }: { pack: RulePack; content: MunicipalContent },
  rule: RuleDef,
  one: RuleCase,
): Promise<string | null> {
  const asOf = one.asOf ?? AS_OF;
  const reads = closure([...rule.reads, ...generalExclusions.reads(rule, pack)], pack.views);
  const covered = new Map(
    [...content.tables.keys()].map((table) => [
      table,
      `${one.watermarks[table] ?? asOf.slice(0, 7)}-01`,
    ]),
  );
  const ready = ruleWatermark(rule, { covered, pack, content });
  const lacking = ready.kind === 'not_ready' ? ready.reason : emptyParams(rule, pack);
  if (lacking !== null) return compareNotRun(one, lacking);
  if (ready.kind === 'not_ready') return ready.reason;
  for (const name of Object.keys(one.given)) {
    if (name !== 'whitelist' && !reads.has(name)) return `用例给了表 ${name}，规则并不读它`;
  }
  const packages = await storeCase(session, content, pack, reads, one);
  const { watermark } = ready;
  await openGround(session, {
    ...{ content, pack, edition: packages.last, asOf, watermark, reads, store: CASE_STORE },
    slice: { kind: 'range', from: null, to: null },
  });
  const [compiled] = compileRule(rule, one.params);
  if (compiled === undefined) throw new Error(`rule ${rule.id} compiled to nothing`);
  const outcome = await queryRule(
    session,
    compiled,
    { asOf, watermark },
    { timeoutMs: TIMEOUT_MS },
  );
  if (outcome.kind === 'failed') return compareNotRun(one, outcome.reason);
  if (one.notRun !== null) return `应为未运行（${one.notRun}），却运行了`;
  const excluded = await generalExclusions.find(session, rule, pack, whitelistOf(one, asOf));
  return compare(one.expect, withoutExcluded(outcome.findings, excluded).kept);
}

const CASE_STORE: GroundStore = {
  versions: (def) => `case_${def.name}`,
  packages: 'case_package',
};

/** Puts the rows of a case where the ground is taken from. */
async function storeCase(
  session: DuckSession,
  content: MunicipalContent,
  pack: RulePack,
  reads: ReadonlySet<string>,
  one: RuleCase,
): Promise<CasePackages> {
  const packages = new CasePackages();
  for (const def of content.tables.values()) {
    const replacedAs = replacedName(def.name);
    if (!reads.has(def.name) && !reads.has(replacedAs)) continue;
    const base = pack.baseRows[def.name] ?? {};
    const body = versionsSelect(def, {
      standing: caseRows(def, one.given[def.name] ?? [], base),
      replaced: replacedRows(def, one.given[replacedAs] ?? [], base, packages),
    });
    await makeRelation(session, { name: CASE_STORE.versions(def), kind: 'literals', body });
  }
  const body = packages.select();
  await makeRelation(session, { name: CASE_STORE.packages, kind: 'literals', body });
  return packages;
}

function whitelistOf(one: RuleCase, asOf: string): ReadonlyMap<string, readonly string[]> {
  const people = new Map<string, string[]>();
  for (const row of one.given.whitelist ?? []) {
    const person = String(row.person_id ?? 'A');
    if (String(row.valid_to ?? '9999-12-31') < asOf) continue;
    people.set(person, [...(people.get(person) ?? []), String(row.rule ?? '*')]);
  }
  return people;
}

function compareNotRun(one: RuleCase, reason: string): string | null {
  if (one.notRun === null) return `未运行：${reason}`;
  return reason.includes(one.notRun) ? null : `未运行的原因应含“${one.notRun}”，实际为：${reason}`;
}

/** Expected rows name what matters; each must be met by exactly one finding and none be left over. */
function compare(expect: readonly CaseRow[], findings: readonly Finding[]): string | null {
  const left = [...findings];
  for (const row of expect) {
    const index = left.findIndex((finding) => meets(finding, row));
    if (index < 0) return `应命中 ${JSON.stringify(row)}，实际为 ${shown(left)}`;
    left.splice(index, 1);
  }
  return left.length === 0 ? null : `不应命中 ${shown(left)}`;
}

function meets(finding: Finding, row: CaseRow): boolean {
  const values = valuesOf(finding);
  return Object.entries(row).every(([name, value]) => {
    const found = values[name] ?? null;
    return String(found) === String(value);
  });
}

function valuesOf(finding: Finding): Record<string, unknown> {
  const { evidence, key, personId, amountFen, matchGrade, level } = finding;
  return {
    ...evidence,
    person_id: personId,
    ...key,
    amount_fen: amountFen,
    match_grade: matchGrade,
    level,
  };
}

function shown(findings: readonly Finding[]): string {
  const texts = findings.slice(0, 3).map((finding) => {
    const values = Object.entries(valuesOf(finding)).filter(([, value]) => value !== null);
    return values.map(([name, value]) => `${name}=${String(value)}`).join(' ');
  });
  return findings.length === 0 ? '没有命中' : texts.join('；');
}
