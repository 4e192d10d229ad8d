import type { Planter } from './planter.ts';
import { checkOf } from './second-benefit.ts';

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
