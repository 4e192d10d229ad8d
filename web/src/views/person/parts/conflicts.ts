import { type Dossier, rowsOf } from '../../../api/dossier.ts';

/** Two sources say different things about one fact; nobody is right until a person has decided. */
export interface Conflict {
  readonly fact: string;
  /** Fields of the person it concerns; they carry the mark ◆. */
  readonly fields: readonly string[];
  readonly sides: readonly { readonly source: string; readonly value: string }[];
  readonly advice: string;
}

/** Finds contradictions within one dossier (◆). Hidden values are not compared. */
export function findConflicts(dossier: Dossier): Conflict[] {
  return [birthConflict(dossier), deathConflict(dossier), lifeConflict(dossier)].filter(
    (one): one is Conflict => one !== null,
  );
}

function birthConflict({ person }: Dossier): Conflict | null {
  const sides = [
    { field: 'birth_date', source: '省平台登记' },
    { field: 'birth_date_id', source: '证件号码推定' },
    { field: 'birth_date_archive', source: '人事档案' },
  ].flatMap(({ field, source }) => {
    const value = person[field];
    return typeof value === 'string' && /^\d/.test(value) ? [{ field, source, value }] : [];
  });
  if (new Set(sides.map(({ value }) => value)).size < 2) return null;
  return {
    fact: '出生日期',
    fields: sides.map(({ field }) => field),
    sides,
    advice: '退休审批以档案最早记载为准（劳社部发〔1999〕8 号），须核档后认定。',
  };
}

function deathConflict(dossier: Dossier): Conflict | null {
  const sides = rowsOf(dossier, 'death_events').flatMap((row) => {
    const value = row.death_date;
    return typeof value === 'string' && /^\d/.test(value)
      ? [{ source: `来源 ${String(row.source ?? row.src ?? '部门')}`, value }]
      : [];
  });
  if (new Set(sides.map(({ value }) => value)).size < 2) return null;
  return {
    fact: '死亡日期',
    fields: ['death_date'],
    sides,
    advice: '部门日期矛盾，须经冲突裁决认定后再据以停发。',
  };
}

function lifeConflict(dossier: Dossier): Conflict | null {
  const reported = rowsOf(dossier, 'death_events').length;
  if (reported === 0 || dossier.person.life_status !== '1') return null;
  return {
    fact: '生存状态',
    fields: ['life_status'],
    sides: [
      { source: '省平台登记', value: '正常' },
      { source: '部门死亡信息', value: `${reported} 条` },
    ],
    advice: '有部门报死亡而登记为生存，须核实；核实前不得停发。',
  };
}
