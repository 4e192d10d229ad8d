/** Draws no sentence and has not changed the account (see benefits.ts). */
const QUIET = 'n(p.pid, 71, 2000) <> 0 and n(p.pid, 74, 100) <> 0';
const RETIREE = `p.role = 'P' and p.dm is null and p.pid > 24 and not p.spec and ${QUIET}`;
const WORKER = `p.role = 'E' and p.dm is null and p.wi not between 880 and 1720 and p.wi <> 600
  and (select count(*) from spell s where s.pid = p.pid) = 1 and (select min(from_m) from spell s where s.pid = p.pid)`;
const RESIDENT = `p.role = 'R' and p.dm is null and p.bm between wf() - 640 and wf() - 300
  and exists (select 1 from resident r where r.pid = p.pid and not poor) and n(p.pid, 131, 1500) <> 0`;
const of = (where: string) => `select p.pid from person p where ${where}`;

/** Pools of people whose clean facts suit a planted one; the planter never uses anybody twice. */
export const POOLS: Readonly<Record<string, string>> = {
  retiree: of(`${RETIREE} and p.rm < wf() - 40 and p.bm > wf() - 900`),
  oldRetiree: of(`${RETIREE} and p.rm < w0() and p.bm <= wf() - 912`),
  insuredRetiree: of(`${RETIREE} and p.rm between 24140 and w0() - 1`),
  deemedRetiree: of(
    `${RETIREE} and exists (select 1 from account_year a where a.pid = p.pid and a.deemed > 0)`,
  ),
  midRetiree: of(`${RETIREE} and p.rm between w0() + 40 and wf() - 14`),
  retiree2023: of(`${RETIREE} and p.rm between 24276 and wf() - 14`),
  retiree2025: of(`${RETIREE} and p.rm between 24300 and wf() - 3`),
  newRetiree: of(`${RETIREE} and p.rm between wf() - 13 and wf() - 3`),
  // A raised base must stand out: whoever earned well had nearly as much before.
  newModestRetiree: of(`${RETIREE} and p.rm between wf() - 13 and wf() - 3 and p.wi < 1200`),
  veryOld: of('p.pid between 21 and 24'),
  drawer: of(`p.role = 'A' and p.dm is null and p.rm < wf() - 40 and ${QUIET}`),
  oldDrawer: of(`p.role = 'A' and p.dm is null and p.bm <= 23400 and ${QUIET}`),
  newDrawer: of(
    `p.role = 'A' and p.dm is null and p.rm between wf() - 34 and wf() - 4 and exists (select 1 from resident r where r.pid = p.pid)`,
  ),
  publicRetiree: of("p.role = 'Q' and p.dm is null and p.rm between wf() - 30 and wf() - 5"),
  worker: of(`${WORKER} < wf() - 40`),
  // The first enterprise is the second employer of planted facts.
  workerElsewhere: of(
    `${WORKER} < wf() - 40 and not exists (select 1 from spell s where s.pid = p.pid and s.uid = (select min(uid) from rank_enterprise))`,
  ),
  lateWorker: of(`${WORKER} between w0() + 44 and wf() - 30`),
  publicWorker: of(
    "p.role = 'G' and p.dm is null and (select min(from_m) from spell s where s.pid = p.pid) < wf() - 40",
  ),
  flexible: of(
    "p.role = 'F' and (select min(from_m) from spell s where s.pid = p.pid) < wf() - 60 and n(p.pid, 150, 50) <> 0",
  ),
  resident: of(RESIDENT),
  // A clerk's spouse; a case of her own could chance to be the clerk's.
  residentWithoutCase: of(`${RESIDENT} and not exists (select 1 from bcase b where b.pid = p.pid)`),
  smallResident: of(
    "p.role = 'R' and p.dm is null and p.bm between wf() - 640 and wf() - 300 and exists (select 1 from resident r where r.pid = p.pid and not poor and r.tier <= 1000) and n(p.pid, 131, 1500) <> 0",
  ),
  oldResident: of(
    "p.role = 'R' and p.dm is null and p.bm < wf() - 600 and exists (select 1 from resident r where r.pid = p.pid and not poor and from_y = 2011) and n(p.pid, 131, 1500) <> 0",
  ),
  youth: of("p.role = 'R' and p.bm > wf() - 264 and p.bm < wf() - 226"),
  paused: of("p.role = 'H' and (select min(from_m) from spell s where s.pid = p.pid) < wf() - 240"),
  pausedLong: of(
    "p.role = 'H' and (select max(to_m) from spell s where s.pid = p.pid) <= wf() - 15",
  ),
  claimant: of(
    "p.role = 'U' and p.pid > 20 and exists (select 1 from benefit b where b.pid = p.pid and b.stop_m is null and b.start_m < wf() - 3)",
  ),
  pastClaimant: of(
    "p.role = 'U' and exists (select 1 from benefit b where b.pid = p.pid and b.stop_m < wf() - 4)",
  ),
  anyClaimant: of("p.role = 'U'"),
  disabled: of("p.role = 'I'"),
  survivor: of(
    "p.role = 'S' and p.pid % 2 = 1 and exists (select 1 from benefit b where b.pid = p.pid)",
  ),
  injured:
    "select i.pid from injury i join person p using (pid) where i.role = 'E' and i.grade between '07' and '10' and i.om between w0() + 30 and wf() - 26",
  countyInjured:
    "select i.pid from injury i join person p using (pid) join claim c on c.pid = i.pid and c.no = 1 where i.role = 'E' and i.grade between '07' and '10' and i.om between w0() + 30 and wf() - 26 and c.hospital >= 2",
  newcomerInjured:
    "select i.pid from injury i join spell s on s.pid = i.pid and s.no = 2 where i.role = 'E' and i.grade between '07' and '10' and s.from_m > w0() + 3 and i.om < wf() - 12 and not exists (select 1 from spell x where x.pid = i.pid and x.no = 1)",
  deadResident: of("p.role = 'R' and p.dm between w0() + 2 and wf() - 3"),
  grantedDead: of(
    "p.role = 'P' and p.dm between wf() - 48 and wf() - 3 and exists (select 1 from one_off o where o.pid = p.pid and o.item = '100140')",
  ),
  yearDead: of(
    "p.role = 'P' and p.dm between wf() - 25 and wf() - 15 and exists (select 1 from one_off o where o.pid = p.pid and o.item = '100140')",
  ),
  orphan: of(
    "p.role = 'S' and p.pid % 2 = 0 and exists (select 1 from benefit b where b.pid = p.pid)",
  ),
  longDeemed: of(
    `${RETIREE} and p.rm < 24060 and (select min(from_m) from spell s where s.pid = p.pid) - p.bm between 250 and 336`,
  ),
  specialRetiree: of(
    `p.role = 'P' and p.dm is null and p.spec and ${QUIET} and p.rm between greatest(24140, w0() + 4) and w0() + 44`,
  ),
  delayedRetiree: of(
    `${RETIREE} and p.rm between 24313 and wf() - 4 and p.rm % 12 > 1 and p.rm - p.bm - base_age(p.cls) > 2`,
  ),
  youngPublicWorker: of(
    "p.role = 'G' and p.dm is null and p.bm > wf() - 500 and (select min(from_m) from spell s where s.pid = p.pid) < wf() - 40",
  ),
  publicRetiree2025: of(
    "p.role = 'Q' and p.dm is null and p.rm between 24300 and wf() - 5 and (p.rm + 1) % 12 <> 0",
  ),
  publicDead: of("p.role = 'Q' and p.dm between wf() - 60 and wf() - 3"),
  ownerClaimant: of(
    "p.role = 'U' and exists (select 1 from benefit b where b.pid = p.pid) and exists (select 1 from spell s join unit u on u.uid = s.uid where s.pid = p.pid and s.no = 2 and u.utype = '10' and u.closed is null)",
  ),
  appDrawer: of(
    `p.role = 'A' and p.dm is null and p.rm < wf() - 40 and ${QUIET} and n(p.pid, 180, 5) between 1 and 3`,
  ),
  youngPaused: of(
    "p.role = 'H' and (select min(from_m) from spell s where s.pid = p.pid) < wf() - 240 and p.bm + case when p.sex = 1 then 660 else 540 end > wf() + 6",
  ),
  grownLateWorker: of(
    `${WORKER} between w0() + 44 and wf() - 30 and (select min(from_m) from spell s where s.pid = p.pid) - p.bm > 262`,
  ),
  dead: of("p.role = 'P' and p.dm between wf() - 48 and wf() - 14"),
  recentDead: of("p.role in ('P', 'A') and p.dm between wf() - 30 and wf() - 8"),
  killed: of("p.role = 'W'"),
};
