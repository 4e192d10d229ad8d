import { basename } from 'node:path';
import { type ContentProblem, inReadingOrder, problemLine } from '../../municipal/index.ts';
import type { RuleDef } from '../model.ts';

/** Files that concern one rule only, by the end of their name. */
const OWN_FILES = ['.rule.yaml', '.params.yaml'] as const;
const SHOWN = 5;

/** Faults by the rule whose own file holds them, and those that concern more than one rule. */
export function splitFaults(problems: readonly ContentProblem[]): {
  readonly broken: ReadonlyMap<string, readonly ContentProblem[]>;
  readonly rest: readonly ContentProblem[];
} {
  const broken = new Map<string, ContentProblem[]>();
  const rest: ContentProblem[] = [];
  for (const problem of problems) {
    const name = basename(problem.file);
    const suffix = OWN_FILES.find((end) => name.endsWith(end));
    if (suffix === undefined) rest.push(problem);
    else {
      const id = name.slice(0, -suffix.length);
      broken.set(id, [...(broken.get(id) ?? []), problem]);
    }
  }
  return { broken, rest };
}

/** The rules with those that cannot run marked; one that could not be read at all gets a stand-in. */
export function withBroken(
  rules: readonly RuleDef[],
  broken: ReadonlyMap<string, readonly ContentProblem[]>,
): RuleDef[] {
  const marked = rules
    .filter(({ file, id }) => !isOtherFile(file, id))
    .map((rule) => {
      const problems = broken.get(rule.id);
      return problems === undefined ? rule : { ...rule, broken: reasonOf(problems) };
    });
  const known = new Set(marked.map(({ id }) => id));
  const unread = [...broken].filter(([id]) => !known.has(id));
  return [...marked, ...unread.map(([id, problems]) => standIn(id, problems))];
}

/** A file whose name says another rule than its text: the name decides which rule is broken. */
function isOtherFile(file: string, id: string): boolean {
  return basename(file) !== `${id}.rule.yaml`;
}

function reasonOf(problems: readonly ContentProblem[]): string {
  const lines = inReadingOrder(problems).slice(0, SHOWN).map(problemLine);
  const rest = problems.length - lines.length;
  return `规则文件有误，请改正后再运行：${lines.join('；')}${rest > 0 ? `；另有 ${rest} 处` : ''}`;
}

/** On trial, so that runs show it as not run. */
function standIn(id: string, problems: readonly ContentProblem[]): RuleDef {
  return {
    ...{ id, title: `${id}（文件有误）`, kind: 'risk', status: 'trial', version: 0 },
    ...{ severity: 'low', scope: 'person', insurance: [], owner: '', basis: [], why: '' },
    ...{ action: '', falsePositives: [], missing: null, topic: id, reads: [], optional: [] },
    ...{ key: [], measures: null, ignore: [], params: new Map(), sql: '', cases: [] },
    file: problems[0]?.file ?? '',
    broken: reasonOf(problems),
  };
}
