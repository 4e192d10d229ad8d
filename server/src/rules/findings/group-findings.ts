import type { RulePack, Severity } from '../model.ts';
import type { Finding } from './finding.ts';

/** One payment of one month (人、险种、项目、所属月): counted once however many rules name it. */
export interface PaymentCell {
  readonly cell: string;
  readonly amountFen: bigint;
}

/** Findings that are one fact (疑点单): highest level, amount without double counting. */
export interface FindingGroup {
  readonly topic: string;
  readonly personId: string | null;
  readonly unitId: string | null;
  readonly agency: string | null;
  readonly level: Severity;
  readonly rules: readonly string[];
  /** Null when no finding of the group states an amount. */
  readonly amountFen: bigint | null;
  /** Positions of its findings. */
  readonly members: readonly number[];
}

const ORDER: readonly Severity[] = ['high', 'medium', 'low'];

/**
 * Merges findings of one person that have the same topic or name the same payment; findings about
 * something else are groups of their own. `cellsOf` gives the payments a finding names.
 */
export function groupFindings(
  findings: readonly Finding[],
  pack: Pick<RulePack, 'rules'>,
  cellsOf: (finding: Finding) => readonly PaymentCell[],
): FindingGroup[] {
  const cells = findings.map(cellsOf);
  const root = unite(findings, pack, cells);
  const groups = new Map<number, number[]>();
  for (const index of findings.keys()) {
    const first = root(index);
    groups.set(first, [...(groups.get(first) ?? []), index]);
  }
  return [...groups.values()].map((members) => groupOf(members, findings, pack, cells));
}

function unite(
  findings: readonly Finding[],
  pack: Pick<RulePack, 'rules'>,
  cells: readonly (readonly PaymentCell[])[],
): (index: number) => number {
  const parent = findings.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) at = parent[at] = parent[parent[at] ?? at] ?? at;
    return at;
  };
  const owner = new Map<string, number>();
  const join = (name: string, index: number): void => {
    const known = owner.get(name);
    if (known === undefined) owner.set(name, index);
    else parent[Math.max(root(known), root(index))] = Math.min(root(known), root(index));
  };
  for (const [index, finding] of findings.entries()) {
    if (finding.personId === null) continue;
    join(`${finding.personId} ${topicOf(finding, pack)}`, index);
    for (const { cell } of cells[index] ?? []) join(`${finding.personId} ${cell}`, index);
  }
  return root;
}

function topicOf(finding: Finding, pack: Pick<RulePack, 'rules'>): string {
  return pack.rules.get(finding.rule)?.topic ?? finding.rule;
}

function groupOf(
  members: readonly number[],
  findings: readonly Finding[],
  pack: Pick<RulePack, 'rules'>,
  cells: readonly (readonly PaymentCell[])[],
): FindingGroup {
  const mine = members.flatMap((index) => {
    const finding = findings[index];
    return finding === undefined ? [] : [{ finding, cells: cells[index] ?? [] }];
  });
  const levels = mine.map(({ finding }) => finding.level);
  const level = ORDER.find((each) => levels.includes(each)) ?? 'low';
  const leading = mine.find(({ finding }) => finding.level === level) ?? mine[0];
  return {
    topic: leading === undefined ? '' : topicOf(leading.finding, pack),
    personId: leading?.finding.personId ?? null,
    unitId: leading?.finding.unitId ?? null,
    agency: leading?.finding.agency ?? null,
    level,
    rules: [...new Set(mine.map(({ finding }) => finding.rule))].sort(),
    amountFen: mergedAmount(mine),
    members,
  };
}

/**
 * Adds what each finding states beyond the payments already counted: the largest first, a payment
 * once, and of a difference only what those payments do not cover.
 */
function mergedAmount(
  mine: readonly { finding: Finding; cells: readonly PaymentCell[] }[],
): bigint | null {
  const stated = mine.filter(({ finding }) => finding.amountFen !== null);
  if (stated.length === 0) return null;
  const counted = new Map<string, bigint>();
  let total = 0n;
  const bySize = [...stated].sort((a, b) =>
    (b.finding.amountFen ?? 0n) > (a.finding.amountFen ?? 0n) ? 1 : -1,
  );
  for (const { finding, cells } of bySize) {
    const amount = finding.amountFen ?? 0n;
    let known = 0n;
    for (const { cell, amountFen } of cells) {
      if (counted.has(cell)) known += counted.get(cell) ?? 0n;
      else counted.set(cell, amountFen);
    }
    if (amount > known) total += amount - known;
  }
  return total;
}
