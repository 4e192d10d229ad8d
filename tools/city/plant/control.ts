import { stepSql } from '../cases.ts';
import { monthText } from '../options.ts';
import { caseKey, staffKey } from './keys.ts';
import type { Planter } from './planter.ts';

const HIGH_RISK = "('retire', 'resident_retire', 'account', 'claim', 'unemployment')";

/** What a case must be like for a twist to show: kiosks and the web have no clerk's terminal. */
const WHERE: Readonly<Record<string, string>> = {
  slow: 'm < wf() - 5',
  terminal: "channel not in ('05', '11', '12')",
};

/** Business cases (业务件) done wrong; a case is named, not a person. */
export async function plantControl(p: Planter): Promise<void> {
  let offset = 0;
  const cases = async (count: number, where = 'true') => {
    const rows =
      await p.city.rows(`select b.no, b.pid, b.agency from bcase b where kind in ${HIGH_RISK} and twist is null and ${where}
      and m between wf() - 30 and wf() - 2 and b.pid not in (select pid from mark) order by b.no desc limit ${count} offset ${offset}`);
    offset += count;
    return rows.map((row) => ({
      no: Number(row.no),
      pid: Number(row.pid),
      agency: String(row.agency),
    }));
  };
  const twist = async (
    rule: string,
    name: string,
    why: string,
    extra = '',
    also: readonly string[] = [],
  ) => {
    for (const found of await cases(2, WHERE[name])) {
      await p.run(`update bcase set twist = '${name}'${extra} where no = ${found.no}`);
      p.about(rule, { case: caseKey(found.no), why }, also);
    }
  };
  await twist('CTL-001', 'same', 'one clerk reviewed and checked');
  await twist('CTL-005', 'weekend', 'reviewed on a Saturday', '', ['CTL-007', 'CTL-010']);
  await twist('CTL-005', 'night', 'reviewed at eleven in the evening', '', ['CTL-007', 'CTL-010']);
  await twist('CTL-007', 'unchecked', 'changed without a check', '', ['CTL-009']);
  await twist('CTL-009', 'skip', 'approval is missing');
  await twist('CTL-010', 'order', 'checked before it was reviewed', ', x3 = x2 - 20', ['CTL-007']);
  await twist('CTL-011', 'slow', 'finished after forty working days', ', x5 = x5 + 40 * 480');
  await twist(
    'CTL-015',
    'terminal',
    'reviewed and checked at one terminal within five minutes',
    ', x3 = x2 + 4',
  );
  await aroundTerminals(p);
  for (const found of await cases(2)) {
    const other = found.agency === '140502' ? '140525' : '140502';
    await p.run(
      `update bcase set twist = 'abroad', staff_agency = '${other}' where no = ${found.no}`,
    );
    p.about('CTL-018', { case: caseKey(found.no), why: 'handled by clerks of another county' });
  }
  await twist('CTL-008', 'retro', 'effective eight months back without a paper');
  await plantOwnCases(p, () => cases(1, '(select count(*) from bcase x where x.pid = b.pid) = 1'));
  await plantRedo(p, await cases(1));
  await plantStaff(p);
  await plantSilentChange(p);
}

/** Cases of the clerk's own (本人) and of a spouse; every clerk is used once. */
async function plantOwnCases(
  p: Planter,
  next: () => Promise<readonly { no: number; pid: number }[]>,
): Promise<void> {
  const taken = new Set<number>();
  const rules = ['CTL-003', 'CTL-003', 'CTL-004', 'CTL-004'];
  for (let tries = 0; tries < 60 && rules.length > 0; tries++) {
    const [found] = await next();
    if (found === undefined) return;
    const [clerk] = await p.city.rows(
      `select s.oid from staff s join bcase b on b.no = ${found.no} and s.agency = b.agency and s.j = (400 - b.k) % 4 + 4 * b.q`,
    );
    const oid = Number(clerk?.oid);
    if (taken.has(oid)) continue;
    taken.add(oid);
    const rule = rules.shift() ?? '';
    await p.reserve([found.pid]);
    const [spouse = found.pid] = rule === 'CTL-004' ? await p.take('residentWithoutCase', 1) : [];
    if (rule === 'CTL-004')
      await p.run(`insert into extra_kin values (${spouse}, ${found.pid}, '1', w0())`);
    await p.run(
      `update staff set id_no = (select id_no from person where pid = ${spouse}) where oid = ${oid}`,
    );
    await p.run(`update bcase set twist = 'self' where no = ${found.no}`);
    const why = rule === 'CTL-003' ? 'the clerk handled the own case' : 'the case of a spouse';
    p.about(rule, { case: caseKey(found.no), why });
  }
}

