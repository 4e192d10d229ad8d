import { baseOf } from '../accounts.ts';
import type { Planter } from './planter.ts';

const unitKey = (uid: number) => `U${String(uid).padStart(7, '0')}`;

/** Owners who draw unemployment benefit (经营主体负责人). */
export async function plantOwners(p: Planter): Promise<void> {
  const owner = await p.take('claimant', 2);
  const firms = await p.city.rows(
    `select uid from unit where kind = 'enterprise' and utype = '10' and uid not in (select uid from spell where pid in (${owner})) order by uid desc limit 2`,
  );
  for (const [index, pid] of owner.entries())
    await p.run(`insert into unit_boss values (${Number(firms[index]?.uid)}, ${pid})`);
  p.hit('UNE-003', owner, 'owns a company and draws unemployment benefit', {
    paid: "item = '110011'",
  });
  const self = await p.take('ownerClaimant', 2);
  await p.run(
    `insert into unit_boss select uid, pid from spell where no = 2 and pid in (${self}) order by pid`,
  );
  p.hit('UNE-010', self, 'dismissed by the own company', {
    paid: "item = '110011'",
    also: ['UNE-003'],
  });
}

/** Companies that keep last year's bases, or have not paid for months. */
export async function plantEmployers(p: Planter): Promise<void> {
  const year = Math.floor(p.wf / 12);
  // The new bases are due in the first quarter; before its end the rule looks a year back.
  if (p.wf % 12 > 3) {
    for (const { uid, pids } of await smallUnits(p, 2)) {
      await p.run(`insert into base_jump select p.pid, null, ${year * 12}, ${p.wf}, ${baseOf(year - 1)}, 0 from person p, yr
        where yr.y = ${year - 1} and p.pid in (${pids}) order by p.pid`);
      p.about('ENR-008', { unit: unitKey(uid), why: 'bases of last year go on' });
    }
  }
  for (const { uid } of await smallUnits(p, 2)) {
    await p.run(`insert into owing values (${uid}, null, null, ${p.wf - 3}, ${p.wf})`);
    p.about('ENR-009', { unit: unitKey(uid), why: 'four months owed' }, [
      'TAX-010',
      'TAX-011',
      'TAX-012',
    ]);
  }
}

/** Companies of three to eight people, all of them there for years and nobody else's subject. */
async function smallUnits(p: Planter, count: number) {
  const year = Math.floor(p.wf / 12);
  const rows =
    await p.city.rows(`select s.uid, string_agg(s.pid, ',' order by s.pid) pids from spell s join person p using (pid), yr last, yr this
    where s.kind = 'enterprise' and coalesce(s.to_m, 99999) >= ${year * 12 - 12} and last.y = ${year - 1} and this.y = ${year}
    group by s.uid having count(*) between 3 and 8 and bool_and(s.role = 'E' and s.to_m is null and s.from_m < wf() - 30 and p.dm is null
      and ${baseOf(year - 1).replaceAll('yr.', 'last.')} between this.low + 1 and last.high - 1)
      and bool_and(s.pid not in (select pid from mark)) and s.uid not in (select min(uid) from rank_enterprise)
    order by s.uid limit ${count}`);
  const units = rows.map((row) => ({
    uid: Number(row.uid),
    pids: String(row.pids).split(',').map(Number),
  }));
  for (const { pids } of units) await p.reserve(pids);
  return units;
}

/** Premiums returned to companies that dismissed a fifth of their people. */
export async function plantLayoffs(p: Planter): Promise<void> {
  const year = Math.floor(p.city.cal.first / 12) - (p.city.cal.first % 12 >= 8 ? 1 : 2);
  const rows =
    await p.city.rows(`select uid, count(*) filter (where from_m <= ${year * 12} and coalesce(to_m, 99999) >= ${year * 12}) at_start,
      count(*) filter (where from_m <= ${year * 12 + 11} and coalesce(to_m, 99999) >= ${year * 12 + 11}) at_end,
      count(*) filter (where from_m <= ${year * 12} and role in ('H', 'U') and to_m between ${year * 12} and ${year * 12 + 10}) laid_off,
      count(*) filter (where from_m between ${year * 12 + 1} and ${year * 12 + 11} and coalesce(to_m, 99999) >= ${year * 12 + 11}) joined
    from spell where kind = 'enterprise' group by uid
    having at_start between 3 and 25 and (laid_off - joined) * 4 >= at_start order by uid limit 2`);
  for (const row of rows) {
    const uid = Number(row.uid);
    await p.run(
      `insert into subsidy values (null, ${uid}, '0201', ${year}, ${year * 12}, ${year * 12 + 11}, 10000, ${year * 12 + 20}, 2)`,
    );
    p.about(
      'SUB-001',
      { unit: unitKey(uid), amount_fen: 10_000, why: 'a quarter was laid off in the year before' },
      ['SUB-002'],
    );
  }
}
