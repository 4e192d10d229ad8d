import { baseOf } from '../accounts.ts';
import type { Planter } from './planter.ts';

const ENTERPRISE = '(select min(uid) from rank_enterprise)';

/** Adds monthly contributions through some employer. */
async function pay(
  p: Planter,
  pids: readonly number[],
  ins: number,
  from: string,
  to: string,
): Promise<void> {
  await p.run(`insert into extra_contribution select pid, ${ENTERPRISE}, null, ${ins}, r.m, r.m, 10, null, 600000,
      ${ins === 210 ? 4200 : ins === 410 ? `60 * (select r410 from unit where uid = ${ENTERPRISE})` : 96000}, ${ins === 210 ? 1800 : ins === 410 ? 0 : 48000}, '5', 1
    from (values ${pids.map((pid) => `(${pid})`).join(',')}) t(pid), unnest(range(${from}, ${to} + 1)) r(m)`);
}

export async function plantContributions(p: Planter): Promise<void> {
  const retired = await p.take('retiree', 2);
  await pay(p, retired, 110, 'wf() - 3', 'wf()');
  p.hit('PEN-020', retired, 'pays as an employee while drawing a pension');
  const once = await p.take('retiree', 2);
  await pay(p, once, 110, 'wf() - 2', 'wf() - 2');
  p.never('PEN-020', once, 'one month only');
  const hired = await p.take('claimant', 2);
  for (const ins of [110, 210, 410]) await pay(p, hired, ins, 'wf() - 3', 'wf()');
  p.hit('UNE-001', hired, 'an employer pays in the same months', { paid: `due > ${p.wf - 3}` });
  const survivor = await p.take('survivor', 1);
  for (const ins of [110, 210, 410]) await pay(p, survivor, ins, 'wf() - 5', 'wf()');
  p.hit('INJ-013', survivor, 'survivor in employment', { paid: `due > ${p.wf - 5}` });
  const twice = await p.take('workerElsewhere', 2);
  for (const ins of [110, 210, 410]) await pay(p, twice, ins, 'wf() - 3', 'wf()');
  p.hit('ENR-012', twice, 'two employers pay for the same months');
  const lump = await p.take('grownLateWorker', 2);
  for (const pid of lump) {
    const [row] = await p.city.rows(`select min(from_m)::INTEGER f from spell where pid = ${pid}`);
    await p.run(
      `insert into extra_contribution select ${pid}, ${ENTERPRISE}, null, 110, wf() - 2, ${Number(row?.f)} - 2 - k, 31, null, 600000, 96000, 48000, '5', 1 from range(0, 40) t(k)`,
    );
  }
  p.hit('PEN-017', lump, 'forty months paid at once without a document');
  const late = await p.take('flexible', 2);
  await p.run(`insert into extra_contribution select s.pid, s.uid, null, 110, wf() - 1, wf() - wf() % 12 - 14 - k, 31, null, 600000, 0, 120000, '5', 1
    from spell s, range(0, 3) t(k) where s.pid in (${late}) and s.no = 2`);
  p.hit('ENR-015', late, 'months of an earlier year paid this year');
  const refund = await p.take('worker', 2);
  await p.run(
    `insert into extra_contribution select pid, uid, null, 110, wf() - 1, wf() - 3, 40, null, null, -500000, -1000000, '6', -1 from spell where no = 2 and pid in (${refund})`,
  );
  const year = Math.floor((p.wf - 3) / 12);
  p.hit('ACC-008', refund, 'refund far above what was paid', {
    // What was paid for the month may be returned.
    owed: (pid) =>
      `select 1500000 - (b * 1600 + 5000) // 10000 - (b * 800 + 5000) // 10000 from (select ${baseOf(year)} b from person p, yr where p.pid = ${pid} and yr.y = ${year})`,
  });
  await plantBases(p);
  await plantInsurances(p);
  await plantResidentPayments(p);
}

