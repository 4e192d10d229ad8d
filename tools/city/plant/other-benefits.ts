import type { Planter } from './planter.ts';
import { COLUMNS, second } from './second-benefit.ts';

export async function plantResidentPensions(p: Planter): Promise<void> {
  const early = await p.take('oldResident', 2);
  await second(p, early, { ins: 170, class: '03', type: '2', start: p.wf - 2, init: 0, no: 1 });
  await p.run(`update person set role = 'A', rm = wf() - 3 where pid in (${early})`);
  p.hit('RES-001', early, 'draws before sixty', { paid: 'ins = 170' });
  const amount = await p.take('drawer', 2);
  await p.run(`update benefit set jump_m = ${p.wf - 2}, jump = 3000 where pid in (${amount})`);
  p.hit('RES-009', amount, '30 yuan a month above the standard', {
    amount: 9000,
    also: ['CTL-016'],
  });
  const abroad = await p.take('drawer', 2);
  await p.run(
    `update benefit set hold_from = wf() - 5, hold_to = 99999, hold_why = '1406' where pid in (${abroad})`,
  );
  await p.run(
    `insert into extra_payment select pid, 170, '100011', wf() - k, wf() - k, 16300, '0', '6' from benefit, range(0, 3) r(k) where pid in (${abroad})`,
  );
  p.hit('RES-015', abroad, 'settled abroad, paid for three more months', {
    amount: 48_900,
    also: ['DAT-005', 'RES-009', 'DUP-013'],
  });
  const grant = await p.take('drawer', 2);
  await p.run(
    `insert into one_off select pid, 170, '100140', wf() - 2, wf() - 1, 200000, 21 from person where pid in (${grant}) order by pid`,
  );
  p.hit('RES-010', grant, 'funeral grant for somebody nobody reports dead', {
    amount: 200_000,
    also: ['SUR-003'],
  });
}

export async function plantUnemployment(p: Planter): Promise<void> {
  const long = await p.take('pastClaimant', 2);
  await p.run(`update benefit set stop_m = stop_m + 3 where pid in (${long})`);
  p.hit('UNE-005', long, 'paid three months longer than granted');
  const rate = await p.take('claimant', 2);
  await p.run(`update benefit set init = 230000 where pid in (${rate})`);
  p.hit('UNE-011', rate, 'benefit above the minimum wage');
  const few = await p.city.rows(
    `select pid from spell where role = 'U' and to_m - from_m = 7 and pid not in (select pid from benefit) order by pid`,
  );
  for (const row of few) {
    const pid = Number(row.pid);
    await p.run(
      `insert into benefit (${COLUMNS}) select pid, 210, '05', null, greatest(to_m + 2, wf() - 2), 193500, 0, null, 0, null, null, 12, 1, 0, '1202', false from spell where pid = ${pid} and no = 2`,
    );
  }
  const jail = await p.take('claimant', 2);
  await p.run(
    `insert into extra_custody values ${jail.map((pid) => `(${pid}, '01', ${p.wf - 2}, 99999)`).join(',')}`,
  );
  p.hit('UNE-013', jail, 'in prison and paid', { paid: `due > ${p.wf - 2}` });
}

/** People in prison, in detention or under community correction. */
interface CustodyFact {
  readonly rule: string;
  readonly pool: string;
  /** 01 prison, 02 detention, 03 community correction. */
  readonly kind: string;
  readonly from: number;
  readonly to?: number;
  readonly why: string;
  /** What was overpaid; where nothing is named, everything paid meanwhile. */
  readonly owed?: ((pid: number) => string) | 'nothing';
}

async function putInCustody(p: Planter, fact: CustodyFact): Promise<readonly number[]> {
  const { rule, kind, from, to = 99999, owed } = fact;
  const pids = await p.take(fact.pool, 2);
  await p.run(
    `insert into extra_custody values ${pids.map((pid) => `(${pid}, '${kind}', ${from}, ${to})`).join(',')}`,
  );
  const paid = `regular and due > ${from} and due <= ${to}`;
  p.hit(rule, pids, fact.why, owed === 'nothing' ? {} : owed === undefined ? { paid } : { owed });
  return pids;
}

