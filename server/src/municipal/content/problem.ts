/** One thing wrong in a content file; line and column are 1-based, 0 when it is about a folder. */
export interface ContentProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Chinese: what is wrong and what to write instead. */
  readonly text: string;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Collects what is wrong; loading goes on so that an official sees everything at once. */
export type Report = (file: string, at: Position, text: string) => void;

/** For problems about a whole file or folder. */
export const NOWHERE: Position = { line: 0, column: 0 };

/** Orders problems as a reader walks the files. */
export function inReadingOrder(problems: readonly ContentProblem[]): ContentProblem[] {
  return [...problems].sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}

/** `file:line:column  text`, the form editors make clickable. */
export function problemLine(problem: ContentProblem): string {
  const where = problem.line === 0 ? '' : `:${problem.line}:${problem.column}`;
  return `${problem.file}${where}  ${problem.text}`;
}
