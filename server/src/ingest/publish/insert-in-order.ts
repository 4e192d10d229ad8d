import type { TableDef } from '../../contract/index.ts';
import { identifier } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { textLiteral } from '../stage/sql-text.ts';

/** Sorted in pieces of this many rows: they fit in memory, and each shows progress. */
export const PIECE_ROWS = 8_000_000;

/**
 * Inserts rows in the physical order of their table, piece by piece along the first cluster column.
 * One sort of a full city would spill three times its size to disk; pieces stay in memory.
 */
export async function insertInOrder(
  session: DuckSession,
  input: {
    readonly def: TableDef;
    readonly into: string;
    /** FROM item holding the rows; read once per piece. */
    readonly from: string;
    /** SELECT list over it, in the order of the target's columns. */
    readonly select: string;
    readonly rows: number;
    readonly onRows?: (done: number) => void;
    /** For tests: rows of a piece. */
    readonly pieceRows?: number;
  },
): Promise<number> {
  const { def, into, from, select } = input;
  const order = def.cluster.map(identifier).join(', ');
  let done = 0;
  for (const condition of await pieces(session, input)) {
    done += await session.run(
      `insert into ${into} select ${select} from ${from} where ${condition} order by ${order}`,
    );
    input.onRows?.(done);
  }
  return done;
}

/** Conditions that cut the rows by their first cluster column into pieces of about equal size. */
async function pieces(
  session: DuckSession,
  { def, from, rows, pieceRows }: { def: TableDef; from: string; rows: number; pieceRows?: number },
): Promise<string[]> {
  const count = Math.ceil(rows / (pieceRows ?? PIECE_ROWS));
  if (count <= 1) return ['true'];
  const column = identifier(def.cluster[0] ?? def.key[0] ?? 'line');
  const shares = Array.from({ length: count - 1 }, (_, i) => `${i + 1}.0 / ${count}`);
  // One value in 64, by its hash, is sample enough; sampling clauses do not take a subquery.
  const cuts = await session.rows<{ cut: string }>(
    `select distinct unnest(quantile_disc(${column}, [${shares.join(', ')}]))::VARCHAR as cut
     from ${from} where ${column} is not null and hash(${column}) % 64 = 0 order by cut`,
  );
  const values = cuts.map(({ cut }) => textLiteral(cut));
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return ['true'];
  return [
    `(${column} < ${first} or ${column} is null)`,
    ...values.slice(1).map((to, i) => `${column} >= ${values[i]} and ${column} < ${to}`),
    `${column} >= ${last}`,
  ];
}