async function plantBases(p: Planter): Promise<void> {
  const jump = (pids: readonly number[], ins: string, from: number, base: string, rate = 0) =>
    p.run(
      `insert into base_jump values ${pids.map((pid) => `(${pid}, ${ins}, ${from}, ${p.wf}, ${base}, ${rate})`).join(',')}`,
    );
  const low = await p.take('worker', 2);
  await jump(low, 'null', p.wf - 5, '200000');
  p.hit('ENR-005', low, 'base below the lower limit');
  const high = await p.take('publicWorker', 2);
  await jump(high, 'null', p.wf - 5, '3000000');
  p.hit('GOV-004', high, 'base above the upper limit', { also: ['ENR-005'] });
  const differ = await p.take('worker', 2);
  await jump(differ, '210', p.wf - 5, '500100');
  p.hit('TAX-005', differ, 'another base for unemployment insurance');
  const rate = await p.take('worker', 2);
  await jump(rate, '110', p.wf - 3, 'null', 100);
  p.hit('ENR-014', rate, 'employer share computed at one point too much');
  const sudden = await p.take('newModestRetiree', 2);
  await p.run(
    `insert into base_jump select pid, null, rm - 11, rm, 1900000, 0 from person where pid in (${sudden})`,
  );
  p.hit('PEN-028', sudden, 'base raised in the year before retirement', { also: ['ACC-002'] });
}

async function plantInsurances(p: Planter): Promise<void> {
  const drop = async (rule: string, ins: number, why: string, also: readonly string[] = []) => {
    const pids = await p.take('worker', 2);
    await p.run(
      `insert into drop_contribution values ${pids.map((pid) => `(${pid}, ${ins}, ${p.wf - 5})`).join(',')}`,
    );
    p.hit(rule, pids, why, { also });
  };
  await drop('TAX-001', 210, 'pension without unemployment insurance');
  await drop('TAX-002', 410, 'pension without injury insurance');
  await drop('TAX-003', 110, 'injury insurance without pension', ['TAX-004']);
  await drop('TAX-004', 110, 'unemployment insurance without pension', ['TAX-003']);
  const shift = await p.take('lateWorker', 2);
  await p.run(`insert into enrol_shift select pid, 410, 7 from person where pid in (${shift})`);
  p.hit('TAX-009', shift, 'injury insurance begins seven months later');
  const units = await p.city.rows(
    "select uid from unit where kind = 'young' and founded < wf() - 6 order by uid limit 2",
  );
  for (const row of units) {
    await p.run(`insert into unit_drop values (${Number(row.uid)}, 410)`);
    p.about('TAX-006', {
      unit: `U${String(row.uid).padStart(7, '0')}`,
      why: 'not registered for injury insurance',
    });
  }
  const booked = await p.city.rows(
    "select uid from unit where kind = 'young' and founded < wf() - 6 order by uid desc limit 2",
  );
  for (const row of booked) {
    await p.run(
      `insert into levy values (${Number(row.uid)}, null, 110, ${p.wf - 2}, 160000, 80000)`,
    );
    p.about('TAX-011', {
      unit: `U${String(row.uid).padStart(7, '0')}`,
      amount_fen: 240_000,
      why: 'paid to the tax office, not booked',
    });
  }
}

async function plantResidentPayments(p: Planter): Promise<void> {
  const year = Math.floor(p.wf / 12);
  const own = async (
    pids: readonly number[],
    due: number,
    month: number,
    type: number,
    subsidy: number,
  ) => {
    await p.run(`insert into extra_contribution select pid, null, null, 170, ${month}, ${due}, ${type}, x.item, null, x.a, x.b, x.part, 1
      from (values ${pids.map((pid) => `(${pid})`).join(',')}) t(pid), (values ('1', 0, 20000, '6'), ('5', ${subsidy}, 0, '7')) x(item, a, b, part)`);
  };
  const last = (year - 1) * 12;
  const worker = await p.take('worker', 2);
  await own(worker, last + 11, last + 10, 10, 3500);
  p.hit('RES-003', worker, 'pays as a resident in a year of employment', { amount: 20_000 });
  const retired = await p.take('retiree', 2);
  await own(retired, last + 11, last + 10, 10, 3500);
  p.hit('RES-004', retired, 'pays as a resident while drawing an employees pension', {
    amount: 23_500,
  });
  const twice = await p.take('smallResident', 2);
  await own(twice, last + 11, last + 11, 10, 3500);
  p.hit('RES-007', twice, 'two subsidies in one year', {
    amount: 3500,
    also: ['RES-006', 'ACC-002'],
  });
  const arrears = await p.take('resident', 2);
  await own(arrears, (year - 3) * 12 + 11, p.wf - 1, 31, 3500);
  p.hit('RES-013', arrears, 'subsidy for a year paid in arrears', {
    amount: 3500,
    also: ['RES-007', 'ACC-002'],
  });
  const assisted = await p.take('worker', 2);
  await p.run(
    `insert into extra_contribution select pid, null, null, 170, ${last + 10}, ${last + 11}, 10, '11', null, 10000, 0, '8', 1 from person where pid in (${assisted}) order by pid`,
  );
  p.hit('RES-008', assisted, 'assisted as a poor resident while employed', { amount: 10_000 });
}

