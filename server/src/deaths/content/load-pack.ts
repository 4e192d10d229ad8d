import type { TObject } from 'typebox';
import type { MunicipalContent } from '../../contract/index.ts';
import {
  type ContentKind,
  type ContentProblem,
  contentInvalid,
  contentKind,
  inReadingOrder,
  type Loaded,
  loadKind,
  type Report,
} from '../../municipal/index.ts';
import type { DeathsPack, NamesDef, NameTable, Settings, SharedSql, SourceKind } from './model.ts';
import {
  findingShape,
  functionShape,
  headersShape,
  letterShape,
  namesShape,
  paramShape,
  settingsShape,
  signShape,
  viewShape,
} from './shapes.ts';

const KINDS = {
  settings: contentKind('deaths/settings', '.settings.yaml', settingsShape, '死亡库口径'),
  sign: contentKind('deaths/signs', '.sign.yaml', signShape, '生存迹象'),
  finding: contentKind('deaths/rules', '.finding.yaml', findingShape, '死亡比对疑点'),
  names: contentKind('deaths/names', '.names.yaml', namesShape, '姓名用字'),
  headers: contentKind('deaths/files', '.headers.yaml', headersShape, '名单表头'),
  letter: contentKind('deaths/letters', '.letter.yaml', letterShape, '协查函'),
  view: contentKind('views', '.view.yaml', viewShape, '公共视图'),
  param: contentKind('params', '.param.yaml', paramShape, '政策参数'),
  function: contentKind('functions', '.function.yaml', functionShape, '函数'),
};

/** Names a letter may hold in braces. */
export const LETTER_NAMES: readonly string[] = [
  ...['asks', 'name', 'id_no', 'statements', 'questions', 'days', 'office', 'case_no', 'today'],
];

/**
 * Loads what the registry takes from content, base first, overlays after it.
 * @throws MUNICIPAL_CONTENT_INVALID with every problem of every file
 */
export function loadDeathsPack(roots: readonly string[], content: MunicipalContent): DeathsPack {
  const problems: ContentProblem[] = [];
  const report: Report = (file, at, text) => problems.push({ file, ...at, text });
  const one = <T extends TObject>(of: ContentKind<T>, id: string) => {
    const item = loadKind(of, roots, report).items.get(id);
    if (item === undefined) {
      const text = `缺少 ${of.folder}/${id}${of.suffix}`;
      report(roots[0] ?? '', { line: 0, column: 0 }, text);
    }
    return item;
  };
  const settings = one(KINDS.settings, 'registry');
  const names = one(KINDS.names, 'variants');
  const headers = one(KINDS.headers, 'headers');
  const letter = one(KINDS.letter, 'inquiry');
  for (const [, unknown] of letter?.shape.body.matchAll(/\{(\w+)\}/g) ?? []) {
    if (unknown === undefined || LETTER_NAMES.includes(unknown)) continue;
    letter && report(letter.file.path, letter.file.at(['body']), `函中的 {${unknown}} 不认识`);
  }
  if (names !== undefined) checkVariants(names, report);
  const signs = shapesOf(loadKind(KINDS.sign, roots, report).items);
  const findings = shapesOf(loadKind(KINDS.finding, roots, report).items);
  const shared = sharedSql(roots, report);
  const sources = settings === undefined ? new Map() : sourcesOf(settings, content, report);
  if (problems.length > 0 || !settings || !names || !headers || !letter) {
    throw contentInvalid({ problems: inReadingOrder(problems) });
  }
  return {
    ...{ settings: settings.shape, sources, signs, findings, shared },
    ...{ names: nameTable(names.shape), headers: headers.shape, letter: letter.shape },
  };
}

function shapesOf<S>(items: ReadonlyMap<string, Loaded<S>>): Map<string, S> {
  const sorted = [...items].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([id, { shape }]) => [id, shape]));
}

/** Every code of CL_DEATH_SRC needs a kind, and only those have one. */
function sourcesOf(
  { shape, file }: Loaded<Settings>,
  content: MunicipalContent,
  report: Report,
): Map<string, SourceKind> {
  const values = content.codeLists.get('CL_DEATH_SRC')?.values ?? [];
  const titles = new Map(values.map(({ value, label }) => [value, label]));
  const sources = new Map<string, SourceKind>();
  for (const [index, source] of shape.sources.entries()) {
    const title = titles.get(source.code);
    if (title === undefined) {
      report(file.path, file.at(['sources', index]), `CL_DEATH_SRC 没有 ${source.code}`);
    }
    sources.set(source.code, { ...source, title: title ?? source.code });
  }
  for (const code of titles.keys()) {
    if (!sources.has(code)) report(file.path, file.at(['sources']), `来源 ${code} 没有写明性质`);
  }
  return sources;
}

/** Two places for one character would make the form of a name depend on their order. */
function checkVariants({ shape, file }: Loaded<NamesDef>, report: Report): void {
  const mains = new Set(shape.variants.map(([main]) => main));
  const seen = new Set<string>();
  for (const [index, [, forms = '']] of shape.variants.entries()) {
    for (const form of forms) {
      const twice = seen.has(form) || mains.has(form);
      if (twice) report(file.path, file.at(['variants', index]), `${form} 归入了两处`);
      seen.add(form);
    }
  }
}

function nameTable({ variants, confusable, rare }: NamesDef): NameTable {
  const standard = new Map<string, string>();
  for (const [main = '', forms = ''] of variants) {
    for (const form of forms) standard.set(form, main);
  }
  for (const [hex = '', char = ''] of rare.pua) {
    standard.set(String.fromCodePoint(Number.parseInt(hex, 16)), char);
  }
  return {
    standard,
    confusable: new Set(confusable.pairs.map((pair) => [...pair].sort().join(''))),
    placeholders: new Set(rare.placeholders),
  };
}

function sharedSql(roots: readonly string[], report: Report): SharedSql {
  const views = shapesOf(loadKind(KINDS.view, roots, report).items);
  const params = shapesOf(loadKind(KINDS.param, roots, report).items);
  const functions = shapesOf(loadKind(KINDS.function, roots, report).items);
  return {
    views: new Map([...views].map(([name, { reads, sql }]) => [name, { name, reads, sql }])),
    params: new Map(
      [...params].map(([id, { columns, rows }]) => {
        const name = `param_${id}`;
        return [name, { name, columns: new Map(Object.entries(columns)), rows }];
      }),
    ),
    functions: inCallingOrder(
      [...functions].map(([name, { args, sql }]) => ({ name, args: Object.keys(args), sql })),
    ),
  };
}

/** A function that calls another must be made after it. */
function inCallingOrder<F extends { readonly name: string; readonly sql: string }>(
  functions: readonly F[],
): F[] {
  const ordered: F[] = [];
  let waiting = [...functions];
  while (waiting.length > 0) {
    const calls = (fn: F) =>
      waiting.some((other) => other !== fn && fn.sql.includes(`${other.name}(`));
    const ready = waiting.filter((fn) => !calls(fn));
    const next = ready.length > 0 ? ready : waiting;
    ordered.push(...next);
    waiting = waiting.filter((fn) => !next.includes(fn));
  }
  return ordered;
}
