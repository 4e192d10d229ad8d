import type { Planter } from './planter.ts';

/** Grants and monthly benefits of survivors (遗属、供养) that nobody may claim. */
export async function plantSurvivorClaims(p: Planter): Promise<void> {
  const stranger = await p.take('deadResident', 2);
  await p.run(
    `insert into one_off select pid, 110, '100140', dm, dm + 2, 480000, 21 from person where pid in (${stranger}) order by pid`,
  );
  p.hit('SUR-004', stranger, 'funeral grant of an insurance the dead person never joined', {
    amount: 480_000,
    also: ['SUR-001', 'DUP-010'],
  });
  const prisoner = await p.take('grantedDead', 2);
  await p.run(
    `insert into extra_custody select pid, '01', dm - 6, dm + 20 from person where pid in (${prisoner}) order by pid`,
  );
  p.hit('SUR-005', prisoner, 'died in prison, grants were paid', {
    paid: "ins = 110 and item in ('100140', '100141')",
    also: ['JUS-001'],
  });
  const grown = await p.take('resident', 2);
  await allowance(p, grown, `(select min(pid) from person where role = 'P' and dm is not null)`);
  p.hit('SUR-007', grown, 'survivors allowance for a child over twenty-five', {
    paid: 'ins = 110',
  });
  const orphan = await p.take('orphan', 2);
  await allowance(p, orphan, '(select b.deceased from benefit b where b.pid = t.pid)');
  p.hit('DUP-014', orphan, 'allowance beside the pension for the same death at work', {
    paid: 'ins = 110',
  });
  const spouse = await p.take('survivor', 1);
  const other = await p.take('resident', 1);
  await p.run(`insert into extra_kin values (${spouse[0]}, ${other[0]}, '1', ${p.wf - 5})`);
  p.hit('INJ-014', spouse, 'married again five months ago', {
    paid: `ins = 410 and due > ${p.wf - 5}`,
  });
}

/** Gives survivors a monthly allowance (遗属生活困难补助) of the pension fund for four months. */
async function allowance(p: Planter, pids: readonly number[], deceased: string): Promise<void> {
  await p.run(`insert into benefit (pid, ins, class, start_m, init, step, acct, deceased, relation, no, jump, hold_why, no_account)
    select pid, 110, '04', ${p.wf - 3}, 60000, 0, 0, ${deceased}, '2', 2, 0, '1202', false from (values ${pids.map((pid) => `(${pid})`).join(',')}) t(pid)`);
}
