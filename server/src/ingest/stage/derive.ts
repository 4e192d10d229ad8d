import type { ColumnDef, TableDef } from '../../contract/index.ts';
import { checkDigit, citizenDigits, citizenIdFaults, idBody, normalisedId } from './citizen-id.ts';
import type { Fault } from './values.ts';

/** Values the platform works out from what a record supplies, and the faults found on the way. */
export interface DerivedColumns {
  readonly layers: readonly (readonly string[])[];
  readonly values: ReadonlyMap<string, string>;
  readonly faults: readonly (Fault & { label: string; position: number })[];
}

interface DeriveContext {
  readonly supplied: ReadonlyMap<string, { column: ColumnDef; label: string; position: number }>;
  readonly values: ReadonlyMap<string, string>;
  readonly asOf: string;
  readonly regions: string;
}

/** Derives what this table asks for: person identity, other id numbers, names, death matching. */
export function derivedColumns(def: TableDef, context: DeriveContext): DerivedColumns {
  const parts = [damagedNames(context)];
  parts.push(def.name === 'person' ? personIdentity(context) : otherIdNumbers(context));
  if (def.name === 'death_event') parts.push(deathEvent(context));
  const depth = Math.max(...parts.map((part) => part.layers.length));
  return {
    layers: Array.from({ length: depth }, (_, i) => parts.flatMap((part) => part.layers[i] ?? [])),
    values: new Map(parts.flatMap((part) => [...part.values])),
    faults: parts.flatMap((part) => part.faults),
  };
}

/** NAME01: a name with `?`, U+FFFD or private-use characters lost something on its way. */
function damagedNames(context: DeriveContext): DerivedColumns {
  const names = [...context.supplied.values()].filter(({ column }) => column.name === 'name');
  const layer = names.map(({ position }) => `${onlyHanzi(`c${position}`)} as hanzi_${position}`);
  const faults = names.map(({ label, position }) => ({
    code: 'NAME01',
    when: `not hanzi_${position}
        and regexp_matches(c${position}, '[?？\\x{FFFD}\\x{E000}-\\x{F8FF}]')`,
    kind: 'issue' as const,
    label,
    position,
  }));
  return { layers: [layer], values: new Map(), faults };
}

/** Nearly every name: nothing in it is damaged, and it is its own normal form. */
function onlyHanzi(raw: string): string {
  return `regexp_full_match(${raw}, '[\\x{4E00}-\\x{9FFF}]+')`;
}

/** Normalises every other column that holds a citizen number; a 15-digit one gets its 18 digits. */
function otherIdNumbers(context: DeriveContext): DerivedColumns {
  const layers: string[][] = [[], [], []];
  const values = new Map<string, string>();
  for (const { column, position } of context.supplied.values()) {
    if (column.mask !== 'id_no') continue;
    const id = `id_${position}`;
    layers[0]?.push(`nullif(${normalisedId(`c${position}`)}, '') as ${id}`);
    layers[1]?.push(`${idBody(id)} as body_${position}`);
    layers[2]?.push(`${checkDigit(`try_cast(body_${position} as bigint)`)} as check_${position}`);
    values.set(column.name, upgradedId(id, `body_${position}`, `check_${position}`));
  }
  return { layers, values, faults: [] };
}

function upgradedId(id: string, body: string, check: string): string {
  return `case when length(${id}) = 15 and ${body} is not null then concat(${body}, ${check}) else ${id} end`;
}

function personIdentity(context: DeriveContext): DerivedColumns {
  const { supplied, values } = context;
  const id = supplied.get('id_no');
  const name = supplied.get('name');
  const sex = supplied.get('sex');
  const birth = supplied.get('birth_date');
  const derived = new Map<string, string>();
  if (name) derived.set('name_norm', normalisedName(`c${name.position}`, name.position));
  if (!id) return { layers: [], values: derived, faults: [] };
  const raw = `c${id.position}`;
  const layers = [
    [`${citizenDigits(raw)} as id_usual`],
    [`nullif(${normalisedId(raw, 'id_usual')}, '') as id_norm`],
    [
      `${idBody('id_norm')} as id_body`,
      `case when id_usual then true else ${citizenDigits('id_norm')} end as id_digits`,
      `left(id_norm, 6) not in (select code from ${context.regions}) as id_region_unknown`,
    ],
    [
      `${birthInId('id_body', context.asOf)} as id_birth`,
      `${checkDigit('try_cast(id_body as bigint)')} as id_check`,
    ],
  ];
  derived.set('id_no', upgradedId('id_norm', 'id_body', 'id_check'));
  derived.set('id_no_raw', raw);
  derived.set('birth_date_id', 'id_birth');
  // Without a birth date of its own the record has at least the one in the number.
  if (!birth) derived.set('birth_date', 'id_birth');
  const found = citizenIdFaults(
    {
      raw,
      id: 'id_norm',
      digits: 'id_digits',
      body: 'id_body',
      check: 'id_check',
      birth: 'id_birth',
    },
    {
      isCitizen: `coalesce(${values.get('id_type')}, '01') in ('01', '99')`,
      sex: values.get('sex') ?? 'null',
      birthDate: birth ? (values.get('birth_date') ?? null) : null,
      unknownRegion: 'id_region_unknown',
    },
  );
  const at = (item: { label: string; position: number }) => ({
    label: item.label,
    position: item.position,
  });
  const faults = found.idFaults.map((fault) => ({ ...fault, ...at(id) }));
  if (sex) faults.push({ ...found.sexFault, ...at(sex) });
  if (birth && found.birthFault) faults.push({ ...found.birthFault, ...at(birth) });
  return { layers, values: derived, faults };
}

/** Birth date in the number; one after the package's date cannot be. */
function birthInId(body: string, asOf: string): string {
  const day = `try_cast(concat(substr(${body}, 7, 4), '-', substr(${body}, 11, 2), '-', substr(${body}, 13, 2)) as date)`;
  return `case when ${day} <= date '${asOf}' then ${day} end`;
}

/** For comparison only: no spaces, one middle dot. Few names have either, so it is asked first. */
function normalisedName(raw: string, position: number): string {
  const plain = `regexp_replace(${raw}, '[\\s　]', '', 'g')`;
  return `case when hanzi_${position} then ${raw}
    else nfc_normalize(case when regexp_matches(${raw}, '[\\s　•．‧・]')
      then translate(${plain}, '•．‧・', '····') else ${raw} end) end`;
}

/** Precision of a death date: M when only the month was sent. */
function deathEvent(context: DeriveContext): DerivedColumns {
  const values = new Map<string, string>();
  const date = context.supplied.get('death_date');
  if (date)
    values.set('precision', `case when length(c${date.position}) = 6 then 'M' else 'D' end`);
  return { layers: [], values, faults: [] };
}
