import { lowerSide, type Planter } from './planter.ts';

/** Injuries with a wrong fact, before lump sums and claims are derived from them. */
export async function plantInjuries(p: Planter): Promise<void> {
  const before = await p.take('newcomerInjured', 2);
  await p.run(
    `update injury i set om = s.from_m - 1 from spell s where s.pid = i.pid and s.no = 2 and i.pid in (${before})`,
  );
  p.hit('INJ-001', before, 'accident in the month before enrolment', {
    also: ['INJ-005'],
    paid: 'ins = 410',
  });
  const late = await p.take('injured', 2);
  await p.run(`update injury set report_days = 75 where pid in (${late})`);
  p.hit(
    'INJ-003',
    late,
    'reported 75 days after the accident, treatment before it paid by the fund',
  );
  const retired = await p.take('midRetiree', 4);
  await p.run(
    `insert into injury select x.pid, s.uid, 'X', x.rm - 20, 5, 0, '02', 5, 600000 from person x join spell s on s.pid = x.pid and s.no = 2 where x.pid in (${retired})`,
  );
  await p.run(`delete from benefit where pid in (${retired.slice(2)})`);
  await p.run(`insert into benefit select pid, 410, '06', null, om + 7, null, null, 510000, 0, null, null, null, null, null, null, null, null, null, null
    from injury where pid in (${retired}) order by pid`);
  // Two benefits of one person must not share payment numbers; the allowance becomes number two below.
  p.hit('DUP-008', retired.slice(0, 2), 'full allowance beside a pension', {
    also: ['INJ-034', 'INJ-005', 'INJ-008'],
    owed: (pid) => lowerSide(pid, "item = '400080'", "item = '100011' and ins = 110"),
  });
  for (const pid of retired.slice(2))
    p.hit('INJ-034', [pid], 'past retirement age with a full allowance and no pension', {
      also: ['INJ-005', 'INJ-008'],
      // Three months to change from the allowance to the pension are allowed.
      paid: `item = '400080' and due > (select rm + 3 from person x where x.pid = ${pid})`,
    });
}

/** Wrong amounts and wrong people, after the benefits of injuries are made. */
export async function plantInjuryBenefits(p: Planter): Promise<void> {
  await p.run(
    "update benefit set no = 2 where class = '06' and exists (select 1 from benefit b where b.pid = benefit.pid and b.class = '01')",
  );
  const lump = await p.take('injured', 2);
  await p.run(
    `update one_off set amount = amount + 300000 where item = '400020' and pid in (${lump})`,
  );
  p.hit('INJ-005', lump, 'lump sum 3,000 yuan above the formula', { amount: 300_000 });
  const twice = await p.take('injured', 2);
  await p.run(
    `insert into one_off select pid, ins, item, due_m + 2, pay_m + 2, amount - 100, day from one_off where item = '400020' and pid in (${twice}) order by pid`,
  );
  p.hit('DUP-012', twice, 'lump sum paid twice', { also: ['INJ-005'] });
  const light = await p.take('injured', 2);
  await p.run(`insert into benefit select pid, 410, '06', null, wf() - 8, null, null, 300000, 0, null, null, null, null, null, null, null, null, null, null, 1, null, 0, '1202', null, null, false, null, null
    from injury where pid in (${light}) order by pid`);
  p.hit('INJ-007', light, 'monthly allowance from the fund for grade 7 to 10', {
    paid: "item = '400080'",
  });
  const ratio = await p.take('disabled', 2);
  await p.run(`update benefit set init = init * 11 // 10 where pid in (${ratio})`);
  p.hit('INJ-008', ratio, 'first allowance a tenth above the rate');
  const care = await p.take('disabled', 2);
  await p.run(
    `insert into extra_payment select pid, 410, '400090', wf() - k, wf() - k, 212190, '0', '7' from (values ${care.map((pid) => `(${pid})`)}) t(pid), range(0, 3) r(k)`,
  );
  p.hit('INJ-009', care, 'care fee without a care level', { paid: "item = '400090'" });
  const stays = await p.take('injured', 2);
  await p.run(
    `insert into one_off select pid, 410, '400070', om + 8, om + 8, 2500000, 19 from injury where pid in (${stays}) order by pid`,
  );
  p.hit('INJ-010', stays, 'medical lump sum for leaving, yet still employed there', {
    amount: 2_500_000,
  });
  const killed = await p.take('killed', 2);
  await p.run(
    `update one_off set amount = amount + 100000 where item in ('400030', '400040') and pid in (${killed})`,
  );
  await p.run(
    `insert into one_off select pid, 110, '100140', dm, dm + 2, 600000, 20 from person where pid in (${killed}) order by pid`,
  );
  p.hit('INJ-011', killed, 'grants for a death at work 1,000 yuan too high each', {
    also: ['SUR-001', 'DUP-010'],
  });
  p.hit('SUR-008', killed, 'funeral grant of the pension fund besides', { amount: 600_000 });
}

/** Medical claims: second stays, wrong lines, reused invoices. */
export async function plantClaims(p: Planter): Promise<void> {
  const second = async (pids: readonly number[], change: string) =>
    p.run(
      `insert into claim select * replace (2 as no, ${change}) from claim where pid in (${pids}) and no = 1 order by pid`,
    );
  const split = await p.take('injured', 2);
  await second(split, "days + 1 as shift, md5(pid || 'b') || md5(pid || 'c') as invoice");
  p.hit('INJ-018', split, 'admitted again one day after discharge');
  const overlap = await p.take('injured', 2);
  await second(
    overlap,
    "1 as shift, (hospital + 1) % 6 as hospital, md5(pid || 'b') || md5(pid || 'c') as invoice",
  );
  p.hit('INJ-019', overlap, 'in two hospitals at once');
  const reused = await p.take('injured', 2);
  await second(reused, '30 as shift');
  p.hit('INJ-026', reused, 'one invoice claimed twice');
  const idle = await p.take('injured', 2);
  await p.run(`update claim set days = 12, cure = 0 where pid in (${idle})`);
  p.hit('INJ-020', idle, 'twelve days with hardly anything but a bed');
  const unrelated = await p.take('injured', 2);
  await p.run(`update claim set diagnosis = 'E11.9 2型糖尿病' where pid in (${unrelated})`);
  p.hit('INJ-021', unrelated, 'diagnosis is a chronic disease');
  const after = await p.take('injured', 2);
  await p.run(`update claim set shift = 420 where pid in (${after})`);
  p.hit('INJ-028', after, 'treated fourteen months after the accident, leave long over');
}

/** Single lines of a claim. */
export async function plantClaimLines(p: Planter): Promise<void> {
  const early = await p.take('injured', 2);
  await p.run(
    `update claim_line set charged_on = charged_on - 10 where k = 91 and pid in (${early})`,
  );
  p.hit('INJ-016', early, 'medicine charged ten days before the accident');
  const beds = await p.take('injured', 2);
  await p.run(`update claim_line set qty = 2 where k = 0 and pid in (${beds})`);
  await p.run(
    `update claim_total t set total = (select sum(price * qty) from claim_line l where l.pid = t.pid and l.no = t.no) where pid in (${beds})`,
  );
  await p.run(
    `update one_off o set amount = t.total from claim_total t where t.pid = o.pid and o.item = '400010' and o.pid in (${beds})`,
  );
  p.hit('INJ-023', beds, 'two beds on one day');
}