/** Subsidies (补贴), after all payments and contributions of the first package are added up. */
export async function plantSubsidies(p: Planter): Promise<void> {
  await plantHeating(p);
  await plantPersonalSubsidies(p);
  await plantReturnedPremiums(p);
}

/** Heating allowances (取暖费): too much, twice, from the wrong purse. */
async function plantHeating(p: Planter): Promise<void> {
  const heat = async (pids: readonly number[], change: string) =>
    p.run(`update subsidy set ${change} where kind = '0401' and pid in (${pids})`);
  const wrong = await p.take('retiree', 2);
  await heat(wrong, 'amount = amount + 56000');
  p.hit('HEA-003', wrong, 'heating allowance 560 yuan above the standard', {
    amount: 56_000,
    also: ['HEA-002'],
  });
  const twice = await p.take('retiree', 2);
  await p.run(
    `insert into subsidy select * replace (2 as no, 336000 as amount) from subsidy where kind = '0401' and pid in (${twice}) order by pid`,
  );
  p.hit('HEA-002', twice, 'heating allowance twice in one season', {
    amount: 336_000,
    also: ['HEA-003'],
  });
  const fund = await p.take('midRetiree', 2);
  await p.run(`delete from one_off where item = '100102' and pid in (${fund})`);
  await p.run(
    `insert into one_off select pid, 110, '100102', paid_m, paid_m, 252000, 12 from subsidy where kind = '0401' and pid in (${fund}) and (select rm from person x where x.pid = subsidy.pid) >= 24264 order by pid`,
  );
  const [row] = await p.city.rows(
    `select count(*)::INTEGER k from one_off where item = '100102' and pid in (${fund})`,
  );
  if (Number(row?.k) === 2)
    p.hit('HEA-001', fund, 'fund pays heating for somebody retired after 2021', {
      amount: 252_000,
      also: ['HEA-002', 'HEA-003'],
    });
}

/** The year whose subsidies the first package holds. */
const subsidyYear = (p: Planter) => Math.floor(p.city.cal.first / 12) - 1;

/** Social insurance subsidies (社保补贴) of people who should have had none, or less. */
async function plantPersonalSubsidies(p: Planter): Promise<void> {
  const year = subsidyYear(p);
  const subsidy = async (pids: readonly number[], amount: number, from = year, count = 1) =>
    p.run(
      `insert into subsidy select pid, null, '0101', y, y * 12, y * 12 + 11, ${amount}, y * 12 + 13, 3 from (values ${pids.map((pid) => `(${pid})`).join(',')}) t(pid), range(${from}, ${from + count}) u(y)`,
    );
  const unpaid = await p.take('resident', 2);
  await subsidy(unpaid, 300_000);
  p.hit('SUB-008', unpaid, 'subsidy for months nobody paid', { amount: 300_000 });
  const long = await p.take('flexible', 2);
  await subsidy(long, 100_000, year - 3, 4);
  p.hit('SUB-009', long, 'subsidised for 48 months');
  const drawing = await p.take('retiree', 2);
  await subsidy(drawing, 300_000);
  p.hit('SUB-010', drawing, 'subsidy while drawing a pension', {
    amount: 300_000,
    also: ['SUB-008'],
  });
  const much = await p.take('flexible', 2);
  await subsidy(much, 9_000_000);
  p.hit('SUB-011', much, 'subsidy above two thirds of what was paid');
}

/** Premiums returned to employers (稳岗返还) that are too high, or to an office that has none. */
async function plantReturnedPremiums(p: Planter): Promise<void> {
  const year = subsidyYear(p);
  const stable = await p.city.rows(
    "select uid from subsidy where kind = '0201' order by uid limit 2",
  );
  for (const found of stable) {
    await p.run(
      `update subsidy set amount = amount * 3 where kind = '0201' and uid = ${Number(found.uid)}`,
    );
    p.about('SUB-002', {
      unit: `U${String(found.uid).padStart(7, '0')}`,
      why: 'returned nine tenths of the premiums',
    });
  }
  const organs = await p.city.rows(
    "select uid from unit where kind = 'organ' order by uid limit 2",
  );
  for (const found of organs) {
    await p.run(
      `insert into subsidy values (null, ${Number(found.uid)}, '0201', ${year}, ${year * 12}, ${year * 12 + 11}, 500000, ${p.city.cal.first}, 1)`,
    );
    p.about('SUB-003', {
      unit: `U${String(found.uid).padStart(7, '0')}`,
      amount_fen: 500_000,
      why: 'a government office got a return of premiums',
    });
  }
}
