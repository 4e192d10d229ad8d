import type { Planter } from './planter.ts';

/** Columns of `benefit` a second benefit sets; everything else takes its default. */
export const COLUMNS =
  'pid, ins, class, retire_type, start_m, init, step, basic, acct, transition, idx, months_total, no, jump, hold_why, no_account';

/** Gives each person another benefit from a month on, paid beside what they have. */
export async function second(
  p: Planter,
  pids: readonly number[],
  kind: {
    ins: number;
    class: string;
    type: string | null;
    start: number;
    init: number;
    months?: number;
    no?: number;
  },
): Promise<void> {
  await p.run(`insert into benefit (${COLUMNS}) select pid, ${kind.ins}, '${kind.class}', ${kind.type === null ? 'null' : `'${kind.type}'`}, ${kind.start}, ${kind.init}, 0,
    null, 0, null, null, ${kind.months ?? 'null'}, ${kind.no ?? 2}, 0, '1202', false from (values ${pids.map((pid) => `(${pid})`).join(',')}) t(pid)`);
}

/** Gives each person unemployment benefit from two months ago on, as benefit `no` of theirs. */
export function drawUnemployment(p: Planter, pids: readonly number[], no = 2): Promise<void> {
  const kind = { ins: 210, class: '05', type: null, start: p.wf - 2, init: 193500, months: 12, no };
  return second(p, pids, kind);
}

/** A death known to departments only; the province goes on paying. */
export async function die(
  p: Planter,
  pids: readonly number[],
  sources: readonly string[],
  month: number,
  day = 8,
): Promise<void> {
  // The last certificate lies before the death, or another rule would fire as well.
  await p.run(
    `update benefit set cert = least(coalesce(cert, 99999), ${month} - 1 - pid % 3) where pid in (${pids})`,
  );
  for (const source of sources) {
    await p.run(
      `insert into extra_death values ${pids.map((pid) => `(${pid}, '${source}', ${month}, ${day})`).join(',')}`,
    );
  }
}

export function checkOf(body: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return `substr('10X98765432', (${weights.map((w, i) => `substr(${body}, ${i + 1}, 1)::INTEGER * ${w}`).join(' + ')}) % 11 + 1, 1)`;
}
