import type { TableDef } from '../../contract/index.ts';
import { identifier } from '../../municipal/index.ts';
import type { UsualForm } from '../decode/index.ts';
import type { JudgedColumns, PlannedFault } from './judge-columns.ts';
import { maskNames } from './staged-columns.ts';
import { instantOf, NEVER, usualText } from './values.ts';

/** A plan as far as one kind of spelling needs it. */
interface InsertPlan {
  readonly def: TableDef;
  readonly mode: 'F' | 'I';
  readonly faults: readonly PlannedFault[];
  readonly masks: number;
  readonly judged: JudgedColumns;
  /** SQL condition of each fault, in their order. */
  readonly conditions: readonly string[];
  /** What each field comes as. */
  readonly forms: readonly UsualForm[];
  /** Positions of the key columns. */
  readonly keys: ReadonlySet<number>;
}

/** The INSERT that types, judges and keeps the records that `source` gives. */
export function insertSql(name: string, source: string, plan: InsertPlan): string {
  const { def, mode, forms, judged, masks } = plan;
  const change = mode === 'I' ? [`c1 as op`, `${instantOf('c2')} as op_time`] : [];
  const layers = judged.layers.filter((layer) => layer.length > 0);
  const ctes = layers.map((layer, index) => {
    const from = index === 0 ? 'source' : `layer${index - 1}`;
    const extra = index === 0 ? [...change, ...layer] : layer;
    return `layer${index} as (select *, ${extra.join(',\n ')} from ${from})`;
  });
  const masksSet = maskNames(masks);
  const maskColumns = masksSet.map((maskName, mask) => {
    const conditions = plan.faults.flatMap((fault, index) => {
      const condition = plan.conditions[index] ?? NEVER;
      if (fault.mask !== mask || condition === NEVER) return [];
      return [{ when: guarded(fault, condition, plan), bit: 1n << BigInt(fault.bit) }];
    });
    if (conditions.length === 0) return `0 as ${maskName}`;
    // Nearly every row is good: whether anything is wrong is asked first, what it is afterwards.
    const any = conditions.map(({ when }) => `(${when})`).join('\n or ');
    const bits = conditions.map(({ when, bit }) => `case when ${when} then ${bit} else 0 end`);
    return `case when ${any} then ${bits.join('\n + ')} else 0 end as ${maskName}`;
  });
  const stored = def.columns.filter((c) => !judged.constants.has(c.name));
  const values = stored.map((c) => `${judged.values.get(c.name)} as ${identifier(c.name)}`);
  const names = stored.map((c) => identifier(c.name));
  const anyFault = masksSet.map((m) => `${m} <> 0`).join(' or ');
  const raw = forms.map((form, index) => usualText(form, `c${index + 1}`)).join(', ');
  const changeOut = mode === 'I' ? ['op', 'op_time'] : [];
  return `insert into ${name} (line, ${[...changeOut, ...names, ...masksSet].join(', ')}, raw)
    with source as (select * from ${source}),
    ${ctes.join(',\n')},
    judged as (select *, ${maskColumns.join(',\n')} from layer${layers.length - 1})
    select line, ${[...changeOut, ...values].join(', ')}, ${masksSet.join(', ')},
      case when ${anyFault} then [${raw}] end as raw
    from judged`;
}

/** A deletion names only its key; nothing else of the record is judged. */
function guarded(
  { code, position }: PlannedFault,
  condition: string,
  plan: Pick<InsertPlan, 'mode' | 'keys'>,
): string {
  if (plan.mode === 'F' || position <= 2) return condition;
  const ofKey = plan.keys.has(position) && !code.startsWith('REF');
  return ofKey ? condition : `op <> 'D' and (${condition})`;
}
