import type { Planter } from './planter.ts';

/** Columns of `benefit` a second benefit sets; everything else takes its default. */
const COLUMNS =
  'pid, ins, class, retire_type, start_m, init, step, basic, acct, transition, idx, months_total, no, jump, hold_why, no_account';

/** Gives each person another benefit from a month on, paid beside what they have. */
async function second(
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

/** A death known to departments only; the province goes on paying. */
async function die(
  p: Planter,
  pids: readonly number[],
  sources: readonly string[],
  month: number,
  day = 8,
): Promise<void> {
  // The last certificate lies before the death, or another rule would fire as well.
  await p.run(
    `update benefit set cert = least(coalesce(cert, 99999), ${month} - 1 - pid % 5) where pid in (${pids})`,
  );
  for (const source of sources) {
    await p.run(
      `insert into extra_death values ${pids.map((pid) => `(${pid}, '${source}', ${month}, ${day})`).join(',')}`,
    );
  }
}

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
  await p.run(`update benefit set stop_m = stop_m + 3 where pid in (${over})`);
  await p.run(
    `insert into extra_payment select pid, ins, '100140', 0, 0, 0, '0', '8' from benefit where false`,
  );
  for (const pid of over)
    p.hit('DTH-008', [pid], 'stopped three months late, nothing recovered', {
      paid: `regular and due > (select dm from person x where x.pid = ${pid})`,
      also: ['DTH-001', 'SUR-009'],
    });
  const other = await p.take('dead', 2);
  await second(p, other, { ins: 170, class: '03', type: '2', start: p.wf - 3, init: 0 });
  p.hit('DTH-006', other, 'dead in one insurance, paid in another', {
    paid: 'ins = 170',
    also: ['DTH-001', 'DTH-008', 'RES-005'],
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
  await p.run(`update benefit set stop_m = stop_m + 3 where pid in (${moved})`);
  p.hit('DTH-011', moved, 'date of death moved three months later in the last package', {
    also: ['DTH-001', 'DTH-008', 'CTL-016'],
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

export async function plantDuplicates(p: Planter): Promise<void> {
  const both = await p.take('oldRetiree', 2);
  await second(p, both, { ins: 170, class: '03', type: '2', start: p.wf - 5, init: 0 });
  p.hit('DUP-001', both, 'residents pension beside an employees pension', { paid: 'ins = 170' });
  const pensions = await p.take('retiree', 2);
  await second(p, pensions, { ins: 120, class: '02', type: '2', start: p.wf - 5, init: 300000 });
  p.hit('DUP-002', pensions, 'public pension beside an enterprise pension', { paid: 'ins = 120' });
  const job = await p.take('midRetiree', 2);
  await second(p, job, {
    ins: 210,
    class: '05',
    type: null,
    start: p.wf - 2,
    init: 193500,
    months: 12,
  });
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
  const birth = Number(row?.['bm']) - 12;
  await p.run(
    `update person set bm = ${birth}, bd = ${Number(row?.['bd'])}, rm = ${birth + 720} where pid = ${b}`,
  );
  await p.run(`update benefit set start_m = greatest(${birth + 721}, 24138) where pid = ${b}`);
  await p.run(
    `update person set id_no = ${`substr(id_no, 1, 6) || day8(bm, bd) || '98' || case when sex = 1 then '7' else '8' end`} where pid = ${b}`,
  );
  await p.run(`update person set id_no = id_no || ${checkOf('id_no')} where pid = ${b}`);
  p.hit('DUP-006', [a, b], 'two identities, one account', { also: ['CRD-001', 'CRD-010'] });
  twins.set(p, [a, b]);
}
export const twins = new WeakMap<Planter, readonly [number, number]>();

function checkOf(body: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return `substr('10X98765432', (${weights.map((w, i) => `substr(${body}, ${i + 1}, 1)::INTEGER * ${w}`).join(' + ')}) % 11 + 1, 1)`;
}

export async function plantPensions(p: Planter): Promise<void> {
  const early = await p.take('paused', 2);
  await second(p, early, {
    ins: 110,
    class: '01',
    type: '2',
    start: p.wf - 1,
    init: 312300,
    no: 1,
  });
  await p.run(`update person set role = 'P', rm = wf() - 2 where pid in (${early})`);
  p.hit('PEN-001', early, 'ordinary retirement years before the statutory month', {
    paid: 'ins = 110',
  });
  const archive = await p.take('paused', 2);
  await second(p, archive, {
    ins: 110,
    class: '01',
    type: '2',
    start: p.wf - 1,
    init: 312300,
    no: 1,
  });
  await p.run(`update person set role = 'P', rm = wf() - 2 where pid in (${archive})`);
  await p.run(
    `insert into tweak_person select pid, null, wf() - 2 - base_age(cls) - 40, null, null from person where pid in (${archive})`,
  );
  p.hit('PEN-013', archive, 'retired on an archive birth date far before the id', {
    paid: 'ins = 110',
    also: ['PEN-001'],
  });
  const special = await p.take('paused', 2);
  await second(p, special, {
    ins: 110,
    class: '01',
    type: '5',
    start: p.wf - 1,
    init: 312300,
    no: 1,
  });
  await p.run(
    `update person set role = 'P', rm = wf() - 2 where pid in (${special}) and bm + case when sex = 1 then 660 else 540 end > wf() - 2`,
  );
  p.hit('PEN-005', special, 'special work type below 55 or 45', { paid: 'ins = 110' });
  p.never('PEN-001', special, 'special work type');
  const ill = await p.take('retiree2025', 2);
  await p.run(`update benefit set retire_type = '4' where pid in (${ill})`);
  p.hit('PEN-008', ill, 'retired early for illness after 2025-01-01', {
    paid: 'ins = 110',
    also: ['PEN-011'],
  });
  const unassessed = await p.take('midRetiree', 2);
  await p.run(`update benefit set retire_type = '4' where pid in (${unassessed})`);
  p.hit('PEN-011', unassessed, 'retired for illness without an assessment', { also: ['PEN-008'] });
  const child = await p.take('retiree', 2);
  await p.run(
    `insert into tweak_person select pid, null, null, bm + 150, null from person where pid in (${child})`,
  );
  p.hit('PEN-012', child, 'work began at twelve and a half');
  const formula = await p.take('retiree2023', 2);
  await p.run(
    `update benefit set basic = basic + 20000, init = init + 20000 where pid in (${formula})`,
  );
  p.hit('PEN-021', formula, 'basic pension 200 yuan above the formula');
  const divisor = await p.take('retiree2023', 2);
  await p.run(
    `update benefit set acct = acct * 3 // 2, init = (basic + acct * 3 // 2 + transition + 9) // 10 * 10 where pid in (${divisor})`,
  );
  p.hit('PEN-022', divisor, 'account pension on a divisor two thirds of the right one', {
    also: ['PEN-021'],
  });
  const jump = await p.take('retiree', 2);
  await p.run(`update benefit set jump_m = ${p.wf - 2}, jump = init where pid in (${jump})`);
  p.hit('PEN-024', jump, 'amount doubled without a reason', { also: ['CTL-016', 'PEN-021'] });
  const lump = await p.take('retiree', 2);
  await p.run(
    `insert into extra_payment select pid, 110, '100021', wf() - 1, wf() - 2 - k, 251000, '1', '6' from benefit, range(0, 15) r(k) where pid in (${lump})`,
  );
  p.hit('PEN-025', lump, 'fifteen months paid in one batch', {
    paid: "item = '100021'",
    also: ['PEN-024'],
  });
  const unclaimed = await p.take('drawer', 2);
  await p.run(`delete from benefit where pid in (${unclaimed})`);
  p.hit('PEN-026', unclaimed, 'past sixty for years, never applied', { also: ['DAT-005'] });
  const held = await p.take('retiree', 2);
  await p.run(
    `update benefit set hold_from = ${p.wf - 18}, hold_to = 99999, hold_why = '1201' where pid in (${held})`,
  );
  p.hit('PEN-027', held, 'suspended for seventeen months', { also: ['JUS-008'] });
  const working = await p.take('publicRetiree', 2);
  await p.run(`delete from benefit where pid in (${working})`);
  await p.run(`update spell set to_m = null where pid in (${working}) and no = 2`);
  await p.run(`update person set role = 'G' where pid in (${working})`);
  p.hit('GOV-014', working, 'past the statutory month and still paying in');
  const idle = await p.take('newRetiree', 2);
  await p.run(`delete from benefit where pid in (${idle})`);
  await second(p, idle, {
    ins: 210,
    class: '05',
    type: null,
    start: p.wf - 2,
    init: 193500,
    months: 12,
    no: 1,
  });
  p.hit('UNE-012', idle, 'unemployment benefit past the statutory month', { paid: 'ins = 210' });
}

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
    const pid = Number(row['pid']);
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

export async function plantCustody(p: Planter): Promise<void> {
  const put = async (
    rule: string,
    pool: string,
    kind: string,
    from: number,
    to: number,
    why: string,
    also: readonly string[] = [],
  ) => {
    const pids = await p.take(pool, 2);
    await p.run(
      `insert into extra_custody values ${pids.map((pid) => `(${pid}, '${kind}', ${from}, ${to})`).join(',')}`,
    );
    const paid = `regular and due > ${from} and due <= ${to}`;
    p.hit(rule, pids, why, rule === 'JUS-010' ? { also } : { paid, also });
    return pids;
  };
  await put('JUS-001', 'retiree', '01', p.wf - 6, 99999, 'in prison and paid');
  await put('JUS-002', 'retiree', '02', p.wf - 4, 99999, 'in detention and paid');
  const january = p.wf - (p.wf % 12);
  p.never(
    'JUS-001',
    await put(
      'JUS-003',
      'retiree',
      '03',
      january - 4,
      january + 5,
      'raised in January under community correction',
      ['PEN-023'],
    ),
    'community correction',
  );
  await put('JUS-004', 'drawer', '01', p.wf - 6, 99999, 'in prison and paid a residents pension');
  await put(
    'JUS-010',
    'worker',
    '01',
    p.wf - 6,
    99999,
    'in prison and contributing through an employer',
  );
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
  p.hit('ACC-012', inherited, 'inherited more than the balance', { amount: 9_900_000 });
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

export async function plantQuality(p: Planter): Promise<void> {
  const birth = await p.take('retiree', 2);
  await p.run(
    `insert into tweak_person select pid, bm - 6, null, null, null from person where pid in (${birth})`,
  );
  p.hit('DAT-003', birth, 'registered birth six months before the id');
  const impossible = await p.take('retiree', 2);
  await p.run(
    `insert into tweak_person select pid, null, null, bm - 20, null from person where pid in (${impossible})`,
  );
  p.hit('DAT-004', impossible, 'work began before birth', { also: ['PEN-012'] });
  const state = await p.take('drawer', 2);
  await p.run(`update benefit set state = '2' where pid in (${state})`);
  p.hit('DAT-005', state, 'suspended, yet paid every month');
  const missing = await p.take('drawer', 2);
  await p.run(`update benefit set no_account = true where pid in (${missing})`);
  p.hit('DAT-006', missing, 'paid without an account on record');
  const region = await p.take('retiree', 2);
  await p.run(
    `update person set id_no = '149999' || substr(id_no, 7, 11) where pid in (${region})`,
  );
  await p.run(`update person set id_no = id_no || ${checkOf('id_no')} where pid in (${region})`);
  p.hit('DAT-001', region, 'id number of a region that never existed');
}
