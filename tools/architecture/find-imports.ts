import { posix } from 'node:path';
import ts from 'typescript';
import type { SourceFile } from './source-file.ts';

/** One import, re-export or `import()` of a literal name. */
export interface Import {
  readonly specifier: string;
  /** Path relative to the repository root; null for a package or a built-in module. */
  readonly target: string | null;
  /** Erased before the program runs, so it cannot form a cycle at run time. */
  readonly typeOnly: boolean;
}

/** Lists what a file imports, found with the TypeScript parser. */
export function findImports(file: SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Expression | undefined, typeOnly: boolean): void => {
    if (node === undefined || !ts.isStringLiteralLike(node)) return;
    const specifier = node.text;
    const target = specifier.startsWith('.')
      ? posix.normalize(posix.join(posix.dirname(file.path), specifier))
      : null;
    found.push({ specifier, target, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyImport(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument;
      if (ts.isStringLiteral(literal)) add(literal, true);
    } else if (ts.isCallExpression(node) && isDynamicImport(node)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file.path, scriptOf(file), ts.ScriptTarget.Latest, false, kind(file)));
  return found;
}

/** Splits `@scope/name/deep` and `name/deep` into the name of the package. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function isTypeOnlyImport(node: ts.ImportDeclaration): boolean {
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function isDynamicImport(node: ts.CallExpression): boolean {
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(node.expression) && node.expression.text === 'require';
}

/** The script blocks of a Vue component; of any other file, all of it. */
function scriptOf(file: SourceFile): string {
  if (!file.path.endsWith('.vue')) return file.text;
  const blocks = file.text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g);
  return [...blocks].map((block) => block[1] ?? '').join('\n');
}

function kind(file: SourceFile): ts.ScriptKind {
  return /\.[cm]?js$/.test(file.path) ? ts.ScriptKind.JS : ts.ScriptKind.TS;
}
