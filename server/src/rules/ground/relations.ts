import type { DuckSession } from '../../store/index.ts';

/** A temporary relation that a session needs under a name. */
export interface Relation {
  readonly name: string;
  /** `literals`: a table of values that stand in the text itself, so the same text is the same table. */
  readonly kind: 'table' | 'view' | 'literals';
  /** Its SELECT. */
  readonly body: string;
}

/**
 * What each session has made. Asking the engine for it costs more than most rules: its catalogue
 * lists every relation of every database.
 */
const made = new WeakMap<DuckSession, Map<string, Relation>>();

/**
 * Makes a temporary relation, in the place of one that the session made under this name before.
 * Views and literals of the same text are left as they are: many parts of a run need the same.
 */
export async function makeRelation(session: DuckSession, relation: Relation): Promise<void> {
  const mine = made.get(session) ?? new Map<string, Relation>();
  made.set(session, mine);
  const { name, kind, body } = relation;
  const before = mine.get(name);
  if (before !== undefined) {
    if (before.kind === kind && before.body === body && kind !== 'table') return;
    mine.delete(name);
    await session.run(`drop ${wordOf(before)} if exists temp.main.${name}`);
  }
  await session.run(`create temp ${wordOf(relation)} ${name} as ${body}`);
  mine.set(name, relation);
}

function wordOf({ kind }: Relation): 'table' | 'view' {
  return kind === 'view' ? 'view' : 'table';
}
