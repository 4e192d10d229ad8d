import type { Static } from 'typebox';
import type { Severity } from '../../contract/index.ts';
import type {
  findingShape,
  headersShape,
  letterShape,
  namesShape,
  settingsShape,
  signShape,
} from './shapes.ts';

export type Strength = 'strong' | 'medium' | 'weak';

/** What kind of department a source is. */
export interface SourceKind {
  readonly code: string;
  readonly title: string;
  /** Registers deaths itself. */
  readonly primary: boolean;
  /** Level of a finding that rests on this source alone. */
  readonly level: Severity;
  /** To whom a letter is addressed. */
  readonly asks: string;
  readonly basis: string;
}

export type Settings = Static<typeof settingsShape>;
export type SignDef = Static<typeof signShape>;
export type FindingDef = Static<typeof findingShape>;
export type LetterDef = Static<typeof letterShape>;
export type HeadersDef = Static<typeof headersShape>;
export type NamesDef = Static<typeof namesShape>;

/** How names are compared: from each character to the one that stands for all its forms. */
export interface NameTable {
  readonly standard: ReadonlyMap<string, string>;
  readonly confusable: ReadonlySet<string>;
  readonly placeholders: ReadonlySet<string>;
}

/** Shared views, parameter tables and functions of `content/`, which the rules use as well. */
export interface SharedSql {
  readonly views: ReadonlyMap<string, SharedView>;
  readonly params: ReadonlyMap<string, SharedParam>;
  readonly functions: readonly SharedFunction[];
}

export interface SharedView {
  readonly name: string;
  readonly reads: readonly string[];
  readonly sql: string;
}

export interface SharedParam {
  readonly name: string;
  readonly columns: ReadonlyMap<string, string>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface SharedFunction {
  readonly name: string;
  readonly args: readonly string[];
  readonly sql: string;
}

/** Content of the registry (死亡库内容包). */
export interface DeathsPack {
  readonly settings: Settings;
  readonly sources: ReadonlyMap<string, SourceKind>;
  readonly signs: ReadonlyMap<string, SignDef>;
  readonly findings: ReadonlyMap<string, FindingDef>;
  readonly names: NameTable;
  readonly headers: HeadersDef;
  readonly letter: LetterDef;
  readonly shared: SharedSql;
}
