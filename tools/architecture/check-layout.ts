import { moduleTable } from './module-table.ts';
import { isCode, isTestFile, placeOf, type SourceFile, type Violation } from './source-file.ts';

const maxFileLines = 400;
const maxReadmeLines = 40;
const contentKinds = ['.yaml', '.tsv', '.csv', '.md'];
/** Names that say nothing about what is inside, so anything ends up there. */
const forbiddenNames = /^(utils?|helpers?|commons?|managers?|misc)$/;

/** Checks what lies where: modules, content, sizes and names of files. */
export function checkLayout(files: readonly SourceFile[]): Violation[] {
  return [
    ...checkModules(files),
    ...files.flatMap(checkHome),
    ...files.flatMap(checkContent),
    ...files.flatMap(checkSize),
    ...files.flatMap(checkName),
  ];
}

function checkModules(files: readonly SourceFile[]): Violation[] {
  const modules = new Set(files.flatMap(({ path }) => placeOf(path).module ?? []));
  const byPath = new Map(files.map((file) => [file.path, file]));
  return [...modules].flatMap((module) => {
    const path = `server/src/${module}`;
    const found: Violation[] = [];
    const report = (message: string): void => {
      found.push({ rule: 'module', path, message });
    };
    if (moduleTable[module] === undefined) report('not in the module table');
    // Nothing imports app: its door is the command line.
    const door = module === 'app' ? 'main.ts' : 'index.ts';
    if (!byPath.has(`${path}/${door}`)) report(`has no ${door}`);
    const readme = byPath.get(`${path}/README.md`);
    if (readme === undefined) report('has no README.md');
    else if (countLines(readme.text) >= maxReadmeLines) {
      report(
        `README.md has ${countLines(readme.text)} lines; it must stay under ${maxReadmeLines}`,
      );
    }
    return found;
  });
}

function checkHome({ path }: SourceFile): Violation[] {
  if (!path.startsWith('server/src/') || placeOf(path).module !== null) return [];
  return [{ rule: 'module', path, message: 'lies outside every module' }];
}

function checkContent({ path }: SourceFile): Violation[] {
  if (placeOf(path).area !== 'content') return [];
  if (contentKinds.some((kind) => path.endsWith(kind))) return [];
  return [{ rule: 'content', path, message: `content holds only ${contentKinds.join(', ')}` }];
}

function checkSize({ path, text }: SourceFile): Violation[] {
  const isMeasured = (isCode(path) || path.endsWith('.css')) && !isTestFile(path);
  const lines = isMeasured ? countLines(text) : 0;
  if (lines <= maxFileLines) return [];
  return [{ rule: 'size', path, message: `${lines} lines; split it (at most ${maxFileLines})` }];
}

function checkName({ path }: SourceFile): Violation[] {
  const words = path.split(/[/.-]/);
  const bad = words.find((word) => forbiddenNames.test(word));
  if (bad === undefined) return [];
  return [{ rule: 'name', path, message: `“${bad}” does not say what is inside` }];
}

function countLines(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}
