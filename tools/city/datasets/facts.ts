import { accountNo, type Dataset, entitlementNo, personNo, unitNo } from './dataset.ts';

const paused = '(:W > b.hold_from and :W <= b.hold_to)';
const stopped = '(b.stop_m < :W)';
const lastAlive = 'least(:W, coalesce(b.stop_m, :W))';

export const entitlement: Dataset = {
  name: 'entitlement',
  kind: 'state',
  keys: ['AAZ257'],
  money: ['AIC166', 'AIC240', 'AIC242', 'AIC241'],
  newline: '\r\n',
  columns: {
    AAZ257: entitlementNo('b.pid', 'b.no'),
    AAC001: personNo('b.pid'),
    AAE140: 'b.ins',
    benefit_class: 'b.class',
    AAC111: personNo('b.deceased'),
    AAC063: "case when b.class = '04' then '1' else '0' end",
    AAE144: 'b.relation',
    AIC161: 'b.retire_type',
    AIC162: 'case when b.retire_type is not null then day8(p.rm, p.bd) end',
    AAE211: 'ym6(b.start_m - 1)',
    AAE210: 'ym6(b.start_m)',
    AAE235: `case when ${stopped} then ym6(b.stop_m) end`,
    AAE116: `coalesce(b.state, case when ${stopped} then '3' when ${paused} then '2' else '1' end)`,
    AAE160: `case when ${stopped} then b.stop_why when ${paused} then b.hold_why when b.state is not null then '1299' end`,
    AAE141: `case when ${stopped} then ym6(b.stop_m + 1) when ${paused} then ym6(b.hold_from + 1) when b.state is not null then ym6(:W) end`,
    AIC166: `yuan(case when b.class = '03' then yr.resident_basic + b.acct else b.init + b.step * (yr.y - (b.start_m - 1) // 12) end + case when b.jump_m <= :W then b.jump else 0 end)`,
    AIC240: "yuan(case when b.class = '03' then yr.resident_basic else b.basic end)",
    AIC242: 'yuan(b.acct)',
    AIC241: 'yuan(b.transition)',
    AIC164: '(b.idx * 0.0001)::DECIMAL(9, 6)',
    AJC097: 'b.months_total',
    AJC099: `case when b.class = '05' then greatest(0, b.months_total - (${lastAlive} - b.start_m + 1)) end`,
    AAE145: "'1'",
    AAZ003: `case when not b.no_account then ${accountNo('b.pid', "case when b.change_m <= :W then '2' else '1' end")} end`,
    AAC096: 'ym6(b.cert)',
    AAC099: 'ym6(b.cert + 12)',
    AAA094: "'1'",
    AAA049: "['01', '02', '02', '02', '04'][n(b.pid, 180, 5) + 1]",
  },
  source:
    () => `from (select * exclude (cert), coalesce(cert, greatest(start_m - 1, ${lastAlive.replaceAll('b.', '')} - (${lastAlive.replaceAll('b.', '')} + 1200 - n(pid, 181, 12)) % 12)) cert from benefit) b
    join person p using (pid) join yr on yr.y = ${lastAlive} // 12 where b.start_m - 1 <= :W order by b.pid, b.no`,
};

export const deathEvent: Dataset = {
  name: 'death_event',
  kind: 'state',
  keys: ['event_id'],
  money: [],
  newline: '\r\n',
  columns: {
    event_id: 'md5(s.source || p.id_no || day8(s.dm, s.dd))',
    AAC001: personNo('p.pid'),
    AAC002: 'p.id_no',
    AAC003: 'p.name',
    AAE138: 'day8(s.dm, s.dd)',
    source: 's.source',
    AAC053: `case s.source when '02' then 'SW' || lpad(p.pid::VARCHAR, 9, '0') end`,
    AAC051: `case s.source when '01' then 'HH' || lpad(p.pid::VARCHAR, 9, '0') end`,
    YAC551: "case s.source when '01' then '1' end",
    cremated_on: "case s.source when '01' then day8(s.dm, s.dd + 2) end",
    hukou_cancel_on: "case s.source when '03' then day8(s.dm, s.dd + 4) end",
    received_at: "day8(s.dm, s.dd + 5) || '100000'",
    verdict: "case when s.settled and s.dm < :W then '1' else '0' end",
    AAE011:
      "case when s.settled and s.dm < :W then 'OP' || lpad((p.ci * 100)::VARCHAR, 4, '0') end",
    AAE036: "case when s.settled and s.dm < :W then day8(s.dm + 1, 8) || '100000' end",
  },
  source:
    () => `from (select pid, source, dm, dd, true settled from person, (values ('01'), ('02'), ('03')) t(source) where dm is not null and (source <> '01' or n(pid, 182, 3) < 2)
      union all select pid, source, dm, dd, false from extra_death) s join person p using (pid)
    where s.dm <= :W order by p.pid, s.source`,
};

