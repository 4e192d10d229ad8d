import { stepSql } from '../cases.ts';
import { accountOf, caseKey, staffKey } from './keys.ts';
import type { Planter } from './planter.ts';

/** Pensions resumed into another account; the clerks are named when the cases are known. */
export async function plantResumption(p: Planter): Promise<void> {
  const resumed = await p.take('retiree', 2);
  await p.run(
    `update benefit set hold_from = wf() - 14, hold_to = wf() - 6, hold_why = '1299', change_m = wf() - 8 where pid in (${resumed})`,
  );
  p.also(['PEN-027', 'PEN-024', 'JUS-008'], resumed, 'planted for CTL-021');
  const lead = await p.take('appDrawer', 22);
  await p.run(`update benefit set cert = wf() - 2 where pid in (${lead})`);
  await p.run(
    `update person set mobile = (select mobile from person where pid = ${lead[0]}) where pid in (${lead})`,
  );
  p.hit('JUS-009', lead.slice(0, 1), 'one mobile phone certified twenty-two people', {
    owed: () =>
      `select sum(amount) from paid_mark where flag = '1' and due > wf() - 12 and pid in (${lead})`,
  });
  p.also(['CRD-008'], lead, 'planted for JUS-009');
}

/** Conduct of clerks (经办行为) that shows in cases, accounts and files together. */
export async function plantConduct(p: Planter): Promise<void> {
  const clerks = await p.city.rows(`select distinct e.oid from (${stepSql(p.wf - 14, p.wf)}) e
    where e.seq in (2, 3) and e.no in (select b.no from bcase b join benefit f using (pid) where b.kind = 'resume' and f.hold_why = '1299') order by 1`);
  for (const { oid } of clerks)
    p.about('CTL-021', {
      operator: staffKey(Number(oid)),
      why: 'resumed a pension into another account after eight months',
    });
  await plantQuickChanges(p);
  await plantReasons(p);
  await plantScans(p);
  await plantStaffAccounts(p);
  await plantSecondLooks(p);
}

const serials = new WeakMap<Planter, number>();
/** Adds a case that ends at a working minute, given as a SQL expression. */
async function addCase(
  p: Planter,
  pid: number,
  kind: string,
  ins: string,
  end: string,
  twist = 'null',
): Promise<number> {
  const serial = (serials.get(p) ?? 0) + 1;
  serials.set(p, serial);
  const no = 980_000_000 + serial;
  await p.run(`insert into bcase select ${no}, '${kind}', ${pid}, ${ins}, w.m, home.agency, '01', x - 1500, x - 1490, x - 1300, x - 800, x - 200, x,
      (w.m - w0() + 12) // 48, 0, ${twist}, '1', null
    from (select (${end})::BIGINT x) join workday w on w.i = (x - 1500) // 480, home where home.pid = ${pid}`);
  return no;
}

async function plantQuickChanges(p: Planter): Promise<void> {
  const [days] =
    await p.city.rows(`select m, max(i) filter (day(d) between 9 and 10) as early, min(i) filter (day(d) between 12 and 16) later
    from workday where m between wf() - 12 and wf() - 3 group by m having early is not null and later is not null order by m desc limit 1`);
  if (days === undefined) return;
  const pids = await p.take('retiree', 2);
  for (const pid of pids)
    for (const day of [days.early, days.later])
      await addCase(p, pid, 'account', '110', `${Number(day)} * 480 + 90`);
  p.hit('CTL-022', pids, 'account changed the day before payment and back the week after', {
    paid: `due = ${Number(days.m)}`,
  });
}

/** A reason for leaving that was the own will until shortly before the claim; a birth date corrected before retirement. */
async function plantReasons(p: Planter): Promise<void> {
  const rows =
    await p.city.rows(`select b.pid, min(b.no) as no from bcase b join benefit f on f.pid = b.pid and f.ins = 210 join person x on x.pid = b.pid join workday w on w.i = b.x2 // 480
    where b.kind = 'leave' and x.role = 'U' and f.start_m = b.m + 1 and w.m = b.m and day(w.d) >= 6 and b.pid not in (select pid from mark) group by b.pid order by b.pid limit 2`);
  const pids = rows.map((row) => Number(row.pid));
  if (pids.length > 0) await p.reserve(pids);
  for (const { no } of rows)
    await p.run(`update bcase set twist = 'reason' where no = ${Number(no)}`);
  p.hit('UNE-008', pids, 'reason for leaving changed before the claim', {
    paid: "item = '110011'",
  });
  const born = await p.take('retiree2025', 2);
  for (const pid of born)
    await addCase(
      p,
      pid,
      'daily0',
      '110',
      `(select min(i) + 8 from workday where m = (select rm - 8 from person where pid = ${pid})) * 480 + 200`,
      "'birth'",
    );
  p.hit('PEN-014', born, 'birth date moved two years back before retirement', {
    owed: (pid) =>
      `select 24 * (init + step * (wf() // 12 - (start_m - 1) // 12)) from benefit where pid = ${pid}`,
  });
}

/** One scan filed for two cases of this month: no case that is older can lack a file for it. */
async function plantScans(p: Planter): Promise<void> {
  const pids = await p.take('retiree', 2);
  for (const [index, pid] of pids.entries()) {
    const end = `(select min(i) + ${8 + index} from workday where m = wf()) * 480 + 200`;
    const no = await addCase(p, pid, 'account', '110', end);
    await p.run(
      `insert into extra_archive values (${80 + index}, ${pid}, '04', '身份证复印件', wf(), ${no}, md5('one') || md5('scan'))`,
    );
    p.about('CTL-024', { case: caseKey(no), why: 'the same scan in the case of somebody else' });
  }
}

/** A clerk of another county who is also the holder of an account two strangers are paid into. */
async function plantStaffAccounts(p: Planter): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const [holder = 0, stranger = 0] = await p.take('drawer', 2);
    await p.run(
      `update payee set account_no = (select account_no from payee where pid = ${holder} and gen = 1) where pid = ${stranger} and gen = 1`,
    );
    const [clerk] = await p.city.rows(
      `select oid from staff where not auditor and j = 3 and oid < 900 and agency <> (select agency from home where pid = ${holder}) and left_m is null
        and id_no not in (select id_no from person) order by oid desc limit 1`,
    );
    await p.run(
      `update staff set id_no = (select id_no from person where pid = ${holder}) where oid = ${Number(clerk?.oid)}`,
    );
    p.about(
      'CRD-006',
      { account: await accountOf(p, holder), why: 'paid into the account of a clerk' },
      ['CRD-001', 'CRD-010'],
    );
  }
}

/** Assessed again months after the first assessment. */
async function plantSecondLooks(p: Planter): Promise<void> {
  const pids = await p.take('injured', 2);
  for (const pid of pids)
    await addCase(
      p,
      pid,
      'assess',
      '410',
      `(select min(i) + 8 from workday where m = (select om + 10 from injury where pid = ${pid})) * 480 + 200`,
    );
  p.hit('INJ-032', pids, 'assessed again five months later');
}
