import type { City } from '../engine.ts';

/** Makes the tables through which planted facts (植入事实) change the files; a clean city leaves them empty. */
export async function makePlantTables(city: City): Promise<void> {
  const tables: Readonly<Record<string, string>> = {
    mark: 'pid INTEGER',
    paid_mark:
      'pid INTEGER, ins INTEGER, item VARCHAR, m INTEGER, due INTEGER, amount BIGINT, regular BOOLEAN, flag VARCHAR, adj VARCHAR, suffix VARCHAR',
    tweak_person:
      'pid INTEGER, birth_m INTEGER, archive_m INTEGER, work_m INTEGER, death_m INTEGER',
    extra_death: 'pid INTEGER, source VARCHAR, dm INTEGER, dd INTEGER',
    extra_custody: 'pid INTEGER, kind VARCHAR, a INTEGER, b INTEGER',
    extra_payment:
      'pid INTEGER, ins INTEGER, item VARCHAR, m INTEGER, due INTEGER, amount BIGINT, adj VARCHAR, suffix VARCHAR',
    extra_contribution:
      'pid INTEGER, uid INTEGER, enrol BIGINT, ins INTEGER, m INTEGER, due INTEGER, pay_type INTEGER, fund_item VARCHAR, base BIGINT, unit_due BIGINT, person_due BIGINT, part VARCHAR, steps INTEGER',
    drop_contribution: 'pid INTEGER, ins INTEGER, from_m INTEGER',
    base_jump:
      'pid INTEGER, ins INTEGER, from_m INTEGER, to_m INTEGER, base BIGINT, add_rate INTEGER',
    enrol_shift: 'pid INTEGER, ins INTEGER, months INTEGER',
    unit_boss: 'uid INTEGER, pid INTEGER',
    owing: 'uid INTEGER, pid INTEGER, ins INTEGER, a INTEGER, b INTEGER',
    extra_kin: 'pid INTEGER, related INTEGER, relation VARCHAR, seen INTEGER',
    extra_archive:
      'no INTEGER, pid INTEGER, kind VARCHAR, title VARCHAR, m INTEGER, case_no INTEGER, image VARCHAR',
    unit_drop: 'uid INTEGER, ins INTEGER',
    extra_fund:
      'side VARCHAR, m INTEGER, ins INTEGER, ci INTEGER, item VARCHAR, day INTEGER, amount BIGINT, mark VARCHAR, account INTEGER, state VARCHAR',
  };
  for (const [name, columns] of Object.entries(tables))
    await city.run(`create table ${name} (${columns})`);
}
