import type { Planter } from './planter.ts';
import { die, second } from './second-benefit.ts';

export async function plantDeaths(p: Planter): Promise<void> {
  const m = p.wf - 4;
  const paid = `regular and due > ${m}`;
  const plant = async (
    rule: string,
    pool: string,
    sources: readonly string[],
    why: string,
    also: readonly string[] = [],
  ) => {
    const pids = await p.take(pool, 2);
    await die(p, pids, sources, m);
    p.hit(rule, pids, why, { paid, also });
    return pids;
  };
  await plant('DTH-001', 'retiree', ['01', '02'], 'two sources agree, pension goes on');
  await plant('DTH-001', 'drawer', ['02', '03'], 'two sources agree, residents pension goes on');
  p.never('DTH-001', await plant('DTH-002', 'retiree', ['03'], 'police alone'), 'one source only');
  p.never(
    'DTH-001',
    await plant('DTH-003', 'drawer', ['02'], 'death certificate alone'),
    'one source only',
  );
  p.never(
    'DTH-001',
    await plant('DTH-004', 'retiree', ['01'], 'cremation alone'),
    'one source only',
  );
  await plant('DTH-005', 'retiree', ['06'], 'medical insurance alone');
  await plant('DTH-007', 'retiree', ['04'], 'declared dead by court');
  await plant('DTH-014', 'disabled', ['01', '02'], 'allowance for grade 1 to 4 goes on');
  await plant('DTH-015', 'claimant', ['01', '02'], 'unemployment benefit goes on');
  const workers = await p.take('worker', 2);
  await die(p, workers, ['01', '02'], m);
  p.hit('DTH-016', workers, 'contributions go on after death');
  const last = await p.take('retiree', 2);
  await die(p, last, ['01', '02'], p.wf);
  p.never('DTH-001', last, 'died in the last paid month');
  const bounced = await p.take('retiree', 2);
  await die(p, bounced, ['01', '02'], m);
  await p.run(
    `update benefit set fail_from = ${m + 1}, fail_to = ${p.wf} where pid in (${bounced})`,
  );
  p.never('DTH-001', bounced, 'payments after death failed at the bank');
  p.hit('CRD-007', bounced, 'four payments returned in a row');
  const conflict = await p.take('retiree', 2);
  await die(p, conflict, ['02'], p.wf - 9);
  await die(p, conflict, ['03'], p.wf - 4);
  p.hit('DTH-012', conflict, 'departments differ by five months');
  p.never('DTH-001', conflict, 'sources differ by more than 31 days');
  await plantKnownDeaths(p);
  await plantLife(p);
}

/** Deaths the province knows, yet something went on. */
async function plantKnownDeaths(p: Planter): Promise<void> {
  const over = await p.take('recentDead', 4);
  await p.run(`update benefit set stop_m = stop_m + 3, cert = stop_m - 1 where pid in (${over})`);
  await p.run(
    `insert into extra_payment select pid, ins, '100140', 0, 0, 0, '0', '8' from benefit where false`,
  );
  for (const pid of over)
    p.hit('DTH-008', [pid], 'stopped three months late, nothing recovered', {
      paid: `regular and due > (select dm from person x where x.pid = ${pid})`,
      // Who died just before the list of 30 September is on it, and gets the heating allowance.
      also: ['DTH-001', 'SUR-009', 'DTH-015', 'HEA-003'],
    });
  const other = await p.take('dead', 2);
  await second(p, other, { ins: 170, class: '03', type: '2', start: p.wf - 3, init: 0 });
  await p.run(
    `update benefit b set cert = x.dm - 1 from person x where x.pid = b.pid and b.no = 2 and b.pid in (${other})`,
  );
  p.hit('DTH-006', other, 'dead in one insurance, paid in another', {
    paid: 'ins = 170',
    also: ['DTH-001', 'DTH-008', 'RES-005', 'DAT-005', 'JUS-008'],
  });
  const revived = await p.take('dead', 2);
  await p.run(
    `insert into extra_payment select x.pid, 110, '100011', x.dm + 4, x.dm + 2, 287600, '1', '6' from person x where x.pid in (${revived}) order by x.pid`,
  );
  p.hit('DTH-010', revived, 'a month after death was paid in arrears', {
    amount: 287_600,
    also: ['DTH-001', 'DTH-008', 'SUR-009', 'PEN-024'],
  });
  const alive = await p.take('dead', 2);
  await p.run(
    `update benefit b set cert = x.dm + 2 from person x where x.pid = b.pid and b.pid in (${alive})`,
  );
  p.hit('DTH-013', alive, 'stopped as dead, certified alive two months later', {
    also: ['DTH-009'],
  });
  if (p.city.cal.first === p.city.cal.last) return;
  const moved = await p.take('recentDead', 2);
  await p.run(
    `insert into tweak_person select pid, null, null, null, dm + 3 from person where pid in (${moved})`,
  );
  await p.run(`update benefit set stop_m = stop_m + 3, cert = stop_m - 1 where pid in (${moved})`);
  p.hit('DTH-011', moved, 'date of death moved three months later in the last package', {
    also: ['DTH-001', 'DTH-008', 'CTL-016', 'DTH-015', 'HEA-003'],
  });
}

async function plantLife(p: Planter): Promise<void> {
  const certified = await p.take('retiree', 2);
  await die(p, certified, ['01', '02'], p.wf - 7);
  await p.run(`update benefit set cert = ${p.wf - 3} where pid in (${certified})`);
  p.hit('DTH-009', certified, 'certified alive after death', {
    paid: `regular and due > ${p.wf - 7}`,
    also: ['DTH-001', 'DTH-012'],
  });
  const old = await p.take('veryOld', 4);
  await p.run(`update benefit set cert = ${p.wf - 20} where pid in (${old.slice(0, 2)})`);
  p.hit('DTH-017', old.slice(0, 2), 'ninety-five and older, no sign of life for 20 months', {
    also: ['JUS-008'],
  });
  p.never('DTH-017', old.slice(2), 'certified within twelve months');
  const lapsed = await p.take('drawer', 2);
  await p.run(`update benefit set cert = ${p.wf - 15} where pid in (${lapsed})`);
  p.hit('JUS-008', lapsed, 'not certified for fifteen months');
  const edge = await p.take('drawer', 2);
  await p.run(`update benefit set cert = ${p.wf - 12} where pid in (${edge})`);
  p.never('JUS-008', edge, 'certified exactly twelve months ago');
}
