import {
  accountNo,
  type Dataset,
  enrolmentNo,
  entitlementNo,
  personNo,
  unitNo,
} from './dataset.ts';

const levyNo = (uid: string, pid: string, ins: string, m: string) =>
  `case when ${pid} is null then 'L1' || lpad(${uid}::VARCHAR, 7, '0') else 'L2' || lpad(${pid}::VARCHAR, 9, '0') end || ${ins} || ym6(${m})`;

export const contribution = (levyFrom: number): Dataset => ({
  name: 'contribution',
  kind: 'flow',
  large: 100,
  keys: ['contrib_id'],
  newline: '\n',
  money: ['AAE180', 'AAE020', 'AAE022', 'AAE023'],
  columns: {
    contrib_id: `'C' || c.part || lpad(c.pid::VARCHAR, 9, '0') || c.ins || ym6(c.due)`,
    AAC001: personNo('c.pid'),
    AAB001: unitNo('c.uid'),
    AAZ159: enrolmentNo('c.enrol'),
    AAE140: 'c.ins',
    AAE002: 'ym6(c.m)',
    AAE003: 'ym6(c.due)',
    AAA115: 'c.pay_type',
    AAE341: 'c.fund_item',
    AAE180: 'yuan(c.base)',
    AAE020: 'yuan(c.unit_due)',
    AAE022: 'yuan(c.person_due)',
    AAE023: 'yuan(c.to_acct)',
    AAE202: 'c.steps',
    AAE078: "case when c.flag = '1' then '1' else '0' end",
    AAE079: "case when c.flag = '1' then ym6(c.m) end",
    AAB191: "case when c.flag = '1' then day8(c.m, 12 + c.pid % 9) end",
    AAE114: 'c.flag',
    AAZ288: `case when c.m >= ${levyFrom} and c.flag = '1' and coalesce(c.fund_item, '1') = '1' then ${levyNo('c.uid', 'case when c.alone then c.pid end', 'c.ins', 'c.m')} end`,
  },
  source: () => 'from contribution c',
});

export const benefitPayment: Dataset = {
  name: 'benefit_payment',
  kind: 'flow',
  large: 32,
  keys: ['AAZ220', 'AAA036', 'AAE003'],
  money: ['AAE019'],
  newline: '\n',
  columns: {
    AAZ220: `'Y' || lpad(c.pid::VARCHAR, 9, '0') || ym6(c.m) || c.suffix`,
    AAZ031: "'O' || ym6(c.m) || c.ins || c.ci",
    AAZ257: `case when c.regular then ${entitlementNo('c.pid', 'c.no')} end`,
    AAC001: personNo('c.pid'),
    AAE140: 'c.ins',
    AAA036: 'c.item',
    AAE002: 'ym6(c.m)',
    AAE003: 'ym6(c.due)',
    AAA078: 'c.adj',
    AAE019: 'yuan(c.amount)',
    AAE117: 'c.flag',
    AAE357: "case c.flag when '2' then '账户状态异常' end",
    AAF002: 'a.bank',
    AAE010: 'a.account_no',
    AAE009: 'coalesce(a.holder, p.name)',
    AAD017: 'day8(c.m, c.day)',
  },
  source: () =>
    'from payment c join payee a on a.pid = c.pid and a.gen = c.gen join person p on p.pid = c.pid order by c.m, c.ins, c.pid, c.item, c.due, c.suffix',
};

export const accountYear: Dataset = {
  name: 'account_year',
  kind: 'flow',
  large: 8,
  keys: ['AAZ116', 'AAE001'],
  money: ['AIC020', 'AAE381', 'AAE269', 'AAE382'],
  newline: '\n',
  columns: {
    AAZ116: `'K' || lpad(a.pid::VARCHAR, 9, '0') || a.ins || a.copy_no`,
    AAC001: personNo('a.pid'),
    AAE140: 'a.ins',
    AAE001: 'a.year',
    AIC078: 'a.months',
    AIC079: 'a.months',
    AIC020: 'yuan(a.base)',
    AAE381: 'yuan(a.principal)',
    AAE269: 'yuan(a.interest)',
    AAE382: 'yuan(a.balance)',
    AAE200: 'a.deemed',
    AAE201: 'a.actual',
  },
  source: (from, to) =>
    `from account_year a where a.seen between ${from} and ${to} order by a.year, a.ins, a.pid, a.copy_no`,
};

