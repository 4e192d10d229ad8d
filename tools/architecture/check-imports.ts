import { findImports, type Import, packageOf } from './find-imports.ts';
import { moduleTable, packageOwners } from './module-table.ts';
import { isCode, isTestFile, placeOf, type SourceFile, type Violation } from './source-file.ts';

/** Checks every import against the module table and the doors of modules and tools. */
export function checkImports(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => isCode(file.path))
    .flatMap((file) =>
      findImports(file).flatMap((one) => {
        const fault = judge(file, one);
        return fault === null
          ? []
          : [{ rule: fault.rule, path: file.path, message: `${one.specifier}: ${fault.message}` }];
      }),
    );
}

interface Fault {
  readonly rule: string;
  readonly message: string;
}

function judge(file: SourceFile, one: Import): Fault | null {
  const { area, module } = placeOf(file.path);
  if (area === 'web') return judgeWeb(file, one);
  if (one.target === null) return judgePackage(file, one);
  if (module !== null) return judgeServer(file, module, one.target);
  return judgeDoor(file, one.target);
}

/** The browser gets shapes and code lists from the contract and nothing else of ours. */
function judgeWeb(file: SourceFile, one: Import): Fault | null {
  const stays = one.target !== null && placeOf(one.target).area === 'web';
  if (stays || one.specifier === 'huiliu/contract') return null;
  const isOurs = one.target !== null || /^huiliu($|\/|-)/.test(one.specifier);
  // Tests of pages run on Node.
  const isMissing = one.specifier.startsWith('node:') && !isTestFile(file.path);
  if (!isOurs && !isMissing) return null;
  return { rule: 'web', message: 'web imports only huiliu/contract and browser packages' };
}

function judgePackage(file: SourceFile, one: Import): Fault | null {
  const { module } = placeOf(file.path);
  if (module === 'contract' && !isTestFile(file.path)) {
    return { rule: 'contract', message: 'contract imports nothing, so that a browser can load it' };
  }
  const owner = packageOwners[packageOf(one.specifier)];
  if (module === null || owner === undefined || owner === module || isTestFile(file.path)) {
    return null;
  }
  return { rule: 'package', message: `only ${owner} may use this package` };
}

function judgeServer(file: SourceFile, module: string, target: string): Fault | null {
  const other = placeOf(target);
  if (other.module === module) {
    const isOwnDoor = target === `server/src/${module}/index.ts`;
    return isOwnDoor && !isTestFile(file.path)
      ? { rule: 'own door', message: 'inside a module, import the sibling file itself' }
      : null;
  }
  if (other.module === null) {
    const mayLeave = module === 'app' || isTestFile(file.path);
    return mayLeave && (other.area === 'tools' || other.area === 'bench')
      ? judgeDoor(file, target)
      : { rule: 'module', message: `${module} may not import from outside server/src` };
  }
  const allowed = moduleTable[module];
  if (allowed !== undefined && !allowed.includes(other.module)) {
    return { rule: 'module', message: `${module} may not import ${other.module}` };
  }
  return judgeDoor(file, target);
}

/** From outside, a module is its `index.ts`, a tool too; tests may also use what is for tests. */
function judgeDoor(file: SourceFile, target: string): Fault | null {
  const { area, module } = placeOf(target);
  const home = /^(tools|bench)\/[^/]+\//.exec(target)?.[0];
  if (module === null && (home === undefined || file.path.startsWith(home))) {
    const isKnown = area === 'tools' || area === 'bench';
    return isKnown ? null : { rule: 'door', message: 'leaves the code of this repository' };
  }
  const parts = target.split('/');
  const depth = area === 'server' ? 3 : 2;
  if (parts.length === depth + 1 && parts[depth] === 'index.ts') return null;
  if (parts[depth] === 'testing' && isForTests(file)) return null;
  // The test beside a tool's folder (tools/x.test.ts) is that tool's own.
  if (area !== 'server' && isTestFile(file.path)) return null;
  return { rule: 'door', message: `import ${parts.slice(0, depth).join('/')}/index.ts instead` };
}

/** The tools make data and run checks; what a module offers to tests is offered to them. */
function isForTests(file: SourceFile): boolean {
  const { area } = placeOf(file.path);
  return isTestFile(file.path) || area === 'tools' || area === 'bench';
}
