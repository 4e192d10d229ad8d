import type { Planter } from './planter.ts';
import { drawUnemployment, second } from './second-benefit.ts';

/** Pensions granted, computed, paid or applied for wrongly. */
export async function plantPensions(p: Planter): Promise<void> {
  await plantEarlyRetirements(p);
  await plantDoubtfulGrounds(p);
  await plantWrongAmounts(p);
  await plantWrongStates(p);
}

/** Grants a pension that was first paid last month. */
function retireLastMonth(p: Planter, pids: readonly number[], type: string): Promise<void> {
  const kind = { ins: 110, class: '01', type, start: p.wf - 1, init: 312300, no: 1 };
  return second(p, pids, kind);
}

/** Retired before the month the law gives them. */
async function plantEarlyRetirements(p: Planter): Promise<void> {
  const early = await p.take('paused', 2);
  await retireLastMonth(p, early, '2');
  await p.run(`update person set role = 'P', rm = wf() - 2 where pid in (${early})`);
  p.hit('PEN-001', early, 'ordinary retirement years before the statutory month', {
    paid: 'regular and ins = 110',
  });
  const archive = await p.take('paused', 2);
  await retireLastMonth(p, archive, '2');
  await p.run(`update person set role = 'P', rm = wf() - 2 where pid in (${archive})`);
  await p.run(
    `insert into tweak_person select pid, null, wf() - 2 - base_age(cls) - 40, null, null from person where pid in (${archive})`,
  );
  p.hit('PEN-013', archive, 'retired on an archive birth date far before the id', {
    paid: 'regular and ins = 110',
    also: ['PEN-001'],
  });
  const special = await p.take('youngPaused', 2);
  await retireLastMonth(p, special, '5');
  await p.run(
    `update person set role = 'P', rm = wf() - 2 where pid in (${special}) and bm + case when sex = 1 then 660 else 540 end > wf() - 2`,
  );
  p.hit('PEN-005', special, 'special work type below 55 or 45', { paid: 'regular and ins = 110' });
  p.never('PEN-001', special, 'special work type');
}

/** Retired for an illness nobody assessed, or with years counted from childhood. */
async function plantDoubtfulGrounds(p: Planter): Promise<void> {
  const ill = await p.take('retiree2025', 2);
  await p.run(`update benefit set retire_type = '4' where pid in (${ill})`);
  p.hit('PEN-008', ill, 'retired early for illness after 2025-01-01', {
    paid: 'regular and ins = 110',
    also: ['PEN-011'],
  });
  const unassessed = await p.take('midRetiree', 2);
  await p.run(`update benefit set retire_type = '4' where pid in (${unassessed})`);
  p.hit('PEN-011', unassessed, 'retired for illness without an assessment', { also: ['PEN-008'] });
  const child = await p.take('deemedRetiree', 2);
  await p.run(
    `insert into tweak_person select pid, null, null, bm + 150, null from person where pid in (${child})`,
  );
  p.hit('PEN-012', child, 'work began at twelve and a half');
}

/** Amounts the formula does not give, and payments nobody can explain. */
async function plantWrongAmounts(p: Planter): Promise<void> {
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
}

/** Never applied, never resumed, still at work, or drawing something else. */
async function plantWrongStates(p: Planter): Promise<void> {
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
  p.hit('GOV-014', working, 'past the statutory month and still paying in', {
    also: ['ACC-002', 'ACC-003'],
  });
  const idle = await p.take('newRetiree', 2);
  await p.run(`delete from benefit where pid in (${idle})`);
  await drawUnemployment(p, idle, 1);
  p.hit('UNE-012', idle, 'unemployment benefit past the statutory month', { paid: 'ins = 210' });
}
