import { lowerSide, type Planter } from './planter.ts';
import { drawUnemployment, second } from './second-benefit.ts';

/** Years of work that cannot be: before pensions are computed from them. */
export async function plantYears(p: Planter): Promise<void> {
  const jailed = await p.take('longDeemed', 2);
  await p.run(`update account_year a set deemed = s.from_m - x.bm - 216 from spell s join person x on x.pid = s.pid
    where s.pid = a.pid and a.deemed > 0 and a.pid in (${jailed})`);
  await p.run(
    `insert into extra_custody select pid, '01', bm + 218, bm + 236 from person where pid in (${jailed}) order by pid`,
  );
  p.hit('PEN-007', jailed, 'years in prison counted as years of work');
  const twice = await p.take('midRetiree', 2);
  await p.run(
    `update account_year a set actual = actual + 6 from person x where x.pid = a.pid and a.year = x.rm // 12 and a.pid in (${twice})`,
  );
  p.hit('PEN-016', twice, 'six months counted twice');
  const special = await p.take('specialRetiree', 2);
  await p.run(`update account_year set actual = 48, deemed = 0 where pid in (${special})`);
  for (const pid of special)
    p.hit('PEN-006', [pid], 'special work type with years too few to have done it', {
      paid: `regular and ins = 110 and due <= (select retire_month(bm, cls) from person x where x.pid = ${pid})`,
      also: ['PEN-004', 'PEN-005'],
    });
  const flexible = await p.take('delayedRetiree', 2);
  await p.run(
    `update account_year set actual = least(actual, 100), deemed = 0 where pid in (${flexible})`,
  );
  await p.run(`update spell set to_m = to_m - 2 where pid in (${flexible})`);
  await p.run(`update person set rm = rm - 2 where pid in (${flexible})`);
  for (const pid of flexible)
    p.hit('PEN-002', [pid], 'retired two months early without the minimum of months', {
      paid: `regular and ins = 110 and due <= (select rm + 2 from person x where x.pid = ${pid})`,
      also: ['PEN-004', 'PEN-016', 'ACC-002', 'ACC-003'],
    });
}

/** Pensions granted to people who may not retire yet, or computed by another method. */
export async function plantRetirements(p: Planter): Promise<void> {
  const early = { class: '02', type: '2', start: p.wf - 1, init: 312300, no: 1 };
  const official = await p.take('youngPublicWorker', 2);
  await p.run(`update spell set to_m = wf() - 2 where pid in (${official}) and no = 2`);
  await p.run(`update person set role = 'Q', rm = wf() - 2 where pid in (${official})`);
  await second(p, official, { ...early, ins: 120 });
  p.hit('GOV-012', official, 'official retired decades before the statutory month', {
    paid: 'regular and ins = 120',
    also: ['PEN-002', 'PEN-001', 'PEN-004', 'PEN-016', 'ACC-002', 'ACC-003'],
  });
  const ill = await p.take('retiree2025', 2);
  await p.run(`update benefit set retire_type = '4' where pid in (${ill})`);
  await drawUnemployment(p, ill);
  p.hit('DUP-009', ill, 'unemployment benefit beside the allowance for illness', {
    owed: (pid) => lowerSide(pid, "item = '100011'", "item = '110011'"),
    also: ['PEN-008', 'PEN-011', 'DUP-007', 'UNE-012'],
  });
  const twice = await p.take('retiree2025', 2);
  for (const [index, month] of [p.wf - 20, p.wf - 8].entries())
    await p.run(
      `insert into extra_archive select ${70 + index}, pid, '04', '弹性延迟退休协议', ${month}, null, null from person where pid in (${twice}) order by pid`,
    );
  p.hit('PEN-003', twice, 'two agreements to retire later', { amount: 0, also: ['PEN-011'] });
  await plantPublic(p);
}

async function plantPublic(p: Planter): Promise<void> {
  const method = await p.take('publicRetiree2025', 2);
  await p.run(`update benefit set init = init + 20000 where pid in (${method})`);
  p.hit('GOV-010', method, 'first payment 200 yuan above the new method', {
    owed: (pid) =>
      `select (init - basic - acct - transition) * (wf() - start_m + 1) from benefit where pid = ${pid}`,
    also: ['PEN-021'],
  });
  const sentenced = await p.take('publicRetiree', 2);
  const from = p.wf - Math.min(6, p.wf % 12);
  await p.run(
    `insert into extra_custody values ${sentenced.map((pid) => `(${pid}, '03', ${from}, 99999)`).join(',')}`,
  );
  p.hit('GOV-013', sentenced, 'sentenced, the pension is paid unchanged', {
    paid: `regular and ins = 120 and due > ${from}`,
    also: ['JUS-003'],
  });
  const funeral = await p.take('publicDead', 2);
  await p.run(
    `insert into one_off select pid, 120, '100140', dm, dm + 2, 520000, 20 from person where pid in (${funeral}) order by pid`,
  );
  p.hit('GOV-009', funeral, 'funeral grant paid by the public fund', {
    amount: 520_000,
    also: ['SUR-001'],
  });
}
