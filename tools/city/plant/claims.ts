import { baseOf } from '../accounts.ts';
import type { Planter } from './planter.ts';

/** Accidents right after the first day insured: before lump sums are derived from them. */
export async function plantEarlyAccidents(p: Planter): Promise<void> {
  const newcomers = await p.take('newcomerInjured', 2);
  await p.run(
    `update injury i set om = s.from_m, od = 3 from spell s where s.pid = i.pid and s.no = 2 and i.pid in (${newcomers})`,
  );
  p.hit('INJ-002', newcomers, 'accident on the third day insured', {
    paid: 'ins = 410',
    also: ['INJ-005', 'INJ-001'],
  });
  const owing = await p.take('injured', 2);
  await p.run(
    `insert into owing select null, pid, 410, om, om from injury where pid in (${owing}) order by pid`,
  );
  p.hit('INJ-004', owing, 'month of the accident never paid', {
    paid: 'ins = 410',
    also: ['INJ-001', 'INJ-005', 'TAX-002'],
  });
}

/** Payments around an injury that nothing supports. */
export async function plantInjuryPayments(p: Planter): Promise<void> {
  const meal = await p.take('injured', 2);
  await p.run(
    `insert into one_off select pid, 410, '400011', om - 1, om + 2, 36000, 19 from injury where pid in (${meal}) order by pid`,
  );
  p.hit('INJ-025', meal, 'meals in hospital a month before the stay', { amount: 36_000 });
  const training = await p.take('worker', 2);
  for (const [index, months] of [40, 30, 20, 10].entries())
    await p.run(
      `insert into one_off select pid, 210, '110013', wf() - ${months}, wf() - ${months} + 1, ${100_000 + index}, 21 from person where pid in (${training}) order by pid`,
    );
  p.hit('SUB-017', training, 'fourth training subsidy', { amount: 100_003 });
}

/** A stay that goes on after death; before its lines are made. */
export async function plantLateStays(p: Planter): Promise<void> {
  const dead = await p.take('injured', 2);
  await p.run(`update claim set days = 6 where pid in (${dead})`);
  await p.run(
    `insert into extra_death select pid, '02', om, od from injury where pid in (${dead}) order by pid`,
  );
  p.hit('INJ-017', dead, 'treated for days after the certificate of death', {
    owed: (pid) =>
      `select sum(price * qty) from claim_line where pid = ${pid} and charged_on > mdate((select om from injury where pid = ${pid}), (select od from injury where pid = ${pid})) + 1`,
    also: ['DTH-001', 'DTH-003', 'DTH-014', 'DTH-016', 'INJ-020', 'INJ-005', 'ACC-011'],
  });
}

/** Lines outside the catalogue, and a stay at many times the usual cost (few claims share a stratum in a small city: a lesser one hides in the spread it makes itself). */
export async function plantCosts(p: Planter): Promise<void> {
  const outside = await p.take('injured', 2);
  await p.run(`update claim_line set pay_class = '3' where k = 91 and pid in (${outside})`);
  p.hit('INJ-022', outside, 'medicine outside the catalogue paid by the fund', {
    owed: (pid) => `select sum(price * qty) from claim_line where k = 91 and pid = ${pid}`,
  });
  // A small city has too few claims of one kind for an outlier to stand out (30 are needed).
  const [few] = await p.city.rows('select count(*) < 3000 as small from claim');
  if (few?.small === true)
    await p.run(
      'update claim set hospital = 2 + pid % 4 where hospital < 2 and pid not in (select pid from mark)',
    );
  const dear = await p.take('countyInjured', 2);
  await p.run(`update claim_line set price = price * 200 where kind = '0' and pid in (${dear})`);
  await p.run(
    `update claim_total t set total = (select sum(price * qty) from claim_line l where l.pid = t.pid and l.no = t.no) where pid in (${dear})`,
  );
  await p.run(
    `update one_off o set amount = t.total from claim_total t where t.pid = o.pid and o.item = '400010' and o.pid in (${dear})`,
  );
  p.hit('INJ-029', dear, 'two hundred times the usual cost');
}

/** The wage raised by payments made after the accident. */
export async function plantRaisedWages(p: Planter): Promise<void> {
  const raised = await p.take('injured', 2);
  // Years differ within the twelve months, so the year of each month takes the place of a fixed one.
  const base = baseOf(0).replace('* 64 + 0', '* 64 + yr.y % 64');
  await p.run(`insert into extra_contribution
    select s.pid, s.uid, null, 410, i.om + 1, r.due, 31, null, null, (${base} * s.r410 + 5000) // 10000, 0, '5', 1
    from injury i join spell s on s.pid = i.pid join person p on p.pid = i.pid, unnest(range(i.om - 12, i.om)) r(due), yr
    where i.pid in (${raised}) and s.no = 2 and yr.y = r.due // 12 order by s.pid, r.due`);
  await p.run(
    `update one_off set amount = amount * 2 where item = '400020' and pid in (${raised})`,
  );
  p.hit('INJ-006', raised, 'base doubled in arrears after the accident', {
    also: ['INJ-005', 'ENR-014', 'ENR-005', 'ENR-015', 'TAX-005', 'TAX-010'],
  });
}