export async function plantCustody(p: Planter): Promise<void> {
  const long = { kind: '01', from: p.wf - 6 };
  await putInCustody(p, { rule: 'JUS-001', pool: 'retiree', ...long, why: 'in prison and paid' });
  await putInCustody(p, {
    ...{ rule: 'JUS-002', pool: 'retiree', kind: '02', from: p.wf - 4 },
    why: 'in detention and paid',
  });
  const january = p.wf - (p.wf % 12);
  const corrected = await putInCustody(p, {
    ...{ rule: 'JUS-003', pool: 'retiree', kind: '03', from: january - 4, to: january + 5 },
    why: 'raised in January under community correction',
    // What was raised is paid too much every month since.
    owed: (pid) => `select step * ${p.wf - january + 1} from benefit where pid = ${pid}`,
  });
  p.never('JUS-001', corrected, 'community correction');
  await putInCustody(p, {
    ...{ rule: 'JUS-004', pool: 'drawer', ...long },
    why: 'in prison and paid a residents pension',
  });
  await putInCustody(p, {
    ...{ rule: 'JUS-010', pool: 'worker', ...long, owed: 'nothing' },
    why: 'in prison and contributing through an employer',
  });
  const back = await p.take('retiree', 2);
  await p.run(
    `update benefit set hold_from = ${p.wf - 6}, hold_to = ${p.wf - 2} where pid in (${back})`,
  );
  await p.run(
    `insert into extra_payment select pid, 110, '100011', wf() - 1, wf() - 3, 211100, '1', '6' from benefit where pid in (${back})`,
  );
  p.hit('JUS-006', back, 'a month served in prison was paid afterwards', {
    amount: 211_100,
    also: ['JUS-001'],
  });
}

export async function plantSurvivors(p: Planter): Promise<void> {
  const funeral = await p.take('dead', 2);
  await p.run(
    `update one_off set amount = amount + 77700 where item = '100140' and pid in (${funeral})`,
  );
  p.hit('SUR-001', funeral, 'funeral grant 777 yuan too high', { amount: 77_700 });
  const months = await p.take('dead', 2);
  await p.run(
    `update one_off set amount = amount * 2 where item = '100141' and pid in (${months})`,
  );
  p.hit('SUR-002', months, 'bereavement grant of twice the months');
  const living = await p.take('retiree', 2);
  await p.run(
    `insert into one_off select pid, 110, '100141', wf() - 3, wf() - 2, 3000000, 21 from person where pid in (${living}) order by pid`,
  );
  p.hit('SUR-003', living, 'bereavement grant, nobody reports a death', { amount: 3_000_000 });
  const inherited = await p.take('dead', 2);
  await p.run(
    `insert into one_off select pid, 110, '100142', dm, dm + 2, 9900000, 21 from person where pid in (${inherited}) order by pid`,
  );
  // What is left of the balance differs by person; the rule's own cases hold its amount.
  p.hit('ACC-012', inherited, 'inherited more than the balance');
  const taken = await p.take('paused', 2);
  await p.run(
    `insert into one_off select pid, 110, '100142', wf() - 3, wf() - 2, 4000000, 21 from person where pid in (${taken}) order by pid`,
  );
  p.hit('ACC-010', taken, 'account paid out to somebody living', {
    amount: 4_000_000,
    also: ['ACC-012'],
  });
  const survivors = await p.take('survivor', 1);
  await p.run(`update benefit set relation = '2' where pid in (${survivors})`);
  p.hit('INJ-012', survivors, 'counted as a child at over thirty', { also: ['INJ-015'] });
  const more = await p.take('survivor', 1);
  await p.run(`update benefit set init = init * 5 // 4 where pid in (${more})`);
  await p.run(`insert into extra_custody values (${more[0]}, '01', ${p.wf - 4}, 99999)`);
  p.hit('INJ-015', more, 'half of the wage instead of two fifths');
  p.hit('JUS-005', more, 'survivor in prison and paid', { paid: `due > ${p.wf - 4}` });
}
