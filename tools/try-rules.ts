/**
 * Runs rules over a loaded data folder without touching it, and compares with a truth file beside
 * it: `node tools/try-rules.ts DATA [ID or GROUP …]`.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadContent } from '../server/src/municipal/index.ts';
import { evaluateRules, type Finding, loadRulePack } from '../server/src/rules/index.ts';
import { openDuck } from '../server/src/store/index.ts';

interface Fact {
  readonly person?: string;
  readonly unit?: string;
  readonly account?: string;
  readonly case?: string;
  readonly operator?: string;
  readonly amount_fen?: number;
  readonly why?: string;
}
type Facts = Readonly<Record<string, readonly Fact[]>>;

const [data = '', ...wanted] = process.argv.slice(2);
const roots = ['content/base', 'content/jincheng'].map((path) =>
  join(import.meta.dirname, '..', path),
);
const content = loadContent(roots);
const pack = loadRulePack(roots, content);
const rules = [...pack.rules.values()].filter(
  ({ id, sql }) =>
    sql !== '' && (wanted.length === 0 || wanted.some((prefix) => id.startsWith(prefix))),
);
const dir = mkdtempSync(join(tmpdir(), 'try-rules-'));
copyFileSync(join(data, 'city.duckdb'), join(dir, 'city.duckdb'));
const duck = await openDuck({ file: join(dir, 'city.duckdb'), stagingDir: dir, tempDir: dir });
const truthFile = join(data, 'truth.json');
const truth: { rules?: Facts; never?: Facts; alsoExpected?: Facts } = existsSync(truthFile)
  ? JSON.parse(readFileSync(truthFile, 'utf8'))
  : {};
const { outcomes, state } = await evaluateRules({ duck, content, pack }, rules);
console.log(`as_of ${state.asOf} edition ${state.edition}`);
for (const { rule, state: ran, reason, findings, durationMs } of outcomes) {
  console.log(
    `${rule.id} ${ran === 'ran' ? findings.length : `未运行 ${reason}`} ${Math.round(durationMs)} ms`,
  );
  if (ran !== 'ran') continue;
  const facts = truth.rules?.[rule.id] ?? [];
  const also = truth.alsoExpected?.[rule.id] ?? [];
  const missed = facts.filter((fact) => !findings.some((finding) => meets(finding, fact, true)));
  for (const fact of missed) console.log(`   漏: ${JSON.stringify(fact)} ${near(findings, fact)}`);
  const extra = findings.filter(
    (finding) => ![...facts, ...also].some((fact) => meets(finding, fact, false)),
  );
  if (extra.length > 0)
    console.log(`   多 ${extra.length}: ${extra.slice(0, 4).map(shown).join(' ; ')}`);
  const wrong = (truth.never?.[rule.id] ?? []).filter((fact) =>
    findings.some((f) => meets(f, fact, false)),
  );
  for (const fact of wrong) console.log(`   不该报: ${JSON.stringify(fact)}`);
}
await duck.close();
rmSync(dir, { recursive: true });

function meets(finding: Finding, fact: Fact, amount: boolean): boolean {
  const { personId, unitId, key } = finding;
  const subject =
    (fact.person !== undefined && fact.person === personId) ||
    (fact.unit !== undefined && fact.unit === unitId) ||
    [fact.account, fact.case, fact.operator].some(
      (id) => id !== undefined && Object.values(key).includes(id),
    );
  if (!subject) return false;
  return !amount || fact.amount_fen === undefined || finding.amountFen === BigInt(fact.amount_fen);
}

function near(findings: readonly Finding[], fact: Fact): string {
  const found = findings.find((finding) => meets(finding, fact, false));
  return found === undefined ? '' : `（命中了，金额为 ${found.amountFen}）`;
}

function shown({ key, amountFen, evidence }: Finding): string {
  return `${Object.values(key).join('/')} ${amountFen ?? ''} ${JSON.stringify(evidence)}`;
}