export const custodyEvent: Dataset = {
  name: 'custody_event',
  kind: 'state',
  keys: ['event_id'],
  money: [],
  newline: '\r\n',
  columns: {
    event_id: `'J' || lpad(x.pid::VARCHAR, 9, '0')`,
    AAC001: personNo('x.pid'),
    AAC002: 'p.id_no',
    kind: 'x.kind',
    AAE030: 'day8(x.a, 10)',
    AAE031: 'case when x.b <= :W then day8(x.b, 20) end',
    doc_no: "'(' || x.a // 12 || ')晋05刑' || x.pid || '号'",
    source: "case x.kind when '03' then '02' else '03' end",
    received_at: "day8(x.a, 15) || '090000'",
  },
  source:
    () => `from (select pid, '01' kind, hold_from a, hold_to b from benefit where hold_from is not null and hold_why = '1202'
      union all select pid, kind, a, b from extra_custody
      union all select pid, case when n(pid, 132, 2) = 0 then '01' else '03' end, w0() + n(pid, 133, wf() - w0()), w0() + n(pid, 133, wf() - w0()) + 6 + n(pid, 134, 30)
        from person join seen using (pid) where role = 'R' and dm is null and n(pid, 131, 1500) = 0 and w0() + n(pid, 133, wf() - w0()) > seen.m) x join person p using (pid)
    where x.a <= :W order by x.pid`,
};

export const injuryCase: Dataset = {
  name: 'injury_case',
  kind: 'state',
  keys: ['AAZ127'],
  money: [],
  newline: '\r\n',
  columns: {
    AAZ127: `'N' || lpad(i.pid::VARCHAR, 9, '0')`,
    AAC001: personNo('i.pid'),
    AAB001: unitNo('i.uid'),
    ALC020: 'day8(i.om, i.od)',
    ALC026: "strftime(mdate(i.om, i.od) + i.report_days::INTEGER, '%Y%m%d')",
    ALC027: "['01', '04', '06'][n(i.pid, 183, 3) + 1]",
    ALC021: "case when i.grade = '00' then '1' when i.grade <= '06' then '2' else '3' end",
    ALC022: "lpad((100 + n(i.pid, 184, 5))::VARCHAR, 3, '0')",
    ALC029: "'1'",
    ALC031: 'day8(i.om + 1 + i.report_days // 30, 20)',
    ALC011: "'晋市工伤认字' || i.pid",
    YLC045: "case when i.grade <> '00' then day8(i.om, i.od) end",
    YLC046: "case when i.grade <> '00' then day8(i.om + 4, i.od) end",
    AAZ151: `case when i.om + 5 <= :W and i.grade <> '00' then 'NA' || lpad(i.pid::VARCHAR, 9, '0') end`,
    ALC034: "case when i.om + 5 <= :W and i.grade <> '00' then day8(i.om + 5, 24) end",
    ALA040: "case when i.om + 5 <= :W or i.grade = '00' then i.grade end",
    ALC040: "case when i.grade = '00' then day8(i.om, i.od) end",
  },
  source: () => 'from injury i where i.om + 1 <= :W order by i.pid',
};

const claimNo =
  "'F' || lpad(c.pid::VARCHAR, 9, '0') || case when c.no > 1 then c.no::VARCHAR else '' end";

