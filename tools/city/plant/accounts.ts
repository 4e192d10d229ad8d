import { twins } from './duplicates.ts';
import { accountOf } from './keys.ts';
import type { Planter } from './planter.ts';

/** Accounts and cards (账户与社保卡). */
export async function plantAccounts(p: Planter): Promise<void> {
  const share = async (pids: readonly number[]) =>
    p.run(
      `update payee set account_no = (select account_no from payee where pid = ${pids[0]} and gen = 1) where gen = 1 and pid in (${pids})`,
    );
  for (let i = 0; i < 2; i++) {
    const three = await p.take('drawer', 3);
    await share(three);
    const account = await accountOf(p, three[0] ?? 0);
    p.about('CRD-001', { account, why: 'one account receives for three people' }, ['CRD-010']);
  }
  const pair = twins.get(p);
  const shared = async (rule: string, pids: readonly number[]) => {
    await share(pids);
    const entry = { account: await accountOf(p, pids[0] ?? 0), why: `planted for ${rule}` };
    for (const other of ['CRD-001', 'CRD-010']) p.expect(other, entry);
  };
  if (pair !== undefined) await shared('DUP-006', pair);
  const dead = await p.take('yearDead', 2);
  await shared('SUR-006', dead);
  p.hit('SUR-006', dead, 'survivors grants of two strangers into one account');
  const holder = await p.take('drawer', 2);
  await p.run(`update payee set holder = '王大山' where pid in (${holder})`);
  p.hit('CRD-002', holder, 'account in another name', { paid: 'regular' });
  const company = await p.take('retiree', 2);
  await p.run(`update payee set holder = '泽州兰花商贸有限公司' where pid in (${company})`);
  p.hit('CRD-011', company, 'paid to an account in the name of a company', { also: ['CRD-002'] });
  await plantChanges(p);
  const two = await p.take('drawer', 2);
  await p.run(
    `insert into payee select pid, 3, w0(), null, bank, substr(account_no, 1, 6) || '9' || substr(account_no, 8), 'K' || substr(card_no, 2), null, true from payee where gen = 1 and pid in (${two}) order by pid`,
  );
  p.hit('CRD-010', two, 'two valid cards');
  const phones = await p.take('drawer', 5);
  await p.run(
    `update person set mobile = (select mobile from person where pid = ${phones[0]}) where pid in (${phones})`,
  );
  p.hit('CRD-008', phones, 'one mobile number, five recipients');
}

async function plantChanges(p: Planter): Promise<void> {
  const add = async (pids: readonly number[], gen: number, seen: string) =>
    p.run(`insert into payee select y.pid, ${gen}, ${seen}, ${seen}, bank, lpad(((y.pid::BIGINT * 10 + ${gen}) * 7919 + 6217000000000000000)::VARCHAR, 19, '0'), 'M' || lpad((y.pid * 10 + ${gen})::VARCHAR, 8, '0'), null, false
      from payee y join person x on x.pid = y.pid where gen = 1 and y.pid in (${pids}) order by y.pid`);
  const often = await p.take('retiree', 2);
  for (const [index, gen] of [3, 4, 5].entries()) await add(often, gen, `wf() - ${9 - index * 3}`);
  p.hit('CRD-004', often, 'account changed three times in seven months');
  const after = await p.take('recentDead', 2);
  await add(after, 3, 'x.dm + 2');
  p.hit('CRD-005', after, 'account changed after death', { also: ['CRD-009'] });
  const card = await p.take('recentDead', 2);
  await add(card, 3, 'x.dm + 1');
  p.hit('CRD-009', card, 'card issued after death', { also: ['CRD-005'] });
  const large = await p.take('retiree', 2);
  await p.run(`update benefit set change_m = wf() - 2 where pid in (${large})`);
  await p.run(
    `update payee set change_m = wf() - 2, lasting = false where gen = 1 and pid in (${large})`,
  );
  await p.run(
    `insert into payee select pid, 2, wf() - 2, wf() - 2, bank, lpad((pid::BIGINT * 7919 + 6217000500000000000)::VARCHAR, 19, '0'), 'N' || lpad(pid::VARCHAR, 8, '0'), null, true from payee where gen = 1 and pid in (${large}) order by pid`,
  );
  await p.run(
    `insert into extra_payment select pid, 110, '100021', wf() - 1, wf() - 2, 1500000, '1', '6' from benefit where pid in (${large})`,
  );
  p.hit('CRD-003', large, '15,000 yuan into an account changed the month before', {
    amount: 1_500_000,
    also: ['PEN-024'],
  });
}
