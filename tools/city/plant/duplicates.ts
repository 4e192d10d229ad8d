import { lowerSide, type Planter } from './planter.ts';
import { checkOf, drawUnemployment, second } from './second-benefit.ts';

export async function plantDuplicates(p: Planter): Promise<void> {
  const both = await p.take('oldRetiree', 2);
  await second(p, both, { ins: 170, class: '03', type: '2', start: p.wf - 5, init: 0 });
  p.hit('DUP-001', both, 'residents pension beside an employees pension', { paid: 'ins = 170' });
  const pensions = await p.take('retiree', 2);
  await second(p, pensions, { ins: 120, class: '02', type: '2', start: p.wf - 5, init: 300000 });
  p.hit('DUP-002', pensions, 'public pension beside an enterprise pension', {
    owed: (pid) => lowerSide(pid, "item = '100011' and ins = 110", "item = '100011' and ins = 120"),
  });
  const job = await p.take('midRetiree', 2);
  await drawUnemployment(p, job);
  p.hit('DUP-007', job, 'unemployment benefit beside a pension', {
    paid: 'ins = 210',
    also: ['UNE-012'],
  });
  const funeral = await p.take('dead', 2);
  await p.run(
    `insert into one_off select pid, 210, '110021', dm, dm + 2, 500000, 21 from person where pid in (${funeral}) order by pid`,
  );
  p.hit('DUP-010', funeral, 'funeral grants of two insurances', { amount: 500_000 });
  const twice = await p.take('dead', 2);
  await p.run(
    `insert into one_off select pid, ins, item, due_m, pay_m + 3, amount // 2, day from one_off where item = '100141' and pid in (${twice}) order by pid`,
  );
  p.hit('DUP-011', twice, 'bereavement grant paid again', { also: ['SUR-002'] });
  const rows = await p.take('retiree', 2);
  await p.run(
    `insert into extra_payment select pid, 110, '100011', wf() - 1, wf() - 1, init + step * ((wf() - 1) // 12 - (start_m - 1) // 12), '0', '6' from benefit where pid in (${rows})`,
  );
  p.hit('DUP-013', rows, 'one month paid twice', {
    paid: "suffix = '6'",
    also: ['PEN-024'],
  });
  const supplement = await p.take('retiree', 2);
  await p.run(
    `insert into extra_payment select pid, 110, '100011', wf() - 1, wf() - 2, 12345, '1', '6' from benefit where pid in (${supplement})`,
  );
  p.never('DUP-013', supplement, 'supplementary payment of another amount');
  await plantTwins(p);
}

/** One human under two identities: same name and sex, year of birth one digit apart, one account. */
async function plantTwins(p: Planter): Promise<void> {
  const [a, b] = await p.take('oldDrawer', 2);
  if (a === undefined || b === undefined) return;
  await p.run(
    `update person set name = (select name from person where pid = ${a}), sex = (select sex from person where pid = ${a}) where pid = ${b}`,
  );
  const [row] = await p.city.rows(`select bm, bd from person where pid = ${a}`);
  const birth = Number(row?.bm) - 12;
  await p.run(
    `update person set bm = ${birth}, bd = ${Number(row?.bd)}, rm = ${birth + 720} where pid = ${b}`,
  );
  await p.run(`update benefit set start_m = greatest(${birth + 721}, 24138) where pid = ${b}`);
  await p.run(
    `update person set id_no = ${`substr(id_no, 1, 6) || day8(bm, bd) || '98' || case when sex = 1 then '7' else '8' end`} where pid = ${b}`,
  );
  await p.run(`update person set id_no = id_no || ${checkOf('id_no')} where pid = ${b}`);
  p.hit('DUP-006', [a, b], 'two identities, one account');
  twins.set(p, [a, b]);
}

export const twins = new WeakMap<Planter, readonly [number, number]>();