export const medicalClaim: Dataset = {
  name: 'medical_claim',
  kind: 'flow',
  keys: ['AAZ216'],
  money: ['AKC264', 'AKC228', 'AKC268', 'AKB069', 'AAE187'],
  newline: '\r\n',
  columns: {
    AAZ216: claimNo,
    AAZ217: "'FV' || lpad(c.pid::VARCHAR, 9, '0') || c.no",
    AAC001: personNo('c.pid'),
    AAZ127: `'N' || lpad(c.pid::VARCHAR, 9, '0')`,
    AKB020: "'H1405' || lpad(c.hospital::VARCHAR, 4, '0')",
    AKB021:
      "['晋城市人民医院', '晋城大医院', '泽州县人民医院', '高平市人民医院', '阳城县人民医院', '沁水县人民医院'][c.hospital + 1]",
    AKA101: "['03', '02', '06', '06', '06', '06'][c.hospital + 1]",
    AKA130: "'72'",
    AKA121:
      "case when c.diagnosis <> 'S' then c.diagnosis else ['S61手部开放性伤口', 'S82小腿骨折', 'S52前臂骨折', 'S22肋骨骨折', 'S00头皮挫伤'][n(c.pid, 184, 5) + 1] end",
    AAE030: "strftime(mdate(c.om, c.od) + c.shift::INTEGER, '%Y%m%d')",
    AAE031: "strftime(mdate(c.om, c.od) + (c.shift + c.days)::INTEGER, '%Y%m%d')",
    YLF101: 'c.days',
    AAE196: '1',
    AKC264: 'yuan(t.total)',
    AKC228: 'yuan(0)',
    AKC268: 'yuan(0)',
    AKB069: 'yuan(0)',
    AAE187: 'yuan(t.total)',
    invoice_hash: 'c.invoice',
  },
  source: (from, to) =>
    `from claim c join claim_total t using (pid, no) where c.om + 3 between ${from} and ${to} order by c.pid, c.no`,
};

export const claimItem: Dataset = {
  name: 'claim_item',
  kind: 'flow',
  keys: ['AAZ213'],
  money: ['AAE019'],
  newline: '\r\n',
  columns: {
    AAZ213: `'FI' || lpad(c.pid::VARCHAR, 9, '0') || c.no || lpad(c.k::VARCHAR, 3, '0')`,
    AAZ216: claimNo,
    AKE001: 'c.cat_code',
    AKE002: 'c.cat_name',
    AKE003: 'c.kind',
    AKE007: "strftime(c.charged_on, '%Y%m%d')",
    AKC225: 'yuan(c.price)',
    AKC226: 'c.qty',
    AAE019: 'yuan(c.price * c.qty)',
    AKA065: 'c.pay_class',
    ALA011: "'1'",
  },
  source: (from, to) =>
    `from claim_line c where c.om + 3 between ${from} and ${to} order by c.pid, c.no, c.k`,
};

export const archiveItem: Dataset = {
  name: 'archive_item',
  kind: 'flow',
  keys: ['archive_id'],
  money: [],
  newline: '\n',
  columns: {
    archive_id: "md5(x.kind || x.pid || case when x.no > 1 then '-' || x.no else '' end)",
    AAC001: personNo('x.pid'),
    YUE001: 'x.kind',
    title: 'x.title',
    doc_on: 'day8(x.m, 20)',
    YUF00K: '2 + n(x.pid, 185, 30)',
    YUF00H: "'30'",
    AAZ002: "case when x.case_no is not null then 'B' || lpad(x.case_no::VARCHAR, 9, '0') end",
    image_sm3: 'x.image',
    digit_state: "'2'",
  },
  source: (
    from,
    to,
  ) => `from (select pid, no, '04' kind, start_m - 1 as m, case when n(pid, 186, 200) = 0 then '退休审批表|附"档案"复印件' else '基本养老保险待遇核定表' end title, null::INTEGER case_no, null::VARCHAR image from benefit where class in ('01', '02', '03') and start_m - 1 >= w0()
      union all select pid, 1, '03', om + 1, '认定工伤决定书', null, null from injury
      union all select pid, no, kind, m, title, case_no, image from extra_archive) x where x.m between ${from} and ${to} order by x.kind, x.pid, x.no`,
};