export const taxLevy: Dataset = {
  name: 'tax_levy',
  kind: 'flow',
  large: 2,
  keys: ['AAZ288'],
  money: ['AAE063', 'AAE064', 'total_due', 'total_paid'],
  newline: '\n',
  columns: {
    AAZ288: levyNo('l.uid', 'l.pid', 'l.ins', 'l.m'),
    kind: "case when l.ins = 170 then '4' when l.pid is not null then '2' else '1' end",
    AAB001: unitNo('l.uid'),
    AAC001: personNo('l.pid'),
    AAB030: 'c.uscc',
    AAE140: 'l.ins',
    AAE041: 'ym6(case when l.ins = 170 then l.m // 12 * 12 else l.m end)',
    AAE042: 'ym6(case when l.ins = 170 then l.m // 12 * 12 + 11 else l.m end)',
    AAE063: 'yuan(l.unit_due)',
    AAE064: 'yuan(l.person_due)',
    total_due: 'yuan(l.unit_due + l.person_due)',
    total_paid: 'yuan(l.unit_due + l.person_due)',
    AAD009: `'3140' || lpad((h(l.m::BIGINT * 1000000000 + coalesce(l.uid, l.pid) * 8 + l.ins % 7, 170) % 100000000000000::UBIGINT)::VARCHAR, 14, '0')`,
    AAB191: 'day8(l.m, 12 + coalesce(l.pid, l.uid) % 9)',
    AAE113: "'1'",
  },
  source: (from, to) =>
    `from levy l left join unit_code c using (uid) where l.m between ${from} and ${to} order by l.m, l.ins, l.uid, l.pid`,
};

export const subsidyPayment: Dataset = {
  name: 'subsidy_payment',
  kind: 'flow',
  keys: ['subsidy_id'],
  money: ['ADC451'],
  newline: '\n',
  columns: {
    subsidy_id: `'B' || s.kind || coalesce(lpad(s.pid::VARCHAR, 9, '0'), 'U' || lpad(s.uid::VARCHAR, 8, '0')) || s.year || s.no`,
    AAC001: personNo('s.pid'),
    AAB001: unitNo('s.uid'),
    ADC450: 's.kind',
    AAE001: 's.year',
    ADC453: 'ym6(s.from_m)',
    ADC456: 'ym6(s.to_m)',
    AAE341: "case s.kind when '0401' then '4' else '5' end",
    ADC451: 'yuan(s.amount)',
    AAE002: 'ym6(s.paid_m)',
    AAE117: "'1'",
  },
  source: (from, to) =>
    `from subsidy s where s.paid_m between ${from} and ${to} order by s.kind, s.pid, s.uid, s.year, s.no`,
};

const orderNo = "'O' || ym6(o.m) || o.ins || o.ci";
/** Bank and ledger side of every pay order, already matched; their sums equal the payments. */
export const fundTxn: Dataset = {
  name: 'fund_txn',
  kind: 'flow',
  keys: ['txn_id'],
  money: ['AAE019'],
  newline: '\n',
  columns: {
    txn_id: `o.side || ${orderNo} || coalesce(o.item, '') || o.mark`,
    side: 'o.side',
    YAF010: "'ZC' || o.account",
    AAE140: 'o.ins',
    AAD017: 'day8(o.m, o.day)',
    AAD032: "'J'",
    YUE0Q4: "case when o.side = 'L' then '5' || o.ins || o.item end",
    AAE019: 'yuan(o.amount)',
    AAD008: `'PZ' || ${orderNo} || coalesce(o.item, '') || o.mark`,
    AAZ031: `case when o.mark <> 'X' then ${orderNo} end`,
    match_id: `case when o.mark <> 'X' then ${orderNo} end`,
    AAE049: 'o.state',
  },
  source: (
    from,
    to,
  ) => `from (select 'B' side, m, ins, ci, null item, max(day) as day, sum(amount)::BIGINT amount, '' mark, ins account, '2' state from pay_order group by m, ins, ci
      union all select 'L', m, ins, ci, item, day, amount, '', ins, '2' from pay_order
      union all select side, m, ins, ci, item, day, amount, mark, account, state from extra_fund) o
    where o.m between ${from} and ${to} order by o.m, o.ins, o.ci, o.side, o.item, o.mark`,
};

export const payeeAccount: Dataset = {
  name: 'payee_account',
  kind: 'state',
  keys: ['AAZ003'],
  money: [],
  newline: '\r\n',
  columns: {
    AAZ003: accountNo('a.pid', 'a.gen'),
    AAA028: "'2'",
    AAC001: personNo('a.pid'),
    AAF200: 'a.bank',
    AAE010: 'a.account_no',
    AAE009: 'coalesce(a.holder, p.name)',
    AAZ500: 'a.card_no',
    AAE617: "'1'",
    opened_on: 'day8(case when a.gen > 1 then a.seen else least(a.seen, w0() - 1) end, 8)',
    AAA126: "case when not a.lasting and a.change_m <= :W then '3' else '1' end",
    purpose: "'1'",
    AAE100: "case when not a.lasting and a.change_m <= :W then '0' else '1' end",
  },
  source: () => 'from payee a join person p using (pid) where a.seen <= :W order by a.pid, a.gen',
};
