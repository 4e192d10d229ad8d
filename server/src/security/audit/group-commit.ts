import type { AuditDatabase, AuditRecord } from './model.ts';

/** Most entries of one commit: what waits longer shares the next. */
const MOST_IN_GROUP = 200;

type Write<P> = (db: AuditDatabase, pending: readonly P[]) => Promise<AuditRecord[]>;

interface Waiting<P> {
  readonly pending: P;
  readonly resolve: (record: AuditRecord) => void;
  readonly reject: (error: unknown) => void;
}

interface Groups<P> {
  write(pending: P): Promise<AuditRecord>;
}

const groups = new WeakMap<object, Groups<never>>();

/**
 * Entries that stand in no transaction of a caller are written together: whoever comes while one
 * commit is under way shares the next, so two hundred readers cost a few commits and not two
 * hundred in a row behind one lock. Everybody still waits for the commit of the own entry.
 */
export function groupsOf<P>(db: AuditDatabase, write: Write<P>): Groups<P> {
  const known = groups.get(db) as Groups<P> | undefined;
  if (known !== undefined) return known;
  const made = createGroups(db, write);
  groups.set(db, made as Groups<never>);
  return made;
}

function createGroups<P>(db: AuditDatabase, write: Write<P>): Groups<P> {
  const queue: Waiting<P>[] = [];
  let writing = false;

  const writeAll = async (): Promise<void> => {
    writing = true;
    while (queue.length > 0) await settle(queue.splice(0, MOST_IN_GROUP));
    writing = false;
  };

  const settle = async (group: readonly Waiting<P>[]): Promise<void> => {
    try {
      const records = await write(
        db,
        group.map(({ pending }) => pending),
      );
      records.forEach((record, index) => {
        group[index]?.resolve(record);
      });
    } catch (error) {
      // One entry the database refuses must not take the others with it: each is tried alone.
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await settle([one]);
    }
  };

  return {
    write: (pending) =>
      new Promise((resolve, reject) => {
        queue.push({ pending, resolve, reject });
        if (!writing) void writeAll();
      }),
  };
}
