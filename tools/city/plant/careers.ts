import type { Planter } from './planter.ts';

/** Facts that must be in place before accounts are rolled, so that everything else agrees with them. */
export async function plantCareers(p: Planter): Promise<void> {
  await plantResidents(p);
  await plantWork(p);
}

async function plantResidents(p: Planter): Promise<void> {
  const young = await p.take('youth', 2);
  await p.run(
    `update resident r set from_y = x.bm // 12 + 14 from person x where x.pid = r.pid and r.pid in (${young})`,
  );
  await p.run(`update seen set m = least(m, w0() - 1) where pid in (${young})`);
  p.hit('RES-002', young, 'paid in from the age of fourteen', { also: ['DAT-004'] });
  const short = await p.take('newDrawer', 2);
  await p.run(`update resident set from_y = to_y - 3 where pid in (${short})`);
  p.hit('RES-005', short, 'draws after four years paid', { paid: 'ins = 170' });
  const subsidy = await p.take('resident', 2);
  await p.run(`update resident set subsidy = subsidy + 55 where pid in (${subsidy})`);
  p.hit('RES-006', subsidy, 'subsidy is 55 yuan above the table');
}

async function plantWork(p: Planter): Promise<void> {
  const children = await p.take('lateWorker', 2);
  await p.run(
    `update spell s set from_m = x.bm + 186 from person x where x.pid = s.pid and s.pid in (${children}) and s.no = 2`,
  );
  p.hit('ENR-004', children, 'enrolled as an employee at fifteen and a half', {
    also: ['DAT-004'],
  });
  const closed = await p.city.rows(
    "select uid from unit where kind = 'closed' order by uid limit 2",
  );
  for (const row of closed) {
    const uid = Number(row.uid);
    const [pid] = await p.take('worker', 1);
    await p.run(`update spell set uid = ${uid} where pid = ${pid} and no = 2`);
    p.about('ENR-002', {
      unit: `U${String(uid).padStart(7, '0')}`,
      why: `closed unit still pays for person ${pid}`,
    });
  }
  const churn = await p.take('pausedLong', 2);
  await p.run(`insert into spell select s.pid * 1000 + 300000000 + k, s.pid, 'H', r.uid, 3 + k, wf() - 13 + 3 * k, wf() - 12 + 3 * k, 'enterprise', u.r410, u.agency
    from spell s, range(0, 4) t(k), rank_enterprise r, unit u where s.pid in (${churn}) and s.no = 2 and r.rk = 10 + k and u.uid = r.uid order by 1`);
  p.hit('ENR-011', churn, 'four employers in a year, two months each');
  const few = await p.take('anyClaimant', 2);
  await p.run(`update spell set from_m = to_m - 7 where pid in (${few})`);
  p.hit('UNE-004', few, 'draws after eight months paid', { paid: 'ins = 210' });
}

/** Facts about what an approval was based on: before pensions are computed from them. */
export async function plantApprovals(p: Planter): Promise<void> {
  const short = await p.take('insuredRetiree', 2);
  await p.run(`update account_year set actual = 118, deemed = 0 where pid in (${short})`);
  p.hit('PEN-004', short, 'approved on 118 months', { paid: 'regular and ins = 110' });
  const deemed = await p.take('oldRetiree', 2);
  await p.run(`update account_year set deemed = 560 where pid in (${deemed})`);
  p.hit('PEN-015', deemed, 'deemed months exceed the time since work began');
  const negative = await p.take('worker', 2);
  await p.run(
    `update account_year set balance = -5000 where pid in (${negative}) and year = wf() // 12 - 1`,
  );
  p.hit('ACC-001', negative, 'balance of minus 50 yuan', { amount: 5000 });
  const principal = await p.take('worker', 2);
  await p.run(
    `update account_year set principal = principal + 50000, balance = balance + 50000 where pid in (${principal}) and year = wf() // 12 - 1`,
  );
  p.hit('ACC-002', principal, 'credited 500 yuan more than was contributed', {
    amount: 50_000,
    also: ['ACC-003'],
  });
  const interest = await p.take('worker', 2);
  await p.run(
    `update account_year set interest = interest + 30000, balance = balance + 30000 where pid in (${interest}) and year = wf() // 12 - 1`,
  );
  p.hit('ACC-003', interest, 'interest is 300 yuan too high', { amount: 30_000 });
  const two = await p.take('worker', 2);
  await p.run(
    `insert into account_year select * replace ('B' as copy_no) from account_year where pid in (${two}) and year = wf() // 12 - 1 order by pid`,
  );
  p.hit('ACC-013', two, 'two accounts of one insurance', { also: ['ACC-002', 'ACC-003'] });
  const left = await p.take('dead', 2);
  await p.run(
    `update account_year a set balance = 880000 from person x where x.pid = a.pid and a.pid in (${left}) and a.year = x.dm // 12`,
  );
  p.hit('ACC-011', left, 'died more than a year ago, balance not settled', { amount: 880_000 });
}