/** A clerk seen at two terminals within minutes: the step after it is found as well. */
async function aroundTerminals(p: Planter): Promise<void> {
  const rows = await p.city.rows(`with e as (${stepSql(p.wf - 30, p.wf)}),
      t as (select oid, x, no from e where twist = 'terminal' and seq = 4)
    select distinct e.no from e join t on t.oid = e.oid and e.no <> t.no and e.d = (select d from workday where i = t.x // 480) and abs(e.x - t.x) <= 12`);
  for (const { no } of rows)
    p.expect('CTL-015', {
      case: caseKey(Number(no)),
      why: 'the clerk was at another terminal just before',
    });
}

/** Voided three times, then granted. */
async function plantRedo(p: Planter, found: readonly { no: number; pid: number }[]): Promise<void> {
  for (const { no } of found) {
    await p.run(`insert into bcase select b.* replace (990000000 + no % 1000000 * 3 + r.j as no, '4' as result, 'redo' as twist, x0 - 480 * (r.j + 1) as x0, x1 - 480 * (r.j + 1) as x1,
      x2 - 480 * (r.j + 1) as x2, x3 - 480 * (r.j + 1) as x3, x4 - 480 * (r.j + 1) as x4, x5 - 480 * (r.j + 1) as x5) from bcase b, range(0, 3) r(j) where b.no = ${no}`);
    p.about('CTL-017', { case: caseKey(no), why: 'voided three times before it was granted' });
  }
}

/** Operators (操作员) and their permissions. */
async function plantStaff(p: Planter): Promise<void> {
  const staff = await p.city.rows(
    'select oid, agency, j from staff where not auditor and j = 0 order by oid limit 6',
  );
  const at = (index: number) => Number(staff[index]?.oid);
  for (const index of [0, 1]) {
    await p.run(
      `insert into grant_period select oid, 900, agency, wf() - 20, wf() + 40, false, 'AUDIT' from staff where oid = ${at(index)}`,
    );
    p.about('CTL-002', {
      operator: staffKey(at(index)),
      why: 'business and audit permissions at once',
    });
  }
  for (const index of [2, 3]) {
    await p.run(`update staff set left_m = wf() - 8 where oid = ${at(index)}`);
    p.about('CTL-013', {
      operator: staffKey(at(index)),
      why: 'disabled eight months ago, still working',
    });
  }
  for (const index of [4, 5]) {
    await p.run(
      `insert into grant_period select oid, 901, agency, wf() - 5, wf() + 40, true, 'APPROVE' from staff where oid = ${at(index)}`,
    );
    p.about('CTL-026', {
      operator: staffKey(at(index)),
      why: 'granted a permission by and to oneself, not approved',
    });
  }
  for (const k of [0, 1]) {
    const oid = 900 + k;
    await p.run(
      `insert into staff select ${oid}, ai, 90 + ${k}, agency, true, '赵闲', '14050019790101' || '88' || ${k} || 'X', null from staff order by oid limit 1`,
    );
    await p.run(
      `update staff set id_no = ${k === 0 ? "'140500197901018810'" : "'140500197901018829'"} where oid = ${oid}`,
    );
    await p.run(
      `insert into grant_period select oid, 0, agency, wf() - 70, 99999, false, 'APPROVE' from staff where oid = ${oid}`,
    );
    p.about('CTL-014', { operator: staffKey(oid), why: 'may approve, never does' });
    p.about('CTL-027', { operator: staffKey(oid), why: 'in one position for seventy months' });
  }
}

/** Needs two packages: the account differs between them and no case says why. */
async function plantSilentChange(p: Planter): Promise<void> {
  if (p.city.cal.first === p.city.cal.last) return;
  const silent = await p.take('retiree', 2);
  await p.run(`update benefit set change_m = wf() where pid in (${silent})`);
  await p.run(
    `update payee set change_m = wf(), lasting = false where gen = 1 and pid in (${silent})`,
  );
  await p.run(
    `insert into payee select pid, 2, wf(), wf(), bank, lpad((pid::BIGINT * 7919 + 6217000700000000000)::VARCHAR, 19, '0'), 'Q' || lpad(pid::VARCHAR, 8, '0'), null, true from payee where gen = 1 and pid in (${silent}) order by pid`,
  );
  p.hit('CTL-016', silent, 'account changed between two packages without a case');
}

/** A line of the books or of the bank that should not be there. */
interface FundLine {
  readonly rule: string;
  /** `B` bank, `L` ledger. */
  readonly side: 'B' | 'L';
  /** Months before the last but one, so that no two lines meet in a month. */
  readonly back: number;
  readonly item: string | null;
  readonly amount_fen: number;
  readonly mark: string;
  readonly why: string;
  /** Paid from the account of another insurance. */
  readonly elsewhere?: true;
  /** State of its reconciliation; reconciled where not named. */
  readonly state?: string;
}

const FUND_LINES: readonly FundLine[] = [
  {
    ...{ rule: 'FIN-001', side: 'B', back: 0, item: null, amount_fen: 123_400, mark: 'A' },
    why: 'bank paid more than the batch',
  },
  {
    ...{ rule: 'FIN-002', side: 'L', back: 2, item: '100011', amount_fen: 456_700, mark: 'A' },
    why: 'ledger shows more than was paid',
  },
  {
    ...{ rule: 'FIN-003', side: 'B', back: 9, item: null, amount_fen: 88_800, mark: 'X' },
    ...{ why: 'unmatched for more than two months', state: '1' },
  },
  {
    ...{ rule: 'FIN-008', side: 'B', back: 4, item: null, amount_fen: 999_900, mark: 'X' },
    ...{ why: 'paid out of the fund without an order', state: '3' },
  },
  {
    ...{ rule: 'FIN-009', side: 'B', back: 6, item: null, amount_fen: 77_700, mark: 'B' },
    ...{ why: 'paid from the account of another insurance', elsewhere: true },
  },
];

/** Books and bank (基金账与银行流水). */
export async function plantFunds(p: Planter): Promise<void> {
  const newest = p.city.cal.first - 2;
  for (const [index, ins] of [110, 170].entries()) {
    for (const line of FUND_LINES) await plantFundLine(p, line, ins, newest - line.back - index);
  }
}

async function plantFundLine(
  p: Planter,
  line: FundLine,
  ins: number,
  month: number,
): Promise<void> {
  const { rule, side, item, amount_fen, mark, why } = line;
  const account = line.elsewhere ? (ins === 110 ? 210 : 110) : ins;
  const itemSql = item === null ? 'null' : `'${item}'`;
  await p.run(
    `insert into extra_fund values ('${side}', ${month}, ${ins}, 0, ${itemSql}, 15, ${amount_fen}, '${mark}', ${account}, '${line.state ?? '2'}')`,
  );
  const ym = monthText(month);
  const order = `O${ym}${ins}0`;
  const txn = `${side}${order}${item ?? ''}${mark}`;
  const ledger = `${ins}/${item}/${ym.slice(0, 4)}-${ym.slice(4)}-01`;
  const key = rule === 'FIN-001' ? order : rule === 'FIN-002' ? ledger : txn;
  p.about(rule, { txn, key, amount_fen, why });
  for (const [other, found] of alsoFound(rule, order, txn)) {
    p.expect(other, { txn, key: found, why: `planted for ${rule}` });
  }
}

/** Money from a wrong account breaks its order too; a wrong sum is a line nobody can match. */
function alsoFound(
  rule: string,
  order: string,
  txn: string,
): readonly (readonly [string, string])[] {
  if (rule === 'FIN-002') return [];
  if (rule === 'FIN-009') return [['FIN-001', order]];
  return [['FIN-003', txn] as const, ['FIN-008', txn] as const].filter(([other]) => other !== rule);
}
